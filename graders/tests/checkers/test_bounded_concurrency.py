"""concurrency_bounded: histories with expected findings, and a brute-force checker that knows no sweep."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graders.checkers import Interval, concurrency_bounded


def test_back_to_back_holders_of_one_permit_pass() -> None:
    held = [Interval("a", 0, 10), Interval("b", 10, 20), Interval("c", 20)]
    assert concurrency_bounded(held, limit=1).passed


def test_one_instant_of_overlap_fails_and_names_both() -> None:
    finding = concurrency_bounded([Interval("a", 0, 11), Interval("b", 10, 20)], limit=1)
    assert (finding.status, finding.witnesses) == ("fail", ("a", "b"))
    assert finding.en
    assert finding.zh


def test_an_open_interval_holds_for_ever() -> None:
    assert concurrency_bounded([Interval("a", 0), Interval("b", 5_000_000)], limit=1).status == "fail"


def test_a_limit_of_zero_allows_nothing_that_lasts() -> None:
    assert concurrency_bounded([], limit=0).passed
    assert concurrency_bounded([Interval("a", 3, 3)], limit=0).passed
    assert concurrency_bounded([Interval("a", 3, 4)], limit=0).status == "fail"


def test_a_negative_limit_is_refused() -> None:
    with pytest.raises(ValueError, match="negative"):
        concurrency_bounded([], limit=-1)


def test_an_interval_that_ends_before_it_starts_is_refused() -> None:
    with pytest.raises(ValueError, match="before it starts"):
        Interval("a", 2, 1)


_intervals = st.lists(
    st.tuples(st.integers(0, 12), st.one_of(st.none(), st.integers(0, 6))).map(
        lambda pair: Interval(f"{pair}", pair[0], None if pair[1] is None else pair[0] + pair[1])
    ),
    max_size=12,
)


@given(_intervals, st.integers(0, 6))
def test_it_agrees_with_counting_at_every_instant(held: list[Interval], limit: int) -> None:
    def open_at(instant: int) -> int:
        return sum(i.start_ns <= instant and (i.end_ns is None or instant < i.end_ns) for i in held)

    expected = all(open_at(instant) <= limit for instant in range(20))
    assert concurrency_bounded(held, limit=limit).passed is expected
