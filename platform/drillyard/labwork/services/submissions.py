"""A student sends something in.

One transaction writes the submission, its files, its first grading run, the audit entry and the outbox entry, so that
after the commit nothing can be forgotten: whatever happens to this process or to the broker, the sweeper finds the run.
The same request again (same key, same content) brings the same submission, before any limit is looked at, since a
browser that repeats a request whose answer got lost has done nothing wrong.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Max

from drillyard.common import clock, ids
from drillyard.common.errors import Conflict, LimitReached, NotFound, Refused
from drillyard.enrolment.access import may_submit
from drillyard.labwork import relay
from drillyard.labwork.files import files_clean
from drillyard.labwork.models import (
    WAITING_STATES,
    GradingRun,
    Lane,
    Submission,
    SubmissionFile,
    SubmissionState,
)
from drillyard.labwork.seeds import official_seed
from drillyard.records.services import audit_create, idempotency_claim, outbox_create
from graders.protocol.frames import canonical

KEY_LENGTH_MAX: Final = 128
SCOPE: Final = "submission.create"
_KEY: Final = re.compile(r"[A-Za-z0-9_-]{8,128}")
_TRIES_MAX: Final = 3


def submission_create(*, user: Any, lab: Any, files: Mapping[str, str | bytes], idempotency_key: str) -> Submission:
    """Take a submission for `lab` (a `catalog.Lab`) and see to its grading.

    `files` maps plain names to text or UTF-8 bytes. Raises `NotFound` for who may not submit, `Refused` for what cannot
    be accepted, `LimitReached` for too much or too often, `Conflict("idempotency_conflict")` for a key used otherwise.
    """
    if not may_submit(user, lab.course) or lab.item.published is None:
        raise NotFound
    if not _KEY.fullmatch(idempotency_key):
        raise Refused("idempotency_key_invalid", length_max=KEY_LENGTH_MAX)
    revision = lab.item.published
    required = lab.entry_point.partition(":")[0] + ".py"
    clean = files_clean(files, allowed=lab.files_allowed, required=[required])
    for attempt in range(_TRIES_MAX):
        try:
            return _create(user=user, lab=lab, revision=revision, files=clean, idempotency_key=idempotency_key)
        except IntegrityError:  # two requests at once took the same number, or the same key; one of them tries again
            if attempt == _TRIES_MAX - 1:
                raise
    raise AssertionError("unreachable")


@transaction.atomic
def _create(*, user: Any, lab: Any, revision: Any, files: dict[str, str], idempotency_key: str) -> Submission:
    uuid = ids.uuid_new()
    body_hash = ids.sha256_hex(canonical({"lab": str(lab.item.uuid), "files": files}))
    target = idempotency_claim(user=user, scope=SCOPE, key=idempotency_key, body_hash=body_hash, target_uuid=uuid)
    if target != uuid:
        return Submission.objects.get(uuid=target, user=user)
    _check_limits(user)
    last = Submission.objects.filter(user=user, lab=lab).aggregate(last=Max("number"))["last"] or 0
    submission = Submission.objects.create(
        uuid=uuid, user=user, lab=lab, revision=revision, number=last + 1, code_hash=ids.sha256_hex(canonical(files))
    )
    SubmissionFile.objects.bulk_create(
        SubmissionFile(submission=submission, path=path, text=text) for path, text in files.items()
    )
    audit_create(
        actor=user,
        action="submission.create",
        target_kind="submission",
        target_uuid=uuid,
        detail={"lab": lab.item.uuid, "revision": revision.content_hash, "code": submission.code_hash},
    )
    _run_create(submission=submission, revision=revision)
    return submission


def _run_create(*, submission: Submission, revision: Any) -> GradingRun:
    run = GradingRun.objects.create(
        submission=submission,
        lane=Lane.LIVE,
        seed=official_seed(
            secret=settings.DRILLYARD.seed_secret, revision=revision.content_hash, submission=submission.uuid
        ),
        send_after=relay.next_sending(sent_count=0),
    )
    entry = outbox_create(topic=relay.TOPIC, key=run.uuid, body={"lane": run.lane})
    relay.send_at_commit(run_uuid=run.uuid, entry_uuid=entry.uuid, lane=run.lane)
    return run


def _check_limits(user: Any) -> None:
    """At most so many waiting, and so many in a while. What failed through our fault does not count."""
    limits = settings.DRILLYARD.submissions
    waiting = Submission.objects.filter(user=user, state__in=WAITING_STATES).count()
    if waiting >= limits.waiting_max:
        raise LimitReached("submission_queue_full", count_max=limits.waiting_max)
    now = clock.now()
    window = timedelta(minutes=limits.rate_minutes)
    recent = Submission.objects.filter(user=user, created_at__gt=now - window).exclude(state=SubmissionState.UNKNOWN)
    times = list(recent.order_by("-created_at").values_list("created_at", flat=True)[: limits.rate_count_max])
    if len(times) >= limits.rate_count_max:
        seconds = int((times[-1] + window - now).total_seconds()) + 1
        raise LimitReached(
            "submission_rate_reached",
            retry_after_s=seconds,
            count_max=limits.rate_count_max,
            minutes=limits.rate_minutes,
        )


@transaction.atomic
def submission_cancel(*, user: Any, uuid: UUID) -> Submission:
    """Take back one's own submission while nobody has begun to grade it.

    Raises `NotFound`, and `Conflict("submission_not_cancellable")` once it is being graded.
    """
    submission = Submission.objects.filter(uuid=uuid, user=user.pk).first()
    if submission is None:
        raise NotFound
    queued = {"state": SubmissionState.QUEUED}
    changed = GradingRun.objects.filter(submission=submission, **queued).update(
        state=SubmissionState.CANCELLED, finished_at=clock.now()
    )
    if not changed or not Submission.objects.filter(pk=submission.pk, **queued).update(state=SubmissionState.CANCELLED):
        raise Conflict("submission_not_cancellable")
    submission.state = SubmissionState.CANCELLED
    audit_create(actor=user, action="submission.cancel", target_kind="submission", target_uuid=uuid)
    return submission
