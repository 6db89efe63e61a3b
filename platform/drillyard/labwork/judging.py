"""What a worker does with a run: claim it, have it judged, say what came out.

While the judge works, a second thread keeps the lease alive. If it finds that the run is no longer this worker's (it
was frozen, and somebody else has it by now), it abandons the judge, and nothing is recorded. If the worker itself is
told to stop, its runs are abandoned and given back, so that stopping takes a second and costs no run an attempt.
"""

from __future__ import annotations

import threading
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

import structlog
from django.conf import settings
from django.db import DatabaseError, connection

from drillyard.catalog.selectors import lab_judge_definition
from drillyard.common import clock, ids
from drillyard.labwork.judge_client import Abandoned, JudgeFault, JudgeRun, JudgeServer
from drillyard.labwork.models import GradingRun
from drillyard.labwork.services import (
    Claim,
    run_claim,
    run_fault,
    run_heartbeat,
    run_progress,
    run_release,
    verdict_apply,
)
from graders.protocol import ProtocolError
from graders.protocol.frames import canonical
from graders.protocol.jobs import Job, Outcome, Progress

_SLACK_S: Final = 20.0
"""How much later than the judge itself we give a run up:

it says `unknown` after twice the run's wall time and a bit.
"""

_FAULTS: Final = {
    "sandbox_unavailable": "fault_sandbox_unavailable",
    "judge_died": "fault_judge_died",
    "wall_time": "fault_judge_silent",
}
"""What the judge's own word for a run that it could not carry out means to a student."""

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Judged:
    """What came of a message: `graded`, `fault`, `stale`, `released`, or `nothing` when the run was not to be had."""

    state: str


class Grader:
    """Grades runs for one worker process. `stop` ends what it is doing; safe between threads."""

    def __init__(self, *, name: str, server: JudgeServer) -> None:
        self.name: Final = name
        self._server = server
        self._lock = threading.Lock()
        self._active: list[JudgeRun] = []
        self._stopping = threading.Event()

    def stop(self) -> None:
        """Claim nothing more; abandon what is being judged, so that it goes back to the queue."""
        self._stopping.set()
        with self._lock:
            active = list(self._active)
        for run in active:
            run.abandon()

    def grade(self, run_uuid: UUID, *, sandbox: str) -> Judged:
        """Grade one run, if it is to be had. Never raises for what our side failed at: that is written in the run."""
        if self._stopping.is_set():
            return Judged("nothing")  # the run stays queued, and the sweeper of the next worker sends it
        claim = run_claim(run_uuid=run_uuid, worker=self.name)
        if claim is None:
            return Judged("nothing")
        log = _log.bind(run=str(run_uuid), token=claim.token)
        try:
            judged = self._judge(claim, sandbox)
        except Abandoned:
            released = self._stopping.is_set() and run_release(claim=claim)
            judged = Judged("released" if released else "stale")
        except JudgeFault as error:
            if error.fault == "fault_judge_silent":
                self._server.restart()
            judged = _faulted(claim, error.fault, error.detail)
        except Exception as error:
            log.exception("grading failed")
            judged = _faulted(claim, "fault_platform", repr(error))
        log.info("run", state=judged.state)
        return judged

    def _judge(self, claim: Claim, sandbox: str) -> Judged:
        job = job_of(claim.run_uuid, sandbox=sandbox)
        answer_s = min(settings.DRILLYARD.grading.answer_s, 2 * job.lab.limits.run_wall_ms_max / 1000 + _SLACK_S)
        run = self._server.run(job, answer_s=answer_s)
        with self._lock:
            self._active.append(run)
        if self._stopping.is_set():
            run.abandon()
        heart = _Heart(claim, run)
        try:
            heart.start()
            outcome = run.outcome(_ProgressWriter(claim))
        finally:
            heart.stop()
            with self._lock:
                self._active.remove(run)
        return _record(claim, job, outcome)


def _faulted(claim: Claim, fault: str, detail: str) -> Judged:
    return Judged("fault" if run_fault(claim=claim, fault=fault, detail=detail) else "stale")


def job_of(run_uuid: UUID, *, sandbox: str) -> Job:
    """The judge's job for a run. Raises `JudgeFault` when the lab's definition is not one."""
    run = GradingRun.objects.select_related("submission__revision").get(uuid=run_uuid)
    submission = run.submission
    record: dict[str, Any] = {
        "id": str(run.uuid),
        "lab": lab_judge_definition(submission.revision),
        "files": dict(submission.files.values_list("path", "text")),
        "seed": run.seed,
        "sandbox": sandbox,
    }
    try:
        return Job.from_json(record)
    except ProtocolError as error:
        raise JudgeFault("fault_platform", f"the lab's definition: {error}") from error


def _record(claim: Claim, job: Job, outcome: Outcome) -> Judged:
    """Apply a verdict that is one. An unknown one, were it in a single case, and one of something else is our fault."""
    verdict = outcome.verdict
    wrong = verdict_problem(verdict, job)
    if wrong:
        return _faulted(claim, "fault_judge_protocol", wrong)
    if "unknown" in {verdict["status"], *(case["status"] for case in verdict["cases"])}:
        error = outcome.run.get("error") or {}
        fault = _FAULTS.get(error.get("kind", ""), "fault_judge_unknown")
        return _faulted(claim, fault, str(error.get("text") or outcome.run))
    applied = verdict_apply(claim=claim, verdict=verdict, run_record=outcome.run, sandbox=job.sandbox)
    return Judged("graded" if applied else "stale")


_CASE_FIELDS: Final = ("name", "title", "points", "points_max", "status", "reason", "schedules", "events", "trace_hash")


def verdict_problem(verdict: dict[str, Any], job: Job) -> str:
    """Why this is no verdict on this job; empty if it is one."""
    code_hash = ids.sha256_hex(canonical(job.files))
    expectations = {"lab": job.lab.slug, "lab_revision": job.lab.revision, "seed": job.seed, "code_hash": code_hash}
    for name, expected in expectations.items():
        if verdict.get(name) != expected:
            return f"{name} is {verdict.get(name)!r} and not {expected!r}"
    if verdict.get("status") not in {"pass", "fail", "unknown"}:
        return f"status is {verdict.get('status')!r}"
    score, cases = verdict.get("score"), verdict.get("cases")
    if type(score) is not int or not 0 <= score <= 100:
        return f"score is {score!r}"
    if not isinstance(cases, list) or not all(isinstance(case, dict) for case in cases):
        return "cases is no list of objects"
    for case in cases:
        missing = [name for name in _CASE_FIELDS if name not in case]
        if missing:
            return f"a case lacks {', '.join(missing)}"
    return "" if isinstance(verdict.get("metrics"), dict) else "metrics is no object"


class _Heart:
    """Keeps a claim alive while the judge works; abandons the judge when the claim is lost."""

    def __init__(self, claim: Claim, run: JudgeRun) -> None:
        self._claim = claim
        self._run = run
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._beat, name=f"heart-{claim.run_uuid}", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._done.set()
        self._thread.join()

    def _beat(self) -> None:
        try:
            while not self._done.wait(settings.DRILLYARD.grading.heartbeat_s):
                if not self._alive():
                    self._run.abandon()
                    return
        finally:
            connection.close()  # this thread's own

    def _alive(self) -> bool:
        try:
            return run_heartbeat(claim=self._claim)
        except DatabaseError as error:  # a database that is busy now may take the next beat, well before the lease ends
            _log.warning("heartbeat failed", run=str(self._claim.run_uuid), error=repr(error))
            connection.close()
            return True


class _ProgressWriter:
    """Writes progress into the run, at most every `progress_s`, since each writing is a transaction."""

    def __init__(self, claim: Claim) -> None:
        self._claim = claim
        self._cases: dict[str, str] = {}
        self._written = clock.monotonic() - settings.DRILLYARD.grading.progress_s

    def __call__(self, progress: Progress) -> None:
        self._cases[progress.case] = progress.status
        now = clock.monotonic()
        if now - self._written < settings.DRILLYARD.grading.progress_s:
            return
        self._written = now
        document = {
            "index": progress.index,
            "total": progress.total,
            "case": progress.case,
            "status": progress.status,
            "cases": [[name, status] for name, status in self._cases.items()],
        }
        with suppress(DatabaseError):  # progress is a courtesy; the verdict is what must arrive
            run_progress(claim=self._claim, progress=document)
