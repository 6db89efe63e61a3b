"""The same promises by a third build: one task owns the state and reads its mailbox; nobody else touches it.

A transition is a row of a table, looked up by (state, what happened). The owner answers a question by completing the
asker's future. The asker may be gone by then: whoever is cancelled between question and answer still posts a farewell,
so no slot is lost on the way.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, ClassVar, TypeVar

Result = TypeVar("Result")
Ticket = int


class CircuitOpenError(Exception):
    def __init__(self, retry_after_ms: float) -> None:
        super().__init__(retry_after_ms)
        self.retry_after_ms = retry_after_ms


class CircuitBreaker:
    STORM_SETTINGS: ClassVar[dict[str, int]] = {
        "failure_rate_percent": 60,
        "minimum_calls": 5,
        "window_ms": 1500,
        "open_ms": 1000,
        "call_timeout_ms": 60,
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
        ignored_errors: Sequence[type[BaseException]] = (),
        on_state_change: Callable[[str, str], Any] | None = None,
    ) -> None:
        self.threshold, self.percent, self.volume = failure_threshold, failure_rate_percent, minimum_calls
        self.last_calls, self.last_ms, self.open_ms = window_calls, window_ms, open_ms
        self.slots, self.enough, self.limit_ms = half_open_max_probes, success_threshold, call_timeout_ms
        self.ignored, self.listener = tuple(ignored_errors), on_state_change
        self.state = "closed"
        self.ticket: Ticket = 1
        self.since = 0.0
        self.log: list[tuple[float, bool]] = []
        self.running = self.good = 0
        self.mailbox: asyncio.Queue[tuple[str, Any]] | None = None
        self.table: dict[tuple[str, str], Callable[[], None]] = {
            ("closed", "ok"): lambda: self.log.append((self.clock(), False)),
            ("closed", "bad"): self.closed_bad,
            ("half_open", "ok"): self.half_open_ok,
            ("half_open", "bad"): lambda: self.become("open"),
            ("half_open", "gone"): self.half_open_gone,
        }

    @staticmethod
    def clock() -> float:
        return time.monotonic()

    async def call(self, operation: Callable[[], Awaitable[Result]]) -> Result:
        if self.mailbox is None:
            self.mailbox = asyncio.Queue()
            self.owner = asyncio.create_task(self.run(self.mailbox))
        answer: asyncio.Future[Ticket] = asyncio.get_running_loop().create_future()
        self.mailbox.put_nowait(("ask", answer))
        word = "gone"
        try:
            await answer
            if self.limit_ms is None:
                value = await operation()
            else:
                value = await asyncio.wait_for(operation(), self.limit_ms / 1000)
            word = "ok"
        except Exception as error:
            word = "gone" if isinstance(error, self.ignored) else "bad"
            raise
        finally:
            self.mailbox.put_nowait((word, answer))
        return value

    async def run(self, mailbox: asyncio.Queue[tuple[str, Any]]) -> None:
        while True:
            word, answer = await mailbox.get()
            if word == "ask":
                self.decide(answer)
            elif answer.done() and not answer.cancelled() and not answer.exception():
                ticket = answer.result()
                if ticket == self.ticket and (self.state, word) in self.table:
                    self.table[self.state, word]()

    def decide(self, answer: asyncio.Future[Ticket]) -> None:
        if answer.done():
            return
        if self.state == "open":
            left = self.since + self.open_ms / 1000 - self.clock()
            if left > 1e-9:
                answer.set_exception(CircuitOpenError(left * 1000))
                return
            self.become("half_open")
        if self.state == "half_open":
            if self.running >= self.slots:
                answer.set_exception(CircuitOpenError(1))
                return
            self.running += 1
        answer.set_result(self.ticket)

    def closed_bad(self) -> None:
        now = self.clock()
        self.log.append((now, True))
        if self.percent is None:
            tail = self.log[-self.threshold :]
            if len(tail) == self.threshold and all(bad for _, bad in tail):
                self.become("open")
            return
        if self.last_calls is not None:
            self.log = self.log[-self.last_calls :]
        elif self.last_ms is not None:
            self.log = [(at, bad) for at, bad in self.log if (now - at) * 1000 < self.last_ms]
        bad_ones = sum(bad for _, bad in self.log)
        if len(self.log) >= self.volume and bad_ones * 100 >= self.percent * len(self.log):
            self.become("open")

    def half_open_gone(self) -> None:
        self.running -= 1

    def half_open_ok(self) -> None:
        self.running -= 1
        self.good += 1
        if self.good >= self.enough:
            self.become("closed")

    def become(self, state: str) -> None:
        old, self.state = self.state, state
        self.ticket += 1
        self.since = self.clock()
        self.running = self.good = 0
        self.log.clear()
        try:
            if self.listener is not None:
                self.listener(old, state)
        except Exception:  # noqa: BLE001 - whatever a listener does wrong is not the caller's business
            self.listener_failures = getattr(self, "listener_failures", 0) + 1
