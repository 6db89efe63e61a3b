"""What a case is handed: the laboratory, with virtual time, components, dependencies and faults.

Everything a case does happens at the current instant, and then the simulation runs until nothing more is due *now*;
time goes on only by `advance`, `settle` and `finish`. A failure that is plainly the student's (a missing method, an
exception where a result was asked for, a node that is gone) ends the case with its reason and a ready-made text, so
that a suite speaks only of its own promises.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from graders.faults import Dependency
from graders.harness.cluster import Cluster
from graders.harness.failures import CaseFailed, Contradiction, SuiteError
from graders.harness.operations import Operation
from graders.protocol.jobs import LabDefinition
from graders.protocol.messages import ERROR_KEY, NOTIFY_KEY, Construct, Event, Get, Invoke, Json, Start
from graders.sim.choices import Choices
from graders.sim.records import Notification
from graders.sim.seeds import derive
from graders.sim.simulation import Machine, Simulation

MS = 1_000_000
CONSTRUCT_LIMIT_MS = 3_600_000


class Component:
    """An instance of the student's class on a node."""

    def __init__(self, lab: Lab, machine: Machine, number: int) -> None:
        self._lab = lab
        self._machine = machine
        self._incarnation = machine.incarnation
        self._number = number

    @property
    def node(self) -> str:
        return self._machine.name

    def call(self, method: str, *args: Json, **kwargs: Json) -> Operation:
        """Start `method` now and let the node run until it is idle. See `Operation` for what became of it."""
        record = self._lab.simulation.operation(self._machine, f"{method}()")
        event = Invoke(record.id, self._number, method, list(args), kwargs)
        operation = Operation(record, self._lab)
        self._require_alive()
        self._lab.submit(self._machine, event)
        operation.check_method()
        return operation

    def get(self, attribute: str) -> Any:
        """The value of an attribute (or property) now; an `Enum` member comes as its value."""
        record = self._lab.simulation.operation(self._machine, attribute)
        self._require_alive()
        self._lab.deliver(self._machine, [Get(record.id, self._number, attribute)])
        operation = Operation(record, self._lab)
        operation.check_method()
        return operation.value

    def _require_alive(self) -> None:
        if self._machine.incarnation != self._incarnation or not self._machine.alive:
            raise SuiteError(f"the component on {self.node} died with its process; construct another")


class Lab:
    """One schedule. `choices` is where a suite takes its chance from: `lab.choices.between(1, 50)`."""

    def __init__(
        self,
        *,
        simulation: Simulation,
        definition: LabDefinition,
        files: dict[str, str],
        seed: int,
        choices: Choices,
    ) -> None:
        self.simulation = simulation
        self.choices = choices
        self.metrics: dict[str, int] = {}
        self._definition = definition
        self._files = files
        self._seed = seed
        self._instances = 0
        self._dependencies: dict[str, Dependency] = {}
        self._batch: list[tuple[Machine, Event]] | None = None

    # ---------------------------------------------------------------------------------------------- components

    def component(self, node: str = "node-1", /, **config: Json) -> Component:
        """Construct the lab's class on `node` with these keyword arguments; ends the case if that raises."""
        node = config.pop("node", node)
        machine = self.machine(node)
        self._instances += 1
        record = self.simulation.operation(machine, "__init__()")
        self.deliver(machine, [Construct(record.id, self._instances, config)])
        operation = Operation(record, self)
        if record.status == "pending":
            self.finish(operation, CONSTRUCT_LIMIT_MS)
        if operation.error is not None:
            raise CaseFailed.because(
                "raised", "construct_raised", type=operation.error.classes[0], detail=operation.error.traceback
            )
        return Component(self, machine, self._instances)

    def machine(self, name: str) -> Machine:
        """The node of this name, brought up if it has never been."""
        machine = self.simulation.machines.get(name)
        if machine is None:
            return self.simulation.start(self.start_message(name, 0, 0))
        if not machine.alive:
            raise SuiteError(f"{name} is down; restart it first")
        return machine

    def start_message(self, name: str, incarnation: int, wall_offset_ns: int) -> Start:
        """What a fresh process of the node `name` is told."""
        limits = self._definition.limits
        return Start(
            node=name,
            incarnation=incarnation,
            seed=derive(self._seed, "node", name, incarnation),
            files=self._files,
            entry_point=self._definition.entry_point,
            modules_allowed=self._definition.modules_allowed,
            at_ns=self.simulation.now_ns,
            wall_offset_ns=wall_offset_ns,
            callbacks_max=limits.callbacks_per_step_max,
            output_bytes_max=limits.output_bytes_max,
        )

    def cluster(self, names: Sequence[str], **options: Any) -> Cluster:
        """Nodes of a node lab, joined by a network; see `Cluster`."""
        return Cluster(self, names, **options)

    def error_class(self, name: str) -> dict[str, str]:
        """The class `name` of `graders.player.errors`, to hand to a component."""
        return {ERROR_KEY: name}

    def listener(self, name: str, *, raises: str | None = None) -> dict[str, Any]:
        """A function to hand to a component; its calls are `notifications(name)`.

        With `raises` every call raises that class of `graders.player.errors` after it has been noted.
        """
        return {NOTIFY_KEY: name if raises is None else [name, raises]}

    def notifications(self, name: str) -> list[Notification]:
        """The calls of a listener so far, in order."""
        return list(self.simulation.notifications.get(name, ()))

    def dependency(self, name: str) -> Dependency:
        """The dependency of this name; the first use makes it."""
        dependency = self._dependencies.get(name)
        if dependency is None:
            dependency = self._dependencies[name] = Dependency(name, self.simulation, self.drain)
        return dependency

    # ---------------------------------------------------------------------------------------------------- time

    @property
    def now_ns(self) -> int:
        return self.simulation.now_ns

    @property
    def now_ms(self) -> int:
        return self.simulation.now_ns // MS

    def advance(self, *, ms: int) -> None:
        """Let `ms` of virtual time pass, with everything that happens in it."""
        self.advance_ns(ms * MS)

    def advance_ns(self, duration_ns: int) -> None:
        if duration_ns < 0:
            raise SuiteError("time does not run backwards")
        self._not_in_batch()
        self.simulation.run_until(self.simulation.now_ns + duration_ns)

    def settle(self, *, limit_ms: int = CONSTRUCT_LIMIT_MS) -> None:
        """Run until nothing is planned any more, or `limit_ms` have passed."""
        self._not_in_batch()
        end_ns = self.simulation.now_ns + limit_ms * MS
        while True:
            when_ns = self.simulation.next_ns()
            if when_ns is None or when_ns > end_ns:
                return
            self.simulation.turn()

    def finish(self, operation: Operation, limit_ms: int) -> Operation:
        """Run until `operation` is done; if it is not within `limit_ms`, the case fails with reason `deadlock`."""
        self._not_in_batch()
        end_ns = self.simulation.now_ns + limit_ms * MS
        while not operation.done:
            when_ns = self.simulation.next_ns()
            if when_ns is None or when_ns > end_ns:
                raise CaseFailed.because("deadlock", "deadlock", label=operation.label, limit_ms=limit_ms)
            self.simulation.turn()
        self.drain()
        return operation

    @contextmanager
    def together(self) -> Iterator[None]:
        """What is called inside starts at one instant, in one frame a node: none runs before all are there."""
        self._not_in_batch()
        self._batch = []
        try:
            yield
        finally:
            batch, self._batch = self._batch, None
        frames: dict[str, tuple[Machine, list[Event]]] = {}
        for machine, event in batch:
            frames.setdefault(machine.name, (machine, []))[1].append(event)
        for machine, events in frames.values():
            self.simulation.deliver(machine, events)
        self.drain()

    def _not_in_batch(self) -> None:
        if self._batch is not None:
            raise SuiteError("no time passes inside together()")

    def submit(self, machine: Machine, event: Event) -> None:
        """Deliver one event now, or with the batch that is open."""
        if self._batch is not None:
            self._batch.append((machine, event))
        else:
            self.deliver(machine, [event])

    def deliver(self, machine: Machine, events: list[Event]) -> None:
        """Deliver events now and let everything happen that is due now."""
        self._not_in_batch()
        self.simulation.deliver(machine, events)
        self.drain()

    def drain(self) -> None:
        """Let everything happen that is due at the current instant."""
        if self._batch is None:
            self.simulation.run_until(self.simulation.now_ns)

    # -------------------------------------------------------------------------------------------------- faults

    def wall_clock_step(self, target: Component | str, ms: int) -> None:
        """The wall clock of a node jumps by `ms` (negative:

        back); its monotonic clock goes on as if nothing happened.
        """
        self.simulation.step_wall_clock(self._named(target), ms * MS)
        self.drain()

    def pause(self, target: Component | str, ms: int) -> None:
        """The node stands still for `ms`; what arrives meanwhile waits."""
        self.simulation.pause(self._named(target), ms * MS)

    def crash(self, target: Component | str) -> None:
        """The node's process dies with everything in memory."""
        self.simulation.crash(self._named(target))

    def restart(self, target: Component | str) -> None:
        """A fresh process for a node that is down. Components on it must be constructed again."""
        machine = self._named(target)
        if machine.alive:
            raise SuiteError(f"{machine.name} is up; crash it first")
        self.simulation.start(self.start_message(machine.name, machine.incarnation + 1, machine.wall_offset_ns))

    def _named(self, target: Component | str) -> Machine:
        name = target if isinstance(target, str) else target.node
        machine = self.simulation.machines.get(name)
        if machine is None:
            raise SuiteError(f"there is no node {name}")
        return machine

    # ------------------------------------------------------------------------------------------------- results

    def require(self, condition: bool, *, en: str, zh: str) -> None:
        """Unless `condition` holds, the case fails: say what was promised and what was seen, never what to answer."""
        if not condition:
            raise Contradiction(en=en, zh=zh)

    def metric(self, name: str, value: int) -> None:
        """A number for the leaderboard; the last value counts. Integers only, since the verdict is hashed."""
        if type(value) is not int:
            raise SuiteError("a metric is an int")
        self.metrics[name] = value
