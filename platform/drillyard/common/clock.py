"""The platform's only source of time.

Everything that stores or compares an instant asks `now`; everything that measures a span asks `monotonic`, which no
administrator and no NTP daemon can set back. The judge has a clock of its own, a virtual one, in `graders.sim`.
"""

from __future__ import annotations

import time
from datetime import UTC, datetime


def now() -> datetime:
    """The present instant, aware, in UTC."""
    return datetime.now(UTC)  # noqa: TID251


def monotonic() -> float:
    """Seconds since some instant in the past; only differences mean anything."""
    return time.monotonic()
