"""The Chinese catalogue is set as Chinese is. That it is whole is held by `tests/architecture/test_texts.py`."""

from __future__ import annotations

import re

import pytest
from babel.messages.catalog import Message

from drillyard.web.tests.texts import key, translated

MESSAGES = [message for message in translated() if message.id]


@pytest.mark.parametrize("message", MESSAGES, ids=lambda message: key(message)[1][:40])
def test_a_translation_has_chinese_punctuation_and_spaces(message: Message) -> None:
    chinese = "".join(message.string or ())
    assert not re.search(r"[\u4e00-\u9fff][,.;:?!]", chinese), "half-width punctuation beside Han"
    assert not re.search(r"[\u4e00-\u9fff][A-Za-z0-9]|[A-Za-z0-9][\u4e00-\u9fff]", chinese), "no space beside Latin"
