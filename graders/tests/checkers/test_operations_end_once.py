"""ended_exactly_once: lost, doubled, out of nowhere."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graders.checkers import ended_exactly_once


def test_every_operation_ended_passes_in_any_order() -> None:
    assert ended_exactly_once(["a", "b"], ["b", "a"], complete=True).passed


def test_an_operation_that_never_ends_fails_in_a_complete_history() -> None:
    finding = ended_exactly_once(["a", "b"], ["b"], complete=True)
    assert (finding.status, finding.witnesses) == ("fail", ("a",))


def test_it_is_unknown_while_the_history_is_incomplete() -> None:
    assert ended_exactly_once(["a"], [], complete=False).status == "unknown"


@pytest.mark.parametrize("complete", [True, False])
@pytest.mark.parametrize("ended", [["a", "a"], ["a", "stranger"]])
def test_a_second_end_and_a_stranger_fail_however_long_the_history(ended: list[str], complete: bool) -> None:
    assert ended_exactly_once(["a"], ended, complete=complete).status == "fail"


def test_a_history_that_starts_one_name_twice_is_refused() -> None:
    with pytest.raises(ValueError, match="twice"):
        ended_exactly_once(["a", "a"], [], complete=True)


@given(st.lists(st.sampled_from("abcde"), unique=True), st.lists(st.sampled_from("abcdef"), max_size=8))
def test_it_agrees_with_counting(started: list[str], ended: list[str]) -> None:
    expected = Counter(started) == Counter(ended)
    assert ended_exactly_once(started, ended, complete=True).passed is expected
