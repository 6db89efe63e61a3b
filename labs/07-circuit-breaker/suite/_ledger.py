"""What the statement promises about the next call, kept along a history.

The random cases compare a program with this ledger and not with a solution: it says what must be let through, what must
be refused and what `state` may say, and it says nothing where the statement leaves freedom (when `open` turns into
`half_open` before the next call, what a listener's breaker does in between, how an instant's work is ordered inside).
Times are in ticks of 62.5 ms.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Ending = Literal["success", "failure", "neither"]


@dataclass(frozen=True)
class Settings:
    """A breaker's settings, times in ticks."""

    failure_threshold: int
    failure_rate_percent: int | None
    minimum_calls: int
    window_calls: int | None
    window_ticks: int | None
    open_ticks: int
    half_open_max_probes: int
    success_threshold: int


class Ledger:
    """The promised life of one breaker."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.period = 0
        self.phase: Literal["closed", "open", "half_open"] = "closed"
        self.outcomes: list[tuple[int, bool]] = []
        self.opened_at = 0
        self.probes_running = 0
        self.probes_succeeded = 0
        self.transitions: list[tuple[str, str]] = []

    def states_allowed(self, now: int) -> tuple[str, ...]:
        """What `state` may say at this tick."""
        if self.phase == "open" and now >= self.opened_at + self.settings.open_ticks:
            return ("open", "half_open")
        return (self.phase,)

    def begin(self, now: int) -> int | None:
        """A call comes: the period that admits it, or None if it must be refused."""
        if self.phase == "open" and now >= self.opened_at + self.settings.open_ticks:
            self._enter("half_open", now)
        if self.phase == "open":
            return None
        if self.phase == "half_open":
            if self.probes_running == self.settings.half_open_max_probes:
                return None
            self.probes_running += 1
        return self.period

    def end(self, now: int, period: int, ending: Ending) -> None:
        """A call that `period` admitted ends."""
        if period != self.period:
            return
        if self.phase == "half_open":
            self._end_probe(now, ending)
        elif ending != "neither":
            self.outcomes.append((now, ending == "failure"))
            if ending == "failure" and self._too_many(now):
                self._enter("open", now)

    def _end_probe(self, now: int, ending: Ending) -> None:
        self.probes_running -= 1
        if ending == "failure":
            self._enter("open", now)
        elif ending == "success":
            self.probes_succeeded += 1
            if self.probes_succeeded == self.settings.success_threshold:
                self._enter("closed", now)

    def _too_many(self, now: int) -> bool:
        """Whether the failure that has just come opens the breaker."""
        settings = self.settings
        if settings.failure_rate_percent is None:
            row = self.outcomes[-settings.failure_threshold :]
            return len(row) == settings.failure_threshold and all(failed for _, failed in row)
        kept = self.outcomes
        if settings.window_calls is not None:
            kept = kept[-settings.window_calls :]
        if settings.window_ticks is not None:
            kept = [entry for entry in kept if now - entry[0] < settings.window_ticks]
        failures = sum(failed for _, failed in kept)
        return len(kept) >= settings.minimum_calls and failures * 100 >= settings.failure_rate_percent * len(kept)

    def _enter(self, phase: Literal["closed", "open", "half_open"], now: int) -> None:
        self.transitions.append((self.phase, phase))
        self.phase = phase
        self.period += 1
        self.outcomes.clear()
        self.opened_at = now
        self.probes_running = 0
        self.probes_succeeded = 0
