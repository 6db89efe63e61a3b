"""Workers say that they live, and whether they could grade. For `readyz` and for the people who run this."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from drillyard.common import clock
from drillyard.labwork.models import Worker

_FORGOTTEN_AFTER: Final = timedelta(days=1)


def worker_beat(*, name: str, started_at: datetime, sandbox: str, problem: str) -> Worker:
    """Note that the worker `name` lives now; workers not seen for a day are forgotten."""
    now = clock.now()
    worker, _ = Worker.objects.update_or_create(
        name=name, defaults={"started_at": started_at, "seen_at": now, "sandbox": sandbox, "problem": problem}
    )
    Worker.objects.filter(seen_at__lt=now - _FORGOTTEN_AFTER).delete()
    return worker


def worker_gone(*, name: str) -> None:
    """Note that the worker `name` has stopped in an orderly way."""
    Worker.objects.filter(name=name).delete()
