"""From a job to a verdict: every case, every schedule, one sandbox.

The verdict is formed from the judge's own record alone. Whose fault a bad end is decides its status: a promise
broken, a limit reached, a process that ended itself are `fail`; anything in the suite, the judge or the sandbox is
`unknown`, tried once more in a fresh sandbox, and never costs the student.
"""

from __future__ import annotations

import hashlib
import sys
import time
import traceback
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias

from graders.harness.cases import Case, Suite, load_suite
from graders.harness.failures import CaseFailed
from graders.harness.hashseed import compare
from graders.harness.lab import Lab
from graders.harness.texts import reason_text
from graders.harness.trace import Trace, combined
from graders.protocol.frames import canonical
from graders.protocol.jobs import Job, Progress
from graders.protocol.messages import Failed
from graders.protocol.verdict import CaseVerdict, Status, Text, Verdict
from graders.protocol.version import JUDGE_VERSION
from graders.sim.choices import Choices
from graders.sim.nodes import Exit, NodeGone, NodeHost
from graders.sim.seeds import derive
from graders.sim.simulation import EventsExhausted, Simulation, StartFailed

HostFactory: TypeAlias = Callable[[], AbstractContextManager[NodeHost]]

LAST_RESORT: Final = ("time_limit", "memory_limit", "output_limit", "exited", "protocol")
"""Ends whose moment another machine may place elsewhere: they are named, and nothing of the schedule is hashed."""

ALTERNATE_SCHEDULES_MAX: Final = 8
TRACE_LINES_MAX: Final = 20_000
RECORD_ITEMS_MAX: Final = 200


@dataclass(slots=True)
class ScheduleResult:
    """One schedule. `reason` is None for a pass."""

    seed: int
    choices: list[int]
    trace: Trace
    events: int
    reason: str | None = None
    text: Text | None = None
    detail: str = ""
    metrics: dict[str, int] = field(default_factory=dict)
    reports: list[Any] = field(default_factory=list)
    logs: list[Any] = field(default_factory=list)
    # The student's code ended before anything was asked of it, so no other case can end otherwise.
    never_came_up: bool = False

    @property
    def status(self) -> Status:
        if self.reason is None:
            return "pass"
        return "unknown" if self.reason == "system" else "fail"


def code_hash(files: dict[str, str]) -> str:
    """SHA-256 of the submitted files' names and texts."""
    return hashlib.sha256(canonical(files)).hexdigest()


def grade(
    job: Job, host_factory: HostFactory, progress: Callable[[Progress], None] = lambda _progress: None
) -> tuple[Verdict, dict[str, Any]]:
    """Run the job's cases; returns the canonical verdict and the run record's part that the harness knows.

    `host_factory` gives a fresh sandbox as a context manager. Raises `SuiteError` if the suite cannot be read.
    """
    return _Grading(job, load_suite(job.lab.suite_dir), host_factory, progress).run()


class _Grading:
    def __init__(self, job: Job, suite: Suite, host_factory: HostFactory, progress: Callable[[Progress], None]) -> None:
        self._job = job
        self._cases = suite.chosen(job.cases)
        self._factory = host_factory
        self._progress = progress
        self._context: AbstractContextManager[NodeHost] | None = None
        self._host: NodeHost | None = None
        self._metrics: dict[str, int] = {}
        self._record: dict[str, Any] = {"cases": {}, "sandbox": [], "set_order": []}
        self._first: list[tuple[Case, ScheduleResult]] = []
        self._never_came_up = False

    def run(self) -> tuple[Verdict, dict[str, Any]]:
        started = time.monotonic_ns()
        verdicts: list[CaseVerdict] = []
        try:
            for index, case in enumerate(self._cases):
                self._tell(case, index, "running")
                verdict = self._run_case(case)
                verdicts.append(verdict)
                self._tell(case, index, verdict.status)
                if self._never_came_up:
                    verdicts += [self._same(verdict, other) for other in self._cases[index + 1 :]]
                    break
            self._compare_hash_seeds()
        finally:
            self._close()
        self._record["wall_ms"] = (time.monotonic_ns() - started) // 1_000_000
        self._record["python"] = sys.version.split()[0]
        return self._verdict(verdicts), self._record

    def _tell(self, case: Case, index: int, status: str) -> None:
        self._progress(Progress(case.name, index, len(self._cases), status))

    def _verdict(self, verdicts: list[CaseVerdict]) -> Verdict:
        statuses = [item.status for item in verdicts]
        status: Status = "fail" if "fail" in statuses else "unknown" if "unknown" in statuses else "pass"
        points_max = sum(item.points_max for item in verdicts)
        points = sum(item.points for item in verdicts)
        job = self._job
        return Verdict(
            lab=job.lab.slug,
            lab_revision=job.lab.revision,
            judge_version=JUDGE_VERSION,
            python=f"{sys.version_info.major}.{sys.version_info.minor}",
            code_hash=code_hash(job.files),
            seed=job.seed,
            status=status,
            score=points * 100 // points_max if points_max else 0,
            cases=verdicts,
            metrics=dict(sorted(self._metrics.items())),
        )

    # --------------------------------------------------------------------------------------------------- cases

    def _run_case(self, case: Case) -> CaseVerdict:
        started = time.monotonic_ns()
        results: list[ScheduleResult] = []
        for seed in self._schedule_seeds(case):
            result = self._run_schedule(case, seed)
            if result.reason == "system":
                self._close()
                result = self._run_schedule(case, result.seed)
            results.append(result)
            if result.reason is not None:
                break
        last = results[-1]
        self._never_came_up = last.never_came_up and last.reason != "system"
        if last.reason is None:
            self._first.append((case, results[0]))
            self._metrics.update(last.metrics)
        self._keep(case, results, time.monotonic_ns() - started)
        return _case_verdict(case, results)

    def _schedule_seeds(self, case: Case) -> list[int]:
        """A replay's seed is the schedule's own, as a failed case of a verdict names it: nodes draw from it too."""
        if self._job.choices is not None:
            return [self._job.seed]
        return [derive(self._job.seed, case.name, number) for number in range(case.schedules)]

    def _same(self, verdict: CaseVerdict, other: Case) -> CaseVerdict:
        """The code never came up: every other case fails for the same reason, and nothing is learned by trying."""
        return CaseVerdict(
            name=other.name,
            title=other.title,
            points=0,
            points_max=other.points,
            status="fail",
            reason=verdict.reason,
            schedules=0,
            events=0,
            trace_hash="",
            contradiction=verdict.contradiction,
        )

    def _run_schedule(self, case: Case, seed: int, host: NodeHost | None = None) -> ScheduleResult:
        trace = Trace()
        replay = self._job.choices
        choices = Choices(derive(seed, "choices"), recorded=replay)
        result = ScheduleResult(seed, choices.drawn, trace, 0)
        try:
            simulation = Simulation(
                host=host or self._open(), events_max=self._job.lab.limits.events_per_schedule_max, record=trace.record
            )
        except Exception:  # noqa: BLE001 - a sandbox that does not start is our fault, whatever it raised
            result.reason, result.text, result.detail = "system", reason_text("system"), traceback.format_exc()
            return result
        lab = Lab(simulation=simulation, definition=self._job.lab, files=self._job.files, seed=seed, choices=choices)
        self._drive(case, lab, simulation, result)
        result.events = simulation.events
        result.metrics = lab.metrics
        result.reports = simulation.reports
        result.logs = simulation.logs
        return result

    def _drive(self, case: Case, lab: Lab, simulation: Simulation, result: ScheduleResult) -> None:
        try:
            case.function(lab)
        except CaseFailed as failed:
            result.reason, result.text, result.detail = failed.reason, failed.text, failed.detail
        except StartFailed as failed:
            result.reason, result.text = failed.failed.kind, self._start_text(failed.failed)
            result.detail = failed.failed.traceback
            result.never_came_up = True
        except NodeGone as gone:
            result.reason, result.text, result.detail = self._gone(gone.exit)
            result.never_came_up = simulation.events == 0
        except EventsExhausted:
            events_max = self._job.lab.limits.events_per_schedule_max
            result.reason, result.text = "callbacks_limit", reason_text("events_limit", events_max=events_max)
        except Exception:  # noqa: BLE001 - whatever else a suite raises is an error of the suite
            result.reason, result.text, result.detail = "system", reason_text("system"), traceback.format_exc()
        try:
            simulation.stop()
        except Exception:  # noqa: BLE001 - the schedule has ended, whatever its sandbox says
            self._close()

    def _start_text(self, failed: Failed) -> Text:
        lab = self._job.lab
        allowed = ", ".join(sorted(("graders.player", *lab.files_allowed, *lab.modules_allowed)))
        attribute = lab.entry_point.partition(":")[2]
        if failed.kind in ("memory_limit", "exited"):
            return self._limit_text(failed.kind)
        return reason_text(failed.kind, type=failed.type, allowed=allowed, attribute=attribute)

    def _gone(self, gone: Exit) -> tuple[str, Text, str]:
        return gone.kind, self._limit_text(gone.kind), gone.detail

    def _limit_text(self, kind: str) -> Text:
        limits = self._job.lab.limits
        return reason_text(
            kind,
            callbacks_max=limits.callbacks_per_step_max,
            memory_mb=limits.memory_mb_max,
            output_bytes=limits.output_bytes_max,
        )

    # ------------------------------------------------------------------------------------------------- sandbox

    def _open(self) -> NodeHost:
        if self._host is None:
            self._context = self._factory()
            self._host = self._context.__enter__()
        return self._host

    def _close(self) -> None:
        """End the sandbox and note what it used; the next schedule gets another."""
        context, host = self._context, self._host
        self._context = self._host = None
        if context is None or host is None:
            return
        usage = getattr(host, "usage", None)
        if usage is not None:
            self._record["sandbox"].append(usage())
        context.__exit__(None, None, None)

    # -------------------------------------------------------------------------------------------------- record

    def _keep(self, case: Case, results: list[ScheduleResult], wall_ns: int) -> None:
        last = results[-1]
        record: dict[str, Any] = {
            "wall_ms": wall_ns // 1_000_000,
            "schedules": len(results),
            "reports": [list(item) for item in last.reports[:RECORD_ITEMS_MAX]],
            "logs": [list(item) for item in last.logs[:RECORD_ITEMS_MAX]],
        }
        if last.reason is not None:
            record["detail"] = last.detail
            record["trace"] = last.trace.lines[:TRACE_LINES_MAX]
        self._record["cases"][case.name] = record

    def _compare_hash_seeds(self) -> None:
        """Run the richest of the schedules that passed under another hash seed, if the sandbox can.

        All of them would double the time of a grading, and a program that depends on set order shows it where much
        happens.
        """
        alternate = getattr(self._host, "alternate", None)
        if alternate is None or not self._first:
            return
        richest = sorted(self._first, key=lambda item: -item[1].events)[:ALTERNATE_SCHEDULES_MAX]
        try:
            with alternate() as host:
                for case, first in richest:
                    self._compare(case, first, self._run_schedule(case, first.seed, host))
        except Exception:  # noqa: BLE001 - this is advice: a sandbox that cannot give it costs nobody a verdict
            self._record["set_order_error"] = traceback.format_exc()

    def _compare(self, case: Case, first: ScheduleResult, second: ScheduleResult) -> None:
        if second.reason in ("system", *LAST_RESORT):
            return
        difference = compare(first.trace, second.trace)
        if difference is not None:
            self._record["set_order"].append({"case": case.name, **difference.as_json()})


def _case_verdict(case: Case, results: list[ScheduleResult]) -> CaseVerdict:
    last = results[-1]
    passed = last.reason is None
    hashed = last.reason not in LAST_RESORT
    return CaseVerdict(
        name=case.name,
        title=case.title,
        points=case.points if passed else 0,
        points_max=case.points,
        status=last.status,
        reason=last.reason,
        schedules=len(results),
        events=sum(item.events for item in results) if hashed else 0,
        trace_hash=combined([item.trace.digest() for item in results]) if passed else _failed_hash(last, hashed),
        seed=None if passed else last.seed,
        choices=None if passed else list(last.choices),
        contradiction=last.text,
    )


def _failed_hash(last: ScheduleResult, hashed: bool) -> str:
    return last.trace.digest() if hashed and last.reason != "system" else ""
