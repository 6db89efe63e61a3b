"""A circuit breaker: stop calling what does not answer, and ask with care whether it is well again.

The rule that keeps it right is about time: a result counts only in the generation in which its call was admitted. Every
change of state begins a new generation, so whatever comes back late, from before the trip or from an earlier round of
probes, reaches its caller and changes nothing here.

There is no lock. Everything that is read and then written happens between two awaits, and a lock held while the
operation runs would queue up the healthy calls behind one another.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections import deque
from collections.abc import Awaitable, Callable, Iterable, Mapping
from enum import Enum
from typing import ClassVar, Literal, Protocol, TypeVar

State = Literal["closed", "open", "half_open"]
Result = TypeVar("Result")

NS_PER_MS = 1_000_000
logger = logging.getLogger(__name__)


class CircuitOpenError(Exception):
    """The call was refused and the operation was not started. Come back in `retry_after_ms` milliseconds."""

    def __init__(self, retry_after_ms: int) -> None:
        super().__init__(f"the circuit is open; retry after {retry_after_ms} ms")
        self.retry_after_ms = retry_after_ms


class Outcome(Enum):
    SUCCESS = "success"
    FAILURE = "failure"
    NEITHER = "neither"  # ignored or cancelled: it says nothing about the dependency's health


class Record(Protocol):
    """What a closed breaker remembers of its calls."""

    def trips_on(self, outcome: Outcome) -> bool:
        """Take in a success or a failure; true when that failure is the one too many."""
        ...


class FailuresInARow:
    def __init__(self, threshold: int) -> None:
        self._threshold = threshold
        self._failures = 0

    def trips_on(self, outcome: Outcome) -> bool:
        self._failures = self._failures + 1 if outcome is Outcome.FAILURE else 0
        return self._failures >= self._threshold


class FailureRate:
    """The outcomes of the last `window_calls` calls or of the last `window_ms` milliseconds."""

    def __init__(self, percent: int, minimum_calls: int, window_calls: int | None, window_ms: int | None) -> None:
        self._percent = percent
        self._minimum_calls = minimum_calls
        self._window_ns = None if window_ms is None else window_ms * NS_PER_MS
        self._outcomes: deque[tuple[int, Outcome]] = deque(maxlen=window_calls)

    def trips_on(self, outcome: Outcome) -> bool:
        now_ns = time.monotonic_ns()
        self._outcomes.append((now_ns, outcome))
        calls = len(self._outcomes)
        failures = sum(kept is Outcome.FAILURE for _, kept in self._outcomes)
        if self._window_ns is not None:
            while now_ns - self._outcomes[0][0] >= self._window_ns:
                self._outcomes.popleft()
        return outcome is Outcome.FAILURE and calls >= self._minimum_calls and failures * 100 >= self._percent * calls


class CircuitBreaker:
    """See the lab's statement for what every setting means."""

    STORM_SETTINGS: ClassVar[Mapping[str, int]] = {
        "failure_rate_percent": 40,
        "minimum_calls": 8,
        "window_calls": 10,
        "open_ms": 1_000,
        "call_timeout_ms": 150,
    }

    def __init__(
        self,
        *,
        failure_threshold: int = 5,
        failure_rate_percent: int | None = None,
        minimum_calls: int = 10,
        window_calls: int | None = None,
        window_ms: int | None = None,
        open_ms: int = 30_000,
        half_open_max_probes: int = 1,
        success_threshold: int = 1,
        call_timeout_ms: int | None = None,
        ignored_errors: Iterable[type[Exception]] = (),
        on_state_change: Callable[[State, State], object] | None = None,
    ) -> None:
        def fresh_record() -> Record:
            if failure_rate_percent is None:
                return FailuresInARow(failure_threshold)
            return FailureRate(failure_rate_percent, minimum_calls, window_calls, window_ms)

        self._fresh_record = fresh_record
        self._open_ns = open_ms * NS_PER_MS
        self._half_open_max_probes = half_open_max_probes
        self._success_threshold = success_threshold
        self._call_timeout_s = None if call_timeout_ms is None else call_timeout_ms / 1_000
        self._ignored_errors = tuple(ignored_errors)
        self._on_state_change = on_state_change

        self._state: State = "closed"
        self._generation = 0
        self._record = fresh_record()
        self._opened_at_ns = 0
        self._probes_running = 0
        self._probes_succeeded = 0

    @property
    def state(self) -> State:
        return self._state

    async def call(self, operation: Callable[[], Awaitable[Result]]) -> Result:
        """The result of `operation()`, or its exception; `CircuitOpenError` if it was not even tried."""
        generation = self._admit()
        outcome = Outcome.NEITHER
        try:
            async with asyncio.timeout(self._call_timeout_s):
                result = await operation()
            outcome = Outcome.SUCCESS
        except Exception as error:
            if not isinstance(error, self._ignored_errors):
                outcome = Outcome.FAILURE
            raise
        finally:
            if generation == self._generation:
                self._take_in(outcome)
        return result

    def _admit(self) -> int:
        """The generation that the call belongs to; raises `CircuitOpenError`."""
        if self._state == "open":
            remaining_ns = self._opened_at_ns + self._open_ns - time.monotonic_ns()
            if remaining_ns > 0:
                raise CircuitOpenError(-(-remaining_ns // NS_PER_MS))  # rounded up: who waits that long is not early
            self._enter("half_open")
        if self._state == "half_open":
            if self._probes_running == self._half_open_max_probes:
                raise CircuitOpenError(0)
            self._probes_running += 1
        return self._generation

    def _take_in(self, outcome: Outcome) -> None:
        """A call of the present generation has ended, and no call is ever admitted in an open one."""
        if self._state == "half_open":
            self._probes_running -= 1
            self._probes_succeeded += outcome is Outcome.SUCCESS
            if outcome is Outcome.FAILURE:
                self._enter("open")
            elif self._probes_succeeded >= self._success_threshold:
                self._enter("closed")
        elif outcome is not Outcome.NEITHER and self._record.trips_on(outcome):
            self._enter("open")

    def _enter(self, state: State) -> None:
        old, self._state = self._state, state
        self._generation += 1
        self._record = self._fresh_record()
        self._opened_at_ns = time.monotonic_ns()
        self._probes_running = 0
        self._probes_succeeded = 0
        if self._on_state_change is not None:
            try:
                self._on_state_change(old, state)
            except Exception:
                logger.exception("on_state_change failed")
