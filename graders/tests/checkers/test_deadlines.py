"""deadlines_kept: three values, and the failure wins over the doubt."""

from __future__ import annotations

from graders.checkers import Interval, deadlines_kept

_MS = 1_000_000


def test_work_that_uses_its_whole_budget_passes() -> None:
    assert deadlines_kept([Interval("a", 0, 5 * _MS)], budget_ns=5 * _MS, history_ends_ns=9 * _MS).passed


def test_one_nanosecond_more_fails_and_the_text_says_how_long_it_took() -> None:
    finding = deadlines_kept([Interval("a", 0, 5 * _MS + 1)], budget_ns=5 * _MS, history_ends_ns=9 * _MS)
    assert finding.status == "fail"
    assert "5.000001 ms" in finding.en
    assert "5.000001 毫秒" in finding.zh


def test_open_work_whose_budget_has_run_out_fails() -> None:
    finding = deadlines_kept([Interval("a", 0)], budget_ns=5 * _MS, history_ends_ns=6 * _MS)
    assert (finding.status, finding.witnesses) == ("fail", ("a",))


def test_open_work_with_time_left_is_unknown() -> None:
    finding = deadlines_kept([Interval("a", 0)], budget_ns=5 * _MS, history_ends_ns=5 * _MS)
    assert finding.status == "unknown"


def test_a_failure_is_reported_before_a_doubt() -> None:
    work = [Interval("undecided", 0), Interval("late", 0, 6 * _MS)]
    finding = deadlines_kept(work, budget_ns=5 * _MS, history_ends_ns=5 * _MS)
    assert (finding.status, finding.witnesses) == ("fail", ("late",))
