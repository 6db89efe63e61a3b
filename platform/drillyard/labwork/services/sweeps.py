"""The sweeper: it mends what went missing, and nothing waits for it as long as nothing does.

A sweep looks for three things: messages decided and never handed to the broker; runs that are queued and whose message
was sent so long ago that it must be lost; runs whose lease has expired, because their worker died or is frozen. Every
worker sweeps every few seconds, and two sweeps at once do each other no harm, since each step is a conditional update.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from django.conf import settings
from django.db import transaction

from drillyard.common import clock
from drillyard.labwork import relay
from drillyard.labwork.models import GradingRun, SubmissionState
from drillyard.labwork.services.runs import run_requeue_or_give_up
from drillyard.records.models import OutboxEntry
from drillyard.records.selectors import outbox_unsent
from drillyard.records.services import outbox_mark_sent

BATCH_MAX: Final = 200


@dataclass(frozen=True, slots=True)
class Swept:
    """What one sweep has done, in numbers."""

    leases_ended: int
    messages_sent: int


def sweep() -> Swept:
    """Mend once. Leases first, so that what they give back is sent in the same sweep."""
    return Swept(leases_ended=_end_leases(), messages_sent=_send_due() + _send_outbox())


def _end_leases() -> int:
    expired = GradingRun.objects.filter(state=SubmissionState.RUNNING, lease_until__lt=clock.now())
    rows = list(expired.values_list("uuid", "fencing_token", "attempts", "claimed_by")[:BATCH_MAX])
    ended = 0
    for uuid, token, attempts, worker in rows:
        with transaction.atomic():
            # A heartbeat may come in between: the condition is looked at again by the update itself.
            ended += run_requeue_or_give_up(
                held=expired.filter(uuid=uuid, fencing_token=token),
                run_uuid=uuid,
                attempts=attempts,
                fault="fault_worker_lost",
                detail=f"the lease of {worker} ran out",
            )
    return ended


def _send_due() -> int:
    due = GradingRun.objects.filter(state=SubmissionState.QUEUED, send_after__lte=clock.now()).order_by("created_at")
    sent = 0
    for uuid, lane, sent_count in list(due.values_list("uuid", "lane", "sent_count")[:BATCH_MAX]):
        if relay.run_send(run_uuid=uuid, lane=lane):
            relay.run_sent(run_uuid=uuid, sent_count=sent_count)
            sent += 1
    return sent


def _send_outbox() -> int:
    """Entries that the relay did not get to, once it has had its time. A run that was claimed meanwhile needs none."""
    sent = 0
    decided_before = clock.now() - timedelta(seconds=settings.DRILLYARD.grading.sweep_s)
    for entry in list(outbox_unsent(topic=relay.TOPIC).filter(created_at__lte=decided_before)[:BATCH_MAX]):
        run = GradingRun.objects.filter(uuid=entry.key).values("state", "sent_count").first()
        waits = run is not None and run["state"] == SubmissionState.QUEUED and not run["sent_count"]
        if not waits or _send_entry(entry):
            with transaction.atomic():
                outbox_mark_sent(entry_uuid=entry.uuid)
            sent += bool(waits)
    return sent


def _send_entry(entry: OutboxEntry) -> bool:
    return relay.run_send(run_uuid=entry.key, lane=entry.body["lane"])
