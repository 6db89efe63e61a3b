"""Reading submissions, through access functions. Lists come with what a page shows of each row, in one query."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.db.models import Prefetch, QuerySet

from drillyard.common import clock
from drillyard.common.errors import NotFound
from drillyard.enrolment.access import work_seen_by
from drillyard.labwork.models import WAITING_STATES, GradingRun, Submission, SubmissionState, Worker

COURSE: Final = "lab__course"
_TEXTS: Final = tuple(f"lab__{name}" for name in ("body_en", "body_zh", "toc_en", "toc_zh", "goals", "hints", "cases"))
_ALIVE_BEATS: Final = 6


def submissions_seen_by(*, user: Any) -> QuerySet[Submission]:
    """Every submission that `user` may see:

    their own, their cohorts' students', or all for the installation's staff.
    """
    return Submission.objects.filter(work_seen_by(user, course=COURSE))


def submission_get_for(*, user: Any, uuid: UUID) -> Submission:
    """One submission with its lab, its files and its runs with their cases.

    `NotFound` alike for absent and forbidden.
    """
    runs = GradingRun.objects.order_by("number").prefetch_related("cases")
    rows = submissions_seen_by(user=user).select_related("lab__item", "lab__course", "revision", "user").defer(*_TEXTS)
    submission = rows.prefetch_related("files", Prefetch("runs", runs)).filter(uuid=uuid).first()
    if submission is None:
        raise NotFound
    return submission


def run_that_counts(submission: Submission) -> GradingRun | None:
    """The run whose verdict the submission shows:

    the last that is done, else the last. Costs no query when prefetched.
    """
    runs = sorted(submission.runs.all(), key=lambda run: (run.state == SubmissionState.DONE, run.number))
    return runs[-1] if runs else None


def submissions_of(*, user: Any, lab: Any | None = None) -> QuerySet[Submission]:
    """`user`'s own submissions, latest first, for `lab` or for all labs, each with its lab."""
    rows = (
        Submission.objects.filter(user=user.pk)
        .select_related("lab__item", "lab__course")
        .order_by("-created_at", "-id")
    )
    rows = rows.defer(*_TEXTS)
    return rows if lab is None else rows.filter(lab=lab)


def latest_files(*, user: Any, lab: Any) -> dict[str, str]:
    """What `user` last sent in for `lab`, by name, to go on from; empty if nothing."""
    last = Submission.objects.filter(user=user.pk, lab=lab).order_by("-number").first()
    return {} if last is None else dict(last.files.values_list("path", "text"))


def queue_position(*, submission: Submission) -> int | None:
    """How many runs of the same lane come before this submission's:

    0 is next. None when it does not wait in the queue.
    """
    run = submission.runs.filter(state=SubmissionState.QUEUED).values("lane", "created_at", "id").first()
    if run is None:
        return None
    return GradingRun.objects.filter(
        state=SubmissionState.QUEUED, lane=run["lane"], created_at__lt=run["created_at"]
    ).count()


@dataclass(frozen=True, slots=True)
class Status:
    """How far a submission is, for live pages. Compares equal as long as there is nothing new to show.

    `progress` is empty or has `index`, `total`, `case`, `status` and `cases` (pairs of name and status); `position`
    counts the runs before this one while it is queued; `fault` is an id of `drillyard.common.errors` when the state is
    unknown.
    """

    uuid: UUID
    state: str
    position: int | None
    progress: dict[str, Any]
    attempts: int
    score: int | None
    passed: bool | None
    official: bool
    fault: str
    graded_at: datetime | None

    @property
    def final(self) -> bool:
        return self.state not in WAITING_STATES

    def as_json(self) -> dict[str, Any]:
        """For a program or a page's script. Times are ISO 8601, in UTC."""
        return {
            "uuid": str(self.uuid),
            "state": self.state,
            "final": self.final,
            "position": self.position,
            "progress": self.progress,
            "attempts": self.attempts,
            "score": self.score,
            "passed": self.passed,
            "official": self.official,
            "fault": self.fault,
            "graded_at": self.graded_at.isoformat() if self.graded_at else None,
        }


def statuses(*, uuids: list[UUID]) -> dict[UUID, Status]:
    """The statuses of many submissions, in at most three queries. Asks nobody's permission: the caller has checked."""
    rows = list(Submission.objects.filter(uuid__in=uuids))
    runs = GradingRun.objects.filter(submission__in=[row.pk for row in rows if row.waiting]).order_by("number")
    current = {run.submission_id: run for run in runs.defer("verdict", "run_record")}
    ahead: dict[str, list[datetime]] = {}
    if any(run.state == SubmissionState.QUEUED for run in current.values()):
        queued = GradingRun.objects.filter(state=SubmissionState.QUEUED).order_by("created_at")
        for lane, created_at in queued.values_list("lane", "created_at"):
            ahead.setdefault(lane, []).append(created_at)
    return {row.uuid: _status(row, current.get(row.pk), ahead) for row in rows}


def _status(row: Submission, run: GradingRun | None, ahead: dict[str, list[datetime]]) -> Status:
    position = None
    if run is not None and run.state == SubmissionState.QUEUED:
        position = sum(created_at < run.created_at for created_at in ahead.get(run.lane, []))
    return Status(
        uuid=row.uuid,
        state=row.state,
        position=position,
        progress=run.progress if run is not None else {},
        attempts=run.attempts if run is not None else 0,
        score=row.score,
        passed=row.passed,
        official=row.official,
        fault=row.fault,
        graded_at=row.graded_at,
    )


def status_get_for(*, user: Any, uuid: UUID) -> Status:
    """One submission's status, for polling. `NotFound` alike for absent and forbidden."""
    if not submissions_seen_by(user=user).filter(uuid=uuid).exists():
        raise NotFound
    return statuses(uuids=[uuid])[uuid]


def workers_alive() -> QuerySet[Worker]:
    """The workers that were seen within the last few beats."""
    since = clock.now() - timedelta(seconds=max(15.0, _ALIVE_BEATS * settings.DRILLYARD.grading.sweep_s))
    return Worker.objects.filter(seen_at__gte=since).order_by("name")
