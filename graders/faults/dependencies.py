"""A dependency of the component under test, with a script of what becomes of each call.

Outcomes: an answer (right or wrong, the suite decides), an error, a delay before either, a call that never ends, and an
answer that is lost after the work was done (`lose_reply`), where the caller sees a time-out or nothing. A queue of
outcomes serves the next calls in their order; what is left takes the default.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from graders.protocol.messages import CALL_KEY, Error, Json, Result
from graders.sim.records import CallRecord, CallStatus
from graders.sim.simulation import Simulation

_MS = 1_000_000
_Kind: TypeAlias = Literal["reply", "fail", "hang", "hold"]


@dataclass(frozen=True, slots=True)
class _Outcome:
    kind: _Kind
    value: Json = None
    error: str = ""
    message: str = ""
    after_ns: int = 0
    effective: bool = False


class DependencyCall:
    """One call that a component made. While it is held or hangs, `reply` and `fail` end it."""

    def __init__(self, record: CallRecord, dependency: Dependency) -> None:
        self._record = record
        self._dependency = dependency
        self.effective = False

    def __repr__(self) -> str:
        return f"<call {self.id} of {self._record.target}{self.arguments!r} {self.status}>"

    @property
    def id(self) -> int:
        return self._record.id

    @property
    def node(self) -> str:
        return self._record.node

    @property
    def arguments(self) -> list[Any]:
        return self._record.arguments

    @property
    def started_ns(self) -> int:
        return self._record.started_ns

    @property
    def ended_ns(self) -> int | None:
        return self._record.ended_ns

    @property
    def status(self) -> CallStatus:
        """`pending`, `replied`, `failed`, or `abandoned` when the caller stopped waiting (or its node died)."""
        return self._record.status

    @property
    def pending(self) -> bool:
        return self._record.status == "pending"

    def reply(self, value: Json = None, *, after_ms: int = 0) -> None:
        """Let the call return; without effect if the caller no longer waits."""
        self._dependency.end(self, _Outcome("reply", value=value, after_ns=after_ms * _MS))

    def fail(self, error: str = "Unavailable", message: str = "", *, after_ms: int = 0) -> None:
        """Let the call raise this class of `graders.player.errors`."""
        self._dependency.end(self, _Outcome("fail", error=error, message=message, after_ns=after_ms * _MS))


class Dependency:
    """Scripted. `calls` are all calls so far, in order; `peak` is how many were open at once at the worst moment."""

    def __init__(self, name: str, simulation: Simulation, drain: Callable[[], None]) -> None:
        self.name = name
        self.calls: list[DependencyCall] = []
        self.peak = 0
        self._simulation = simulation
        self._drain = drain
        self._script: deque[_Outcome] = deque()
        self._default = _Outcome("reply")
        simulation.services[name] = self

    # ------------------------------------------------------------------------------------------------- script

    def reply(self, value: Json = None, *, after_ms: int = 0) -> None:
        """The next call that has no outcome yet returns `value`."""
        self._script.append(_Outcome("reply", value=value, after_ns=after_ms * _MS))

    def fail(self, error: str = "Unavailable", message: str = "", *, after_ms: int = 0) -> None:
        """The next call raises this class of `graders.player.errors`."""
        self._script.append(_Outcome("fail", error=error, message=message, after_ns=after_ms * _MS))

    def hang(self) -> None:
        """The next call never ends by itself."""
        self._script.append(_Outcome("hang"))

    def hold_next(self) -> None:
        """The next call waits for the suite to end it."""
        self._script.append(_Outcome("hold"))

    def lose_reply(self, *, error: str = "CallTimeout", after_ms: int = 0) -> None:
        """The next call is carried out (`effective`), but its caller sees only `error`: the ambiguous failure."""
        self._script.append(_Outcome("fail", error=error, after_ns=after_ms * _MS, effective=True))

    def default_reply(self, value: Json = None, *, after_ms: int = 0) -> None:
        self._default = _Outcome("reply", value=value, after_ns=after_ms * _MS)

    def default_fail(self, error: str = "Unavailable", message: str = "", *, after_ms: int = 0) -> None:
        self._default = _Outcome("fail", error=error, message=message, after_ns=after_ms * _MS)

    def default_hang(self) -> None:
        self._default = _Outcome("hang")

    def hold(self) -> None:
        """From now on every call without an outcome of its own waits for `call.reply()` or `call.fail()`."""
        self._default = _Outcome("hold")

    # -------------------------------------------------------------------------------------------------- state

    def operation(self, *arguments: Json) -> dict[str, Any]:
        """What to hand to a component as an asynchronous function; awaiting it is a call with these arguments."""
        return {CALL_KEY: [self.name, list(arguments)]}

    @property
    def active(self) -> int:
        """How many calls are open now."""
        return sum(call.pending for call in self.calls)

    # --------------------------------------------------------------------------------------- for the simulation

    def called(self, record: CallRecord) -> None:
        call = DependencyCall(record, self)
        self.calls.append(call)
        self.peak = max(self.peak, self.active)
        self._apply(call, self._script.popleft() if self._script else self._default)

    def end(self, call: DependencyCall, outcome: _Outcome) -> None:
        self._apply(call, outcome)
        self._drain()

    def _apply(self, call: DependencyCall, outcome: _Outcome) -> None:
        record = call._record  # noqa: SLF001 - the two classes are one thing seen from two sides
        if outcome.kind == "reply":
            call.effective = True
            self._simulation.answer_call(record, Result(record.wire_id, outcome.value), after_ns=outcome.after_ns)
        elif outcome.kind == "fail":
            call.effective = outcome.effective
            error = Error(record.wire_id, outcome.error, outcome.message)
            self._simulation.answer_call(record, error, after_ns=outcome.after_ns)
