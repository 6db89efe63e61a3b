"""How the simulation sees a node: something that answers questions and can be killed.

The sandbox modes implement `NodeHost`; nothing above this file knows whether a node is an object, a process or a
process in a container.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Protocol, TypeAlias

from graders.protocol.messages import Effects, Failed, Start, Started, Step

ExitKind: TypeAlias = Literal[
    "exited", "time_limit", "memory_limit", "output_limit", "protocol", "callbacks_limit", "system"
]


@dataclass(frozen=True, slots=True)
class Exit:
    """Why a node is gone without having been killed by the judge.

    `detail` is for the run record, not for the verdict.
    """

    kind: ExitKind
    detail: str


class NodeGone(Exception):
    """The node will not answer any more. `exit.kind == "system"` is our fault; everything else the student's."""

    def __init__(self, gone: Exit) -> None:
        super().__init__(f"{gone.kind}: {gone.detail}")
        self.exit = gone


class NodeChannel(Protocol):
    """One incarnation of a node."""

    def step(self, step: Step) -> Effects:
        """Deliver events and return what the node did; raises `NodeGone`."""
        ...

    def kill(self) -> None:
        """A crash: nothing the node holds survives. Idempotent."""
        ...


class NodeHost(Protocol):
    """Where nodes live during one run: a sandbox, or this process."""

    def start(self, start: Start) -> tuple[NodeChannel, Started | Failed]:
        """A fresh node in a fresh process with `start` carried out; raises `NodeGone`."""
        ...
