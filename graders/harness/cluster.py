"""Nodes of a node lab, joined by the simulated network."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from graders.harness.failures import CaseFailed, SuiteError
from graders.harness.operations import Operation
from graders.protocol.messages import Construct, Invoke, Json, Request
from graders.sim.network import Network
from graders.sim.simulation import Machine

if TYPE_CHECKING:
    from graders.harness.lab import Lab

_INSTANCE = 0
_START_LIMIT_MS = 3_600_000


class Cluster:
    """Starts the student's `Node` subclass on every name. A message takes from `latency_us` (min, max), by the choices.

    `start()` of each node runs as an operation of its own, so a node whose `start` never returns (a main loop) is fine.
    """

    def __init__(self, lab: Lab, names: Sequence[str], *, latency_us: tuple[int, int] = (1_000, 10_000)) -> None:
        if not names or len(names) != len(dict.fromkeys(names)):
            raise SuiteError("a cluster has nodes, and each has a name of its own")
        self._lab = lab
        self.names = tuple(names)
        self.network = Network(lab.simulation, lab.choices, latency_min_us=latency_us[0], latency_max_us=latency_us[1])
        for name in self.names:
            self._boot(lab.machine(name))

    def _boot(self, machine: Machine) -> None:
        """Make the node's object and run its `start`."""
        lab = self._lab
        peers = [name for name in self.names if name != machine.name]
        made = lab.simulation.operation(machine, "__init__()")
        lab.deliver(machine, [Construct(made.id, _INSTANCE, {"peers": peers})])
        operation = Operation(made, lab)
        if not operation.done:
            lab.finish(operation, _START_LIMIT_MS)
        if operation.error is not None:
            error = operation.error
            raise CaseFailed.because("raised", "construct_raised", type=error.classes[0], detail=error.traceback)
        started = lab.simulation.operation(machine, "start()")
        lab.deliver(machine, [Invoke(started.id, _INSTANCE, "start")])
        error_of_start = Operation(started, lab).error
        if error_of_start is not None:
            raise CaseFailed.because(
                "raised", "raised", label="start()", type=error_of_start.classes[0], detail=error_of_start.traceback
            )

    def request(self, name: str, body: Json) -> Operation:
        """A client's request to a node, now. A node that is down answers never."""
        machine = self._machine(name)
        record = self._lab.simulation.operation(machine, "on_request()")
        operation = Operation(record, self._lab)
        if machine.alive:
            self._lab.submit(machine, Request(record.id, body))
        return operation

    def crash(self, name: str) -> None:
        """The node dies with all it had in memory."""
        self._lab.simulation.crash(self._machine(name))

    def restart(self, name: str) -> None:
        """A new incarnation: a new process, a new object, `start` again."""
        self._lab.restart(name)
        self._boot(self._machine(name))

    def _machine(self, name: str) -> Machine:
        if name not in self.names:
            raise SuiteError(f"{name} is not in the cluster")
        return self._lab.simulation.machines[name]
