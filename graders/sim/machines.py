"""What the simulation works with: nodes over all their incarnations, what stands behind a call, how things end."""

from __future__ import annotations

from typing import Protocol

from graders.protocol.messages import Event, Failed, Start
from graders.sim.nodes import NodeChannel
from graders.sim.records import CallRecord


class Service(Protocol):
    """What stands behind a call target: `called` decides what becomes of a call, now or later."""

    def called(self, call: CallRecord) -> None: ...


class StartFailed(Exception):
    """The student's code could not be started on a node; `failed.kind` says why."""

    def __init__(self, failed: Failed) -> None:
        super().__init__(f"{failed.kind}: {failed.text}")
        self.failed = failed


class EventsExhausted(Exception):
    """The schedule used up its budget of events."""


class Machine:
    """A node as the simulation sees it, over all its incarnations."""

    __slots__ = (
        "busy_until_ns", "calls", "channel", "deadline_ns", "inbox", "incarnation", "name", "start", "wake_ns",
        "wall_offset_ns",
    )  # fmt: skip

    def __init__(self, name: str) -> None:
        self.name = name
        self.incarnation = -1
        self.channel: NodeChannel | None = None
        self.start: Start | None = None
        self.deadline_ns: int | None = None
        self.wake_ns: int | None = None
        self.busy_until_ns = 0
        self.inbox: list[Event] = []
        self.calls: dict[int, CallRecord] = {}
        self.wall_offset_ns = 0

    @property
    def alive(self) -> bool:
        return self.channel is not None
