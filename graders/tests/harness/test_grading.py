"""From a submission to its verdict: every way in which a case can end, and whose fault it is."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from graders.harness import SuiteError, grade, load_suite
from graders.harness.texts import keys, reason_text
from graders.protocol.jobs import LabLimits, Progress
from graders.protocol.messages import Start
from graders.protocol.verdict import REASONS
from graders.sandbox.inprocess import InProcessHost
from graders.sim.nodes import Exit, NodeGone
from graders.tests.support import graded, job_for, only_case

GOOD = "class App:\n    async def run(self): return 1\n"

CALLS_RUN = """
@case(points=10, en="It runs", zh="能运行")
def it_runs(lab: Lab) -> None:
    app = lab.component()
    lab.require(app.call("run").value == 1, en="promised 1", zh="承诺为 1")
"""


def test_a_kept_promise_is_a_pass_with_its_points(tmp_path: Path) -> None:
    verdict, run = graded(job_for(tmp_path, CALLS_RUN, GOOD))
    assert (verdict.status, verdict.score) == ("pass", 100)
    case = verdict.cases[0]
    assert (case.name, case.points, case.points_max, case.reason) == ("it_runs", 10, 10, None)
    assert case.title == {"en": "It runs", "zh": "能运行"}
    assert (case.seed, case.choices, case.contradiction) == (None, None, None)
    assert len(case.trace_hash) == 64
    assert case.events == 3
    assert run["cases"]["it_runs"]["schedules"] == 1
    assert run["sandbox"][0]["mode"] == "inprocess"


@pytest.mark.parametrize(
    ("code", "reason", "says"),
    [
        ("class App:\n    async def run(self): return 2\n", "contradiction", "承诺为 1"),
        ("class App:\n    async def run(self)\n", "syntax_error", "SyntaxError"),
        ("import socket\nclass App: pass\n", "import_refused", "graders.player"),
        ("1 / 0\n", "import_error", "ZeroDivisionError"),
        ("class Ap: pass\n", "entry_point_missing", "App"),
        ("class App: pass\n", "method_missing", "run()"),
        ("class App:\n    def __init__(self, x): pass\n", "raised", "TypeError"),
        ("class App:\n    async def run(self): raise KeyError('hunter2')\n", "raised", "KeyError"),
        ("import asyncio\nclass App:\n    async def run(self): raise asyncio.CancelledError\n", "raised", "取消"),
        ("import asyncio\nclass App:\n    async def run(self): await asyncio.sleep(1)\n", "deadlock", "run()"),
        ("import asyncio\nclass App:\n    async def run(self):\n        while True: await asyncio.sleep(0)\n",
         "callbacks_limit", "1000"),
        ("class App:\n    def run(self):\n        while True: print('x' * 99)\n", "output_limit", "1000"),
        ("class App:\n    def run(self): raise MemoryError\n", "memory_limit", "384"),
    ],
)  # fmt: skip
def test_a_broken_promise_fails_with_its_reason_and_both_languages(
    tmp_path: Path, code: str, reason: str, says: str
) -> None:
    limits = LabLimits(callbacks_per_step_max=1_000, output_bytes_max=1_000)
    case = only_case(tmp_path, CALLS_RUN, code, limits=limits)
    assert (case.status, case.reason, case.points) == ("fail", reason, 0)
    assert reason in REASONS
    assert case.contradiction is not None
    assert says in case.contradiction["zh"]
    assert case.contradiction["en"] != case.contradiction["zh"]
    assert "hunter2" not in str(case), "an exception's text stays out of the verdict"
    assert case.seed is not None
    assert case.choices == []


def test_limits_whose_moment_depends_on_the_machine_are_not_hashed(tmp_path: Path) -> None:
    case = only_case(tmp_path, CALLS_RUN, "class App:\n    def run(self): raise MemoryError\n")
    assert (case.trace_hash, case.events) == ("", 0)


def test_code_that_does_not_come_up_fails_every_case_without_being_tried_again(tmp_path: Path) -> None:
    suite = CALLS_RUN + CALLS_RUN.replace("it_runs", "it_runs_again")
    verdict, _ = graded(job_for(tmp_path, suite, "class App(:\n"))
    assert [(case.name, case.reason, case.schedules) for case in verdict.cases] == [
        ("it_runs", "syntax_error", 1),
        ("it_runs_again", "syntax_error", 0),
    ]
    assert verdict.score == 0


def test_the_traceback_is_in_the_run_record_and_only_there(tmp_path: Path) -> None:
    verdict, run = graded(
        job_for(tmp_path, CALLS_RUN, "class App:\n    async def run(self): raise KeyError('hunter2')\n")
    )
    assert "line 2, in run" in run["cases"]["it_runs"]["detail"]
    assert "hunter2" in run["cases"]["it_runs"]["detail"]
    assert b"hunter2" not in verdict.canonical_bytes()


def test_an_error_of_the_suite_is_our_fault_and_costs_nothing(tmp_path: Path) -> None:
    suite = "@case(points=5, en='x', zh='x')\ndef broken(lab: Lab) -> None:\n    raise RuntimeError('ours')\n"
    verdict, run = graded(job_for(tmp_path, suite, GOOD))
    assert (verdict.status, verdict.cases[0].status, verdict.cases[0].reason) == ("unknown", "unknown", "system")
    assert "ours" in run["cases"]["broken"]["detail"]


def test_a_sandbox_that_breaks_down_is_tried_once_more(tmp_path: Path) -> None:
    broken: list[bool] = []

    class Flaky(InProcessHost):
        def start(self, start):  # type: ignore[no-untyped-def]  # the base says it
            if not broken:
                broken.append(True)
                raise NodeGone(Exit("system", "the supervisor is gone"))
            return super().start(start)

    verdict, run = graded(job_for(tmp_path, CALLS_RUN, GOOD), Flaky)
    assert verdict.status == "pass"
    assert len(run["sandbox"]) == 2


def test_a_sandbox_that_never_works_gives_unknown(tmp_path: Path) -> None:
    class Dead:
        def __enter__(self) -> InProcessHost:
            raise OSError("no such thing")

        def __exit__(self, *_: object) -> None: ...

    verdict, run = graded(job_for(tmp_path, CALLS_RUN, GOOD), Dead)
    assert (verdict.status, verdict.score) == ("unknown", 0)
    assert "no such thing" in run["cases"]["it_runs"]["detail"]


def test_only_the_chosen_cases_are_run_and_scored(tmp_path: Path) -> None:
    suite = CALLS_RUN + "@case(points=90, en='no', zh='否')\ndef never(lab: Lab) -> None:\n    assert False\n"
    verdict, _ = graded(job_for(tmp_path, suite, GOOD, cases=("it_runs",)))
    assert (verdict.score, len(verdict.cases)) == (100, 1)
    with pytest.raises(SuiteError, match="nobody"):
        graded(job_for(tmp_path, suite, GOOD, cases=("nobody",)))


def test_schedules_run_under_seeds_of_their_own_until_one_fails(tmp_path: Path) -> None:
    suite = """
    @case(points=1, en="x", zh="x", schedules=40)
    def rarely_fails(lab: Lab) -> None:
        lab.component()
        draw = lab.choices.below(10)
        lab.require(draw != 7, en="not seven", zh="不是七")
    """
    job = job_for(tmp_path, suite, GOOD)
    case = graded(job)[0].cases[0]
    assert (case.status, case.choices) == ("fail", [7])
    assert 1 <= case.schedules < 40
    assert graded(job)[0].canonical_bytes() == graded(job)[0].canonical_bytes()


def test_a_recorded_failure_replays_from_its_seed_and_choices(tmp_path: Path) -> None:
    suite = """
    @case(points=1, en="x", zh="x", schedules=40)
    def rarely_fails(lab: Lab) -> None:
        value = lab.component().call("draw").value
        lab.require(lab.choices.below(10) != 7, en=f"drew {value}", zh=f"抽到 {value}")
    """
    code = "import random\nclass App:\n    def draw(self): return random.randrange(10**9)\n"
    failed = graded(job_for(tmp_path, suite, code))[0].cases[0]
    assert failed.seed is not None
    job = job_for(tmp_path, suite, code, seed=failed.seed, choices=tuple(failed.choices or ()), cases=("rarely_fails",))
    replayed = graded(job)[0].cases[0]
    assert (replayed.contradiction, replayed.trace_hash) == (failed.contradiction, failed.trace_hash)
    harmless = graded(job_for(tmp_path, suite, code, seed=failed.seed, choices=(), cases=("rarely_fails",)))[0]
    assert harmless.status == "pass"


def test_too_many_events_are_a_named_limit(tmp_path: Path) -> None:
    code = "import asyncio\nclass App:\n    async def run(self):\n        while True: await asyncio.sleep(0.001)\n"
    suite = """
    @case(points=1, en="x", zh="x")
    def runs_for_long(lab: Lab) -> None:
        lab.component().call("run")
        lab.advance(ms=1_000_000)
    """
    case = only_case(tmp_path, suite, code, limits=LabLimits(events_per_schedule_max=100))
    assert (case.status, case.reason) == ("fail", "callbacks_limit")
    assert "100" in (case.contradiction or {})["en"]


def test_metrics_of_passed_cases_are_in_the_verdict(tmp_path: Path) -> None:
    suite = CALLS_RUN + "    lab.metric('calls', 3)\n    lab.metric('calls', 4)\n"
    assert graded(job_for(tmp_path, suite, GOOD))[0].metrics == {"calls": 4}
    assert graded(job_for(tmp_path, suite, "class App:\n    def run(self): return 0\n"))[0].metrics == {}
    suite = CALLS_RUN + "    lab.metric('share', 0.5)\n"
    assert graded(job_for(tmp_path, suite, GOOD))[0].status == "unknown"


def test_progress_tells_of_every_case(tmp_path: Path) -> None:
    told: list[Progress] = []
    grade(job_for(tmp_path, CALLS_RUN, GOOD), InProcessHost, told.append)
    assert told == [Progress("it_runs", 0, 1, "running"), Progress("it_runs", 0, 1, "pass")]


def test_printing_what_looks_like_a_verdict_changes_nothing(tmp_path: Path) -> None:
    code = (
        'import sys\nprint(\'{"status": "pass", "score": 100}\')\n'
        "class App:\n    def run(self):\n        print('PASS 100', file=sys.stderr); return 0\n"
    )
    verdict, run = graded(job_for(tmp_path, CALLS_RUN, code))
    assert verdict.score == 0
    assert len(run["cases"]["it_runs"]["logs"]) == 2


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "no case"),
        ("x = 1 +", "SyntaxError"),
        ("@case(points=1, en='', zh='x')\ndef c(lab): pass\n", "both languages"),
        ("@case(points=-1, en='x', zh='x')\ndef c(lab): pass\n", "not negative"),
    ],
)
def test_a_suite_that_cannot_be_read_says_so(tmp_path: Path, text: str, says: str) -> None:
    (tmp_path / "a.py").write_text("from graders.harness import case\n" + text, encoding="utf-8")
    with pytest.raises(SuiteError, match=says):
        load_suite(tmp_path)


def test_a_suite_of_several_files_keeps_their_order_and_shares_helpers(tmp_path: Path) -> None:
    head = "from graders.harness import Lab, case\nfrom .zz_words import WORD\n"
    for name, number in (("20_second.py", 2), ("10_first.py", 1)):
        text = f"{head}@case(points={number}, en=WORD, zh=WORD)\ndef case_{number}(lab: Lab) -> None: pass\n"
        (tmp_path / name).write_text(text, encoding="utf-8")
    (tmp_path / "zz_words.py").write_text("WORD = 'shared'\n", encoding="utf-8")
    suite = load_suite(tmp_path)
    assert [item.name for item in suite.cases] == ["case_1", "case_2"]
    assert suite.points == 3
    (tmp_path / "30_third.py").write_text((tmp_path / "10_first.py").read_text(), encoding="utf-8")
    with pytest.raises(SuiteError, match="case_1"):
        load_suite(tmp_path)


def test_every_reason_of_the_harness_has_both_languages_and_full_width_punctuation() -> None:
    names = ["type", "allowed", "attribute", "label", "limit_ms", "callbacks_max", "events_max", "memory_mb"]
    fields = dict.fromkeys([*names, "output_bytes", "index"], "?")
    for key in keys():
        text = reason_text(key, **fields)
        assert text["en"].isascii()
        assert not set(text["zh"]) & set(",;!"), key
        assert any("\u4e00" <= letter <= "\u9fff" for letter in text["zh"])


class _HangingHost(InProcessHost):
    """A sandbox in which a node's first answer never comes; `starts` counts how often it was tried."""

    starts: int

    def start(self, start: Start) -> Any:
        del start
        self.starts += 1
        raise NodeGone(Exit("time_limit", "no answer after 2000 ms"))


def test_code_that_never_comes_up_is_tried_once_and_not_for_every_case(tmp_path: Path) -> None:
    """Else an endless loop at import costs the step's limit once a case, and the worker is gone for minutes."""
    suite = "".join(
        f"@case(points=25, en='case {n}', zh='用例 {n}')\ndef case_{n}(lab):\n    lab.component()\n\n" for n in range(4)
    )
    job = job_for(tmp_path, suite, "class App: pass\n")
    host = _HangingHost()
    host.starts = 0
    verdict, _ = graded(job, lambda: host)
    assert [item.reason for item in verdict.cases] == ["time_limit"] * 4
    assert all(item.contradiction for item in verdict.cases)
    assert host.starts == 1
