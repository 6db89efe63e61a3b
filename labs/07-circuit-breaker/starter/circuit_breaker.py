"""Your circuit breaker. It closes over nothing yet: every call goes through, however often the dependency fails."""

import asyncio
import time


class CircuitOpenError(Exception):
    """The call was refused; the operation was not started."""

    def __init__(self, retry_after_ms):
        super().__init__(f"the circuit is open; retry after {retry_after_ms} ms")
        self.retry_after_ms = retry_after_ms


class CircuitBreaker:
    # The last part of the lab: settings of your choice for a service that goes down three times.
    STORM_SETTINGS = {}

    def __init__(
        self,
        *,
        failure_threshold=5,
        failure_rate_percent=None,
        minimum_calls=10,
        window_calls=None,
        window_ms=None,
        open_ms=30_000,
        half_open_max_probes=1,
        success_threshold=1,
        call_timeout_ms=None,
        ignored_errors=(),
        on_state_change=None,
    ):
        self.failure_threshold = failure_threshold
        self.open_ms = open_ms
        # ... and the others, as you come to need them.

    @property
    def state(self):
        return "closed"

    async def call(self, operation):
        # 1. May this call start? If not: raise CircuitOpenError(retry_after_ms=...).
        # 2. Start it, and wait.
        # 3. What does its outcome say about the dependency, and does that still matter?
        return await operation()
