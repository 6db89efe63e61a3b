"""From the outbox to the broker, at commit.

The message only wakes a worker up. If it is lost, or never sent because the broker is down, the run still stands in the
database as queued, and the sweeper sends again after `send_after`, each time after a longer while, so that a long queue
does not fill the broker with repetitions.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

import structlog
from celery import current_app
from django.conf import settings
from django.db import transaction
from django.db.models import F

from drillyard.common import clock
from drillyard.labwork.models import GradingRun
from drillyard.records.services import outbox_mark_sent

TOPIC: Final = "labwork.run.queued"
TASK: Final = "labwork.run_grade"
_DOUBLINGS_MAX: Final = 6
_log = structlog.get_logger(__name__)


def next_sending(*, sent_count: int) -> datetime:
    """When to send again what has been sent `sent_count` times and was not claimed."""
    return clock.now() + timedelta(seconds=settings.DRILLYARD.grading.resend_s * 2 ** min(sent_count, _DOUBLINGS_MAX))


def send_at_commit(*, run_uuid: UUID, entry_uuid: UUID, lane: str) -> None:
    """Send the run's message when the transaction around has been committed, and never if it is rolled back."""
    transaction.on_commit(lambda: _send_and_mark(run_uuid, entry_uuid, lane), robust=True)


def _send_and_mark(run_uuid: UUID, entry_uuid: UUID, lane: str) -> None:
    if run_send(run_uuid=run_uuid, lane=lane):
        with transaction.atomic():
            outbox_mark_sent(entry_uuid=entry_uuid)


def run_send(*, run_uuid: UUID, lane: str) -> bool:
    """Hand a run's message to the broker. False, with a line in the log, when the broker does not take it."""
    try:
        current_app.send_task(TASK, args=[str(run_uuid)], queue=lane, retry=False)
    except Exception as error:  # noqa: BLE001 - whatever the transport raises, the sweeper sends again
        _log.warning("message not sent", run=str(run_uuid), error=repr(error))
        return False
    return True


def run_sent(*, run_uuid: UUID, sent_count: int) -> None:
    """Note a sending, so that the next one comes later."""
    GradingRun.objects.filter(uuid=run_uuid).update(
        sent_count=F("sent_count") + 1, send_after=next_sending(sent_count=sent_count + 1)
    )
