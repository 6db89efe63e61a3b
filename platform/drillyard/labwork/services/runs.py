"""Who works on a run, and whose answer counts.

The problem: messages may come twice or never, a worker may die in the middle, or be frozen for a minute and then answer
as if nothing had happened. The database decides by conditional updates alone:

- `run_claim` moves a run from queued to running if it is still queued, and gives out the next fencing token and a
lease; - `run_heartbeat` and `run_progress` succeed for the current token only, and the heartbeat moves the lease; -
`verdict_apply`, `run_fault` and `run_release` end a claim if it is still the current one, and change nothing otherwise.

Invariant: of all the claims of a run at most one changes its verdict, and it is the one whose token the run carries.
Rejected: locks held by the worker's connection (SQLite has none, and a frozen worker keeps one for ever), and trusting
the broker's acknowledgements (the embedded broker forgets a message when it is handed over).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

import structlog
from django.conf import settings
from django.db import transaction
from django.db.models import F, QuerySet

from drillyard.common import clock, ids
from drillyard.labwork.models import CaseResult, GradingRun, Submission, SubmissionState
from drillyard.records.services import audit_create
from graders.protocol.frames import canonical
from graders.protocol.jobs import OFFICIAL_MODES

FAULT_DETAIL_LENGTH_MAX: Final = 4_000
_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Claim:
    """A worker's right to grade a run, until `lease_until`, under the fencing token `token`."""

    run_uuid: UUID
    token: int
    lease_until: datetime


def _lease() -> datetime:
    return clock.now() + timedelta(seconds=settings.DRILLYARD.grading.lease_s)


def _held(run_uuid: UUID, token: int) -> QuerySet[GradingRun]:
    """The run, if this claim of it is still the current one."""
    return GradingRun.objects.filter(uuid=run_uuid, state=SubmissionState.RUNNING, fencing_token=token)


@transaction.atomic
def run_claim(*, run_uuid: UUID, worker: str) -> Claim | None:
    """Take a queued run for `worker`. None if there is nothing to take: claimed, done, cancelled, or not there."""
    now, until = clock.now(), _lease()
    claimed = GradingRun.objects.filter(uuid=run_uuid, state=SubmissionState.QUEUED).update(
        state=SubmissionState.RUNNING,
        fencing_token=F("fencing_token") + 1,
        attempts=F("attempts") + 1,
        claimed_by=worker,
        claimed_at=now,
        heartbeat_at=now,
        lease_until=until,
        progress={},
    )
    if not claimed:
        return None
    run = GradingRun.objects.only("fencing_token", "submission_id").get(uuid=run_uuid)
    Submission.objects.filter(pk=run.submission_id, state=SubmissionState.QUEUED).update(state=SubmissionState.RUNNING)
    return Claim(run_uuid=run_uuid, token=run.fencing_token, lease_until=until)


def run_heartbeat(*, claim: Claim) -> bool:
    """Move the lease. False means that the run is somebody else's by now: stop."""
    return _held(claim.run_uuid, claim.token).update(lease_until=_lease(), heartbeat_at=clock.now()) == 1


def run_progress(*, claim: Claim, progress: dict[str, Any]) -> bool:
    """Note how far the grading is, for the live page."""
    return _held(claim.run_uuid, claim.token).update(progress=progress) == 1


@transaction.atomic
def run_release(*, claim: Claim) -> bool:
    """Give a run back untouched, since the worker is told to stop. Costs none of the run's attempts."""
    released = _held(claim.run_uuid, claim.token).update(
        state=SubmissionState.QUEUED,
        attempts=F("attempts") - 1,
        lease_until=None,
        progress={},
        send_after=clock.now(),
    )
    if released:
        _submission_state(claim.run_uuid, SubmissionState.QUEUED)
    return released == 1


@transaction.atomic
def run_fault(*, claim: Claim, fault: str, detail: str = "") -> bool:
    """End a claim that our side could not carry out; `fault` is an id of `drillyard.common.errors` that says whose
    fault.

    The run is queued again after a pause, or, after the last attempt, left as unknown. False for a claim that is not
    current.
    """
    attempts = _held(claim.run_uuid, claim.token).values_list("attempts", flat=True).first()
    if attempts is None:
        return False
    return run_requeue_or_give_up(
        held=_held(claim.run_uuid, claim.token), run_uuid=claim.run_uuid, attempts=attempts, fault=fault, detail=detail
    )


def run_requeue_or_give_up(
    *, held: QuerySet[GradingRun], run_uuid: UUID, attempts: int, fault: str, detail: str
) -> bool:
    """Take the run of `held` from whoever has it: to the queue, or to unknown when it was tried often enough."""
    grading = settings.DRILLYARD.grading
    last = attempts >= grading.attempts_max
    state = SubmissionState.UNKNOWN if last else SubmissionState.QUEUED
    changed = held.update(
        state=state,
        fault=fault,
        fault_detail=detail[:FAULT_DETAIL_LENGTH_MAX],
        lease_until=None,
        progress={},
        send_after=clock.now() + timedelta(seconds=grading.retry_delay_s * attempts),
        finished_at=clock.now() if last else None,
    )
    if not changed:
        return False
    _submission_state(run_uuid, state, fault=fault if last else "")
    audit_create(
        actor=None,
        action="run.give_up" if last else "run.retry",
        target_kind="run",
        target_uuid=run_uuid,
        detail={"fault": fault, "attempts": attempts},
    )
    _log.warning("run failed on our side", run=str(run_uuid), fault=fault, attempts=attempts, last=last, detail=detail)
    return True


def _submission_state(run_uuid: UUID, state: SubmissionState, **fields: Any) -> None:
    """Let the submission follow its run."""
    Submission.objects.filter(runs__uuid=run_uuid).update(state=state, **fields)


@transaction.atomic
def verdict_apply(*, claim: Claim, verdict: dict[str, Any], run_record: dict[str, Any], sandbox: str) -> bool:
    """Record what a claim has found. Idempotent; False, and nothing changed, for a claim that is not current.

    `verdict` is of the shape of `graders.protocol.verdict.Verdict` with status pass or fail, already checked.
    """
    official = sandbox in OFFICIAL_MODES
    verdict_hash = ids.sha256_hex(canonical(verdict))
    now = clock.now()
    applied = _held(claim.run_uuid, claim.token).update(
        state=SubmissionState.DONE,
        verdict=verdict,
        verdict_hash=verdict_hash,
        run_record=run_record,
        sandbox=sandbox,
        official=official,
        lease_until=None,
        finished_at=now,
        fault="",
        fault_detail="",
    )
    if not applied:
        same = {"state": SubmissionState.DONE, "fencing_token": claim.token, "verdict_hash": verdict_hash}
        return GradingRun.objects.filter(uuid=claim.run_uuid, **same).exists()
    run = GradingRun.objects.only("pk", "uuid", "submission_id").get(uuid=claim.run_uuid)
    CaseResult.objects.bulk_create(_case_result(run, position, case) for position, case in enumerate(verdict["cases"]))
    Submission.objects.filter(pk=run.submission_id).update(
        state=SubmissionState.DONE,
        score=verdict["score"],
        passed=verdict["status"] == "pass",
        robustness=sum(case["schedules"] for case in verdict["cases"] if case["status"] == "pass"),
        metrics=verdict["metrics"],
        official=official,
        graded_at=now,
        fault="",
    )
    audit_create(
        actor=None,
        action="run.grade",
        target_kind="run",
        target_uuid=run.uuid,
        detail={"score": verdict["score"], "verdict": verdict_hash, "token": claim.token},
    )
    return True


def _case_result(run: GradingRun, position: int, case: dict[str, Any]) -> CaseResult:
    contradiction = case.get("contradiction") or {}
    return CaseResult(
        run=run,
        position=position,
        name=case["name"],
        title_en=case["title"]["en"],
        title_zh=case["title"]["zh"],
        points=case["points"],
        points_max=case["points_max"],
        status=case["status"],
        reason=case["reason"] or "",
        contradiction_en=contradiction.get("en", ""),
        contradiction_zh=contradiction.get("zh", ""),
        schedules=case["schedules"],
        events=case["events"],
        trace_hash=case["trace_hash"],
        seed=case.get("seed"),
        choices=case.get("choices"),
    )
