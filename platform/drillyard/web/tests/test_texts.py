"""Every text of the platform exists in both languages, and says the same things."""

from __future__ import annotations

import re

import pytest

from drillyard.web.tests.texts import key, texts, translated

_PLACE = re.compile(r"%\(\w+\)s|\{\w+\}|%%")


def test_every_text_of_the_sources_is_translated() -> None:
    known = {key(message): message for message in translated() if message.id}
    missing = [key(message)[1] for message in texts() if message.id and not _said(known.get(key(message)))]
    assert missing == [], "run python -m drillyard.web.tests.texts and translate what is new"


def _said(message: object) -> bool:
    string = getattr(message, "string", "")
    return bool(string if isinstance(string, str) else all(string))


def test_nothing_is_translated_that_nobody_says() -> None:
    """Texts of django-allauth that we say better stand at the end, without a place."""
    said = {key(message) for message in texts() if message.id}
    left_over = [key(one)[1] for one in translated() if one.id and one.locations and key(one) not in said]
    assert left_over == []


@pytest.mark.parametrize("message", [one for one in translated() if one.id], ids=lambda one: key(one)[1][:40])
def test_a_translation_names_the_same_places_and_is_chinese(message: object) -> None:
    original, string = key(message)[1], getattr(message, "string", "")  # type: ignore[arg-type]
    chinese = string if isinstance(string, str) else string[0]
    assert sorted(_PLACE.findall(original)) == sorted(_PLACE.findall(chinese))
    if re.search(r"[\u4e00-\u9fff]", chinese):
        assert not re.search(r"[\u4e00-\u9fff][,.;:?!]", chinese), "half-width punctuation beside Han"
        assert not re.search(r"[\u4e00-\u9fff][A-Za-z0-9]|[A-Za-z0-9][\u4e00-\u9fff]", chinese), "no space beside Latin"
