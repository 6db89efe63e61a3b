"""What the simulation keeps of operations, calls and notifications:

the judge's own record, from which grading is done.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

from graders.protocol.messages import Json

OperationStatus: TypeAlias = Literal["pending", "replied", "raised", "cancelled", "crashed"]
CallStatus: TypeAlias = Literal["pending", "replied", "failed", "abandoned"]


@dataclass(slots=True)
class OperationRecord:
    """Something the judge asked a node to do. `started_ns` is when it was delivered; `finished_ns` when it ended."""

    id: int
    node: str
    label: str
    started_ns: int
    status: OperationStatus = "pending"
    finished_ns: int | None = None
    value: Json = None
    classes: tuple[str, ...] = ()
    text: str = ""
    attributes: dict[str, Json] = field(default_factory=dict)
    traceback: str = ""


@dataclass(slots=True)
class CallRecord:
    """A call that a node made to one of its dependencies. `id` counts the calls to all dependencies of a schedule."""

    id: int
    node: str
    incarnation: int
    wire_id: int
    target: str
    arguments: list[Any]
    started_ns: int
    ended_ns: int | None = None
    status: CallStatus = "pending"


@dataclass(frozen=True, slots=True)
class Notification:
    """A listener that the judge handed in was called."""

    at_ns: int
    arguments: list[Any]
