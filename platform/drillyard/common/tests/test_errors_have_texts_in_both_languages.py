from __future__ import annotations

import re
import string

import pytest

from drillyard.common.errors import TEXTS, Conflict, DrillyardError, LimitReached, NotFound, Refused, text


def _parameters(template: str) -> list[str]:
    return sorted(name for _, name, _, _ in string.Formatter().parse(template) if name)


@pytest.mark.parametrize("error_id", sorted(TEXTS))
def test_both_texts_exist_and_name_the_same_parameters(error_id: str) -> None:
    texts = TEXTS[error_id]
    assert sorted(texts) == ["en", "zh"]
    assert _parameters(texts["en"]) == _parameters(texts["zh"])
    assert re.search("[\u4e00-\u9fff]", texts["zh"])
    assert not re.search("[\u4e00-\u9fff]", texts["en"])


@pytest.mark.parametrize("error_id", sorted(TEXTS))
def test_chinese_has_a_space_between_han_and_latin_and_full_width_punctuation(error_id: str) -> None:
    chinese = TEXTS[error_id]["zh"]
    assert not re.search(r"[\u4e00-\u9fff][A-Za-z0-9{]|[A-Za-z0-9}][\u4e00-\u9fff]", chinese)
    assert not re.search(r"[\u4e00-\u9fff][,;:!?.]", chinese)


def test_an_error_speaks_the_language_that_it_is_asked_for() -> None:
    error = LimitReached("submission_rate_reached", retry_after_s=7, count_max=20, minutes=10)
    assert "7 seconds" in error.text("en")
    assert "7 秒" in error.text("zh-hans")
    assert error.retry_after_s == 7
    assert str(error).startswith("submission_rate_reached: ")


def test_each_kind_of_error_has_the_status_that_a_view_answers_with() -> None:
    kinds: list[DrillyardError] = [Refused("handle_invalid"), NotFound(), Conflict("handle_taken")]
    assert [kind.status for kind in kinds] == [400, 404, 409]


def test_an_unknown_id_is_a_mistake_of_the_program() -> None:
    with pytest.raises(KeyError):
        text("no_such_error", "en")
