"""An operation that a case started, and what became of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from graders.harness.failures import CaseFailed, SuiteError
from graders.protocol.messages import Cancel, Json
from graders.sim.records import OperationRecord

if TYPE_CHECKING:
    from graders.harness.lab import Lab


@dataclass(frozen=True, slots=True)
class RaisedError:
    """An exception of the student's code. `classes` are the names of its class and bases, most derived first.

    Texts and attributes may be judged, but quoting a text would put it into the canonical verdict: do not.
    """

    classes: tuple[str, ...]
    text: str
    attributes: dict[str, Json] = field(default_factory=dict)
    traceback: str = ""


class Operation:
    """Ask `done` first: the value of an operation that has none ends the case with a text that says so."""

    def __init__(self, record: OperationRecord, lab: Lab) -> None:
        self._record = record
        self._lab = lab

    def __repr__(self) -> str:
        return f"<{self.label} on {self._record.node}: {self._record.status}>"

    @property
    def label(self) -> str:
        """How texts call it, such as `call()`."""
        return self._record.label

    @property
    def done(self) -> bool:
        return self._record.status != "pending"

    @property
    def ok(self) -> bool:
        """It has returned a value."""
        return self._record.status == "replied"

    @property
    def cancelled(self) -> bool:
        return self._record.status == "cancelled"

    @property
    def crashed(self) -> bool:
        """Its node died before it had ended."""
        return self._record.status == "crashed"

    @property
    def error(self) -> RaisedError | None:
        """What it raised, or None."""
        record = self._record
        if record.status != "raised":
            return None
        return RaisedError(record.classes, record.text, record.attributes, record.traceback)

    @property
    def started_ns(self) -> int:
        return self._record.started_ns

    @property
    def finished_ns(self) -> int | None:
        return self._record.finished_ns

    def raised(self, name: str) -> bool:
        """Whether it raised an exception of this class or of a subclass."""
        return self._record.status == "raised" and name in self._record.classes

    @property
    def value(self) -> Any:
        """What it returned; anything else ends the case (`raised`, `deadlock`, `exited`)."""
        record = self._record
        if record.status == "replied":
            return record.value
        if record.status == "raised":
            raise CaseFailed.because(
                "raised", "raised", label=record.label, type=record.classes[0], detail=record.traceback
            )
        if record.status == "cancelled":
            raise CaseFailed.because("raised", "cancelled", label=record.label)
        if record.status == "crashed":
            raise SuiteError(f"the value of {record.label} was asked for after the suite had crashed its node")
        raise CaseFailed.because("deadlock", "not_finished", label=record.label)

    def cancel(self) -> None:
        """Cancel the task that serves it, as a caller does that gives up; nothing happens if it is done."""
        if not self.done:
            machine = self._lab.simulation.machines[self._record.node]
            self._lab.submit(machine, Cancel(self._record.id))

    def check_method(self) -> None:
        """Ends the case with `method_missing` if the class has no such method or attribute."""
        if self.raised("MethodMissing"):
            raise CaseFailed.because("method_missing", "method_missing", label=self.label)
