"""The same promises by another build: one object a period, and a timer that ends the open one.

A call keeps the period that admitted it and hands its outcome back to that very object. A period that is over does not
listen any more, which is all there is to late results. Opening arms a timer, so the half-open period begins by itself
at the instant of expiry and not at the next call.
"""

from __future__ import annotations

import asyncio
import contextlib
import math
from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Any, ClassVar, TypeVar

Result = TypeVar("Result")


class CircuitOpenError(Exception):
    def __init__(self, retry_after_ms: float) -> None:
        super().__init__(f"not now; perhaps in {retry_after_ms} ms")
        self.retry_after_ms = retry_after_ms


class Period:
    """A stretch of time in one state. `breaker.period is self` while it lasts."""

    name = ""

    def __init__(self, breaker: CircuitBreaker) -> None:
        self.breaker = breaker

    def admit(self) -> None:
        """Return if a call may start; otherwise raise `CircuitOpenError`."""

    def succeeded(self) -> None:
        """A call of this period has returned."""

    def failed(self) -> None:
        """A call of this period has failed."""

    def passed_over(self) -> None:
        """A call of this period ended and says nothing about the dependency."""


class ClosedByCount(Period):
    name = "closed"

    def __init__(self, breaker: CircuitBreaker) -> None:
        super().__init__(breaker)
        self.left = breaker.settings["failure_threshold"]

    def succeeded(self) -> None:
        self.left = self.breaker.settings["failure_threshold"]

    def failed(self) -> None:
        self.left -= 1
        if self.left <= 0:
            self.breaker.move_to(Open(self.breaker))


class ClosedByRate(Period):
    name = "closed"

    def __init__(self, breaker: CircuitBreaker) -> None:
        super().__init__(breaker)
        self.history: list[tuple[float, int]] = []

    def keep(self, failed: int) -> None:
        now = self.breaker.now()
        self.history.append((now, failed))
        span_ms = self.breaker.settings["window_ms"]
        if span_ms is not None:
            self.history = [entry for entry in self.history if now - entry[0] < span_ms / 1000]
        else:
            self.history = self.history[-self.breaker.settings["window_calls"] :]

    def succeeded(self) -> None:
        self.keep(0)

    def failed(self) -> None:
        self.keep(1)
        settings = self.breaker.settings
        share = 100 * sum(failed for _, failed in self.history) / len(self.history)
        if len(self.history) >= settings["minimum_calls"] and share >= settings["failure_rate_percent"]:
            self.breaker.move_to(Open(self.breaker))


class Open(Period):
    name = "open"

    def __init__(self, breaker: CircuitBreaker) -> None:
        super().__init__(breaker)
        self.until = breaker.now() + breaker.settings["open_ms"] / 1000
        asyncio.get_running_loop().call_at(self.until, self.expire)

    def expire(self) -> None:
        if self.breaker.period is self:
            self.breaker.move_to(HalfOpen(self.breaker))

    def admit(self) -> None:
        left_ms = (self.until - self.breaker.now()) * 1000
        raise CircuitOpenError(math.ceil(left_ms - 1e-6))


class HalfOpen(Period):
    name = "half_open"

    def __init__(self, breaker: CircuitBreaker) -> None:
        super().__init__(breaker)
        self.slots = breaker.settings["half_open_max_probes"]
        self.wanted = breaker.settings["success_threshold"]

    def admit(self) -> None:
        if not self.slots:
            raise CircuitOpenError(0.5)
        self.slots -= 1

    def passed_over(self) -> None:
        self.slots += 1

    def succeeded(self) -> None:
        self.slots += 1
        self.wanted -= 1
        if not self.wanted:
            self.breaker.move_to(self.breaker.closed())

    def failed(self) -> None:
        self.breaker.move_to(Open(self.breaker))


class CircuitBreaker:
    STORM_SETTINGS: ClassVar[Mapping[str, int]] = {"failure_threshold": 4, "open_ms": 700, "call_timeout_ms": 300}

    def __init__(
        self,
        *,
        ignored_errors: Iterable[type[BaseException]] = (),
        on_state_change: Callable[[str, str], object] | None = None,
        **settings: Any,
    ) -> None:
        defaults = {
            "failure_threshold": 5, "failure_rate_percent": None, "minimum_calls": 10, "window_calls": None,
            "window_ms": None, "open_ms": 30_000, "half_open_max_probes": 1, "success_threshold": 1,
            "call_timeout_ms": None,
        }  # fmt: skip
        self.settings = {**defaults, **settings}
        self.ignored = tuple(ignored_errors)
        self.listener = on_state_change
        self.period: Period = self.closed()

    @property
    def state(self) -> str:
        return self.period.name

    def now(self) -> float:
        return asyncio.get_running_loop().time()

    def closed(self) -> Period:
        return ClosedByCount(self) if self.settings["failure_rate_percent"] is None else ClosedByRate(self)

    def move_to(self, period: Period) -> None:
        old, self.period = self.period, period
        if self.listener:
            with contextlib.suppress(Exception):
                self.listener(old.name, period.name)

    async def call(self, operation: Callable[[], Awaitable[Result]]) -> Result:
        period = self.period
        period.admit()
        report = period.passed_over
        limit_ms = self.settings["call_timeout_ms"]
        try:
            result = await asyncio.wait_for(operation(), None if limit_ms is None else limit_ms / 1000)
            report = period.succeeded
            return result
        except self.ignored:
            raise
        except Exception:
            report = period.failed
            raise
        finally:
            if self.period is period:
                report()
