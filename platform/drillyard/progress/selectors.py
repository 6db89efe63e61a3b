"""Boards and standings: reads over everything, writes nothing.

A board ranks people by their best submission for a lab: score, then robustness (the schedules that the passed cases
survived), then the lab's own metrics in the order in which the lab lists them, then who was first. It shows a pseudonym
unless the person chose a handle. Staff do not compete. Results of a sandbox that does not isolate are shown, with a
badge, on a local installation, and not at all on a production one.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db.models import Count, Exists, OuterRef, QuerySet

from drillyard.enrolment.models import STAFF_ROLES, Enrolment
from drillyard.labwork.models import WAITING_STATES, Submission, SubmissionState

ROWS_MAX: Final = 100


@dataclass(frozen=True, slots=True)
class BoardRow:
    """One person's best on a board. `metrics` has the lab's metrics in the lab's order; None where a run had none."""

    rank: int
    name: str
    own: bool
    score: int
    robustness: int
    metrics: list[tuple[str, int | None]]
    official: bool
    attempts: int
    reached_at: datetime


@dataclass(frozen=True, slots=True)
class Board:
    """The first rows of a board, how many people are on it, and the reader's own row wherever it stands."""

    rows: list[BoardRow]
    people: int
    own: BoardRow | None
    metrics: list[dict[str, Any]]


def leaderboard(*, lab: Any, user: Any | None = None, rows_max: int = ROWS_MAX) -> Board:
    """The board of `lab` as `user` (None or anonymous: a visitor) sees it. Three queries, however long it is."""
    metrics: list[dict[str, Any]] = lab.leaderboard_metrics
    best: dict[int, tuple[tuple[Any, ...], dict[str, Any]]] = {}
    for row in _graded(lab).values(*_COLUMNS):
        key = _sort_key(row, metrics)
        known = best.get(row["user_id"])
        if known is None or key < known[0]:
            best[row["user_id"]] = (key, row)
    ranked = sorted(best.values(), key=lambda pair: pair[0])
    reader = getattr(user, "pk", None)
    shown = [(rank, row) for rank, (_, row) in enumerate(ranked, 1) if rank <= rows_max or row["user_id"] == reader]
    people = [row["user_id"] for _, row in shown]
    names, attempts = _names(people), _attempts(lab, people)
    rows = [
        BoardRow(
            rank=rank,
            name=names[row["user_id"]],
            own=row["user_id"] == reader,
            score=row["score"],
            robustness=row["robustness"],
            metrics=[(metric["name"], row["metrics"].get(metric["name"])) for metric in metrics],
            official=row["official"],
            attempts=attempts[row["user_id"]],
            reached_at=row["created_at"],
        )
        for rank, row in shown
    ]
    own = next((row for row in rows if row.own), None)
    return Board(rows=[row for row in rows if row.rank <= rows_max], people=len(ranked), own=own, metrics=metrics)


_COLUMNS: Final = ("user_id", "uuid", "score", "robustness", "metrics", "official", "created_at")


def _graded(lab: Any) -> QuerySet[Submission]:
    """What counts for the board of `lab`."""
    staffed = Enrolment.objects.filter(user=OuterRef("user"), cohort__course=lab.course_id, role__in=STAFF_ROLES)
    rows = Submission.objects.filter(
        lab=lab, state=SubmissionState.DONE, score__gt=0, user__is_staff=False, user__is_active=True
    ).exclude(Exists(staffed))
    return rows.filter(official=True) if settings.DRILLYARD.production else rows


def _sort_key(row: dict[str, Any], metrics: Iterable[dict[str, Any]]) -> tuple[Any, ...]:
    """Smaller is better. Official comes before unofficial only among equals; a missing metric comes last."""
    measured: list[tuple[bool, int]] = []
    for metric in metrics:
        value = row["metrics"].get(metric["name"])
        sign = 1 if metric["better"] == "lower" else -1
        measured.append((value is None, sign * (value or 0)))
    return (-row["score"], -row["robustness"], *measured, not row["official"], row["created_at"], str(row["uuid"]))


def _names(people: list[int]) -> dict[int, str]:
    users = get_user_model().objects.filter(pk__in=people).only("handle", "pseudonym")
    return {user.pk: user.board_name for user in users}


def _attempts(lab: Any, people: list[int]) -> dict[int, int]:
    counted = Submission.objects.filter(lab=lab, user__in=people).values("user_id").annotate(count=Count("id"))
    return dict(counted.values_list("user_id", "count"))


@dataclass(frozen=True, slots=True)
class LabStanding:
    """Where a person stands with a lab. `state` is `new`, `tried`, `waiting` or `passed`."""

    state: str
    best_score: int | None
    submissions: int
    last_submission: UUID | None


NEW: Final = LabStanding(state="new", best_score=None, submissions=0, last_submission=None)


def lab_standings(*, user: Any, labs: Iterable[Any]) -> dict[int, LabStanding]:
    """`user`'s standing in each of `labs`, by the lab's `pk`, in one query; `new` for a visitor."""
    standings = {lab.pk: NEW for lab in labs}
    if not getattr(user, "is_authenticated", False):
        return standings
    rows = Submission.objects.filter(user=user.pk, lab__in=list(standings)).order_by("number")
    for lab_id, uuid, state, score, passed in rows.values_list("lab_id", "uuid", "state", "score", "passed"):
        before = standings[lab_id]
        scores = [value for value in (before.best_score, score) if value is not None]
        standings[lab_id] = LabStanding(
            state=_state(before.state, state, bool(passed)),
            best_score=max(scores, default=None),
            submissions=before.submissions + 1,
            last_submission=uuid,
        )
    return standings


def _state(before: str, state: str, passed: bool) -> str:
    """Passed once is passed for good; otherwise what is under way says more than what has been."""
    if before == "passed" or passed:
        return "passed"
    return "waiting" if state in WAITING_STATES else "tried"
