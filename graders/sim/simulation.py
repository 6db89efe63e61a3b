"""One schedule: virtual time, the queue of what is to happen, and the nodes it happens to.

Everything that will happen is an entry `(when_ns, sequence, ...)` of one heap, so the order is total and is that of
planning where the time is the same. A node's own timers are one entry (its next deadline), renewed after each step.
Consecutive entries for one node at one instant travel in one frame and count singly.

A node that called `time.sleep` is busy until then: what arrives waits, and what it did after the sleep happens at the
later time. A pause uses the same rule.

The nodes' answers are untrusted: a reply to an operation that is not pending, or time that runs backwards, ends the
node as a breach of protocol.
"""

from __future__ import annotations

from collections.abc import Callable
from heapq import heappop, heappush
from typing import Any, Final, TypeAlias

from graders.protocol.messages import (
    Abandon,
    At,
    Call,
    Cancelled,
    Clock,
    Effect,
    Error,
    Event,
    Failed,
    Json,
    Log,
    Notify,
    Publish,
    Raise,
    Reply,
    Report,
    Result,
    Send,
    Start,
    Step,
)
from graders.sim.machines import EventsExhausted, Machine, Service, StartFailed
from graders.sim.nodes import Exit, NodeGone, NodeHost
from graders.sim.records import CallRecord, Notification, OperationRecord

_ANY_INCARNATION: Final = -1
_Plan: TypeAlias = tuple[int, int, Any, int, Any]
Record: TypeAlias = Callable[[int, str, int, list[Event], list[Effect]], None]
"""Told every frame: when, which node, which incarnation, what happened to it, what it did."""


class Simulation:
    """`host` runs the nodes; `record` is told every frame; `events_max` bounds the schedule."""

    def __init__(self, *, host: NodeHost, events_max: int, record: Record) -> None:
        self._host = host
        self._record = record
        self._events_max = events_max
        self._heap: list[_Plan] = []
        self._sequence = 0
        self._operations = 0
        self._calls = 0
        self.now_ns = 0
        self.events = 0
        self.machines: dict[str, Machine] = {}
        self.services: dict[str, Service] = {}
        self.network: Callable[[str, str, Json], None] | None = None
        self.pending: dict[int, OperationRecord] = {}
        self.notifications: dict[str, list[Notification]] = {}
        self.reports: list[tuple[int, str, str, str]] = []
        self.logs: list[tuple[int, str, str, str]] = []
        self._handlers: dict[type[Any], Callable[[Machine, Any], None]] = {
            Reply: self._reply,
            Raise: self._raise,
            Cancelled: self._cancelled,
            Call: self._call,
            Abandon: self._abandon,
            Notify: self._notify,
            Send: self._send,
            Publish: self._ignore,
            Log: self._log,
            Report: self._report,
        }

    # --------------------------------------------------------------------------------------------------- nodes

    def start(self, start: Start) -> Machine:
        """Bring up a node that is down or new; raises `StartFailed` and `NodeGone`."""
        machine = self.machines.setdefault(start.node, Machine(start.node))
        assert machine.channel is None, f"{start.node} is up"
        channel, answer = self._host.start(start)
        self.events += 1
        if isinstance(answer, Failed):
            channel.kill()
            raise StartFailed(answer)
        machine.channel = channel
        machine.start = start
        machine.incarnation = start.incarnation
        machine.wall_offset_ns = start.wall_offset_ns
        machine.deadline_ns = machine.wake_ns = None
        machine.busy_until_ns = 0
        machine.inbox = []
        return machine

    def crash(self, machine: Machine) -> None:
        """The node stops where it stands: memory, timers, tasks and waiting callers are lost."""
        if machine.channel is None:
            return
        machine.channel.kill()
        machine.channel = None
        machine.deadline_ns = None
        machine.inbox = []
        for call in machine.calls.values():
            call.status, call.ended_ns = "abandoned", self.now_ns
        machine.calls = {}
        for operation in [item for item in self.pending.values() if item.node == machine.name]:
            self._finish(operation, "crashed")

    def pause(self, machine: Machine, duration_ns: int) -> None:
        """The node does nothing for this long (a collector's pause, a frozen machine); what arrives waits."""
        machine.busy_until_ns = max(machine.busy_until_ns, self.now_ns + duration_ns)

    def step_wall_clock(self, machine: Machine, delta_ns: int) -> None:
        """The node's wall clock jumps; its monotonic clock does not."""
        machine.wall_offset_ns += delta_ns
        self.deliver(machine, [Clock(machine.wall_offset_ns)])

    def stop(self) -> None:
        """The schedule is over."""
        for machine in self.machines.values():
            if machine.channel is not None:
                machine.channel.kill()
                machine.channel = None

    # ---------------------------------------------------------------------------------------------------- time

    def plan(self, when_ns: int, action: Callable[[], None]) -> None:
        """Run `action` at `when_ns` (not before now)."""
        self._push(when_ns, None, _ANY_INCARNATION, action)

    def plan_delivery(self, when_ns: int, machine: Machine, event: Event, *, incarnation: int | None = None) -> None:
        """Deliver `event` at `when_ns`: to whatever incarnation is up then, or only to this one."""
        self._sequence = sequence = self._sequence + 1
        when_ns = max(when_ns, self.now_ns)
        if incarnation is None:
            incarnation = _ANY_INCARNATION
        heappush(self._heap, (when_ns, sequence, machine, incarnation, event))

    def _push(self, when_ns: int, target: Machine | None, incarnation: int, payload: Any) -> None:
        self._sequence = sequence = self._sequence + 1
        when_ns = max(when_ns, self.now_ns)
        heappush(self._heap, (when_ns, sequence, target, incarnation, payload))

    def next_ns(self) -> int | None:
        """When the next thing happens, or None if nothing is planned."""
        heap = self._heap
        while heap:
            when_ns, _, machine, incarnation, payload = heap[0]
            if payload is not None or self._wake_is_due(machine, incarnation, when_ns):
                return when_ns
            heappop(heap)
        return None

    def _wake_is_due(self, machine: Machine, incarnation: int, when_ns: int) -> bool:
        """Whether a wake-up still stands: its node is the same, and a timer or a waiting event is due by then."""
        if machine.channel is None or machine.incarnation != incarnation or machine.wake_ns != when_ns:
            return False
        if machine.inbox or (machine.deadline_ns is not None and machine.deadline_ns <= when_ns):
            return True
        machine.wake_ns = None
        self._plan_wake(machine)
        return False

    def run_until(self, target_ns: int) -> None:
        """Let everything happen that is planned up to `target_ns`; it is then `target_ns`."""
        while True:
            when_ns = self.next_ns()
            if when_ns is None or when_ns > target_ns:
                break
            self.turn()
        self.now_ns = max(self.now_ns, target_ns)

    def turn(self) -> None:
        """Let the next thing happen. `next_ns()` must have said that there is one."""
        heap = self._heap
        when_ns, _, machine, incarnation, payload = heappop(heap)
        self.now_ns = when_ns
        if machine is None:
            payload()
            return
        events: list[Event] = []
        woken = False
        while True:
            if payload is None:
                machine.wake_ns = None
                woken = True
            elif machine.channel is not None and incarnation in (_ANY_INCARNATION, machine.incarnation):
                events.append(payload)
            if not heap or heap[0][0] != when_ns or heap[0][2] is not machine:
                break
            _, _, _, incarnation, payload = heappop(heap)
        if events or woken:
            self.deliver(machine, events)

    def deliver(self, machine: Machine, events: list[Event]) -> None:
        """One frame now, or, while the node is busy, as soon as it is not."""
        channel = machine.channel
        if channel is None:
            return
        if machine.inbox:
            events = machine.inbox + events
            machine.inbox = []
        if machine.busy_until_ns > self.now_ns:
            machine.inbox = events
            self._plan_wake(machine)
            return
        self.events += len(events) or 1
        if self.events > self._events_max:
            raise EventsExhausted
        try:
            answer = channel.step(Step(self.now_ns, events))
        except NodeGone:
            machine.channel = None
            raise
        self._record(self.now_ns, machine.name, machine.incarnation, events, answer.effects)
        machine.deadline_ns = answer.deadline_ns
        if answer.effects:
            self._happen(machine, answer.effects)
        if machine.deadline_ns is not None or machine.inbox:
            self._plan_wake(machine)

    def _plan_wake(self, machine: Machine) -> None:
        """Keep one entry in the heap for the node's next timer or the end of its being busy, whichever applies."""
        when_ns = machine.busy_until_ns if machine.inbox else machine.deadline_ns
        if when_ns is None:
            return
        when_ns = max(when_ns, machine.busy_until_ns, self.now_ns)
        if machine.wake_ns is None or when_ns < machine.wake_ns:
            machine.wake_ns = when_ns
            self._push(when_ns, machine, machine.incarnation, None)

    # ------------------------------------------------------------------------------------------------- effects

    def _happen(self, machine: Machine, effects: list[Effect]) -> None:
        handlers = self._handlers
        for index, effect in enumerate(effects):
            handler = handlers.get(type(effect))
            if handler is None:
                assert isinstance(effect, At)
                self._later(machine, effect, effects[index + 1 :])
                return
            handler(machine, effect)

    def _later(self, machine: Machine, at: At, rest: list[Effect]) -> None:
        if at.at_ns < self.now_ns:
            self._breach(machine, "time ran backwards")
        machine.busy_until_ns = max(machine.busy_until_ns, at.at_ns)
        incarnation = machine.incarnation

        def happen() -> None:
            if machine.channel is not None and machine.incarnation == incarnation:
                self._happen(machine, rest)

        self.plan(at.at_ns, happen)

    def _breach(self, machine: Machine, detail: str) -> None:
        if machine.channel is not None:
            machine.channel.kill()
            machine.channel = None
        raise NodeGone(Exit("protocol", detail))

    def operation(self, machine: Machine, label: str) -> OperationRecord:
        """A record and an id for something that is about to be asked of the node."""
        self._operations += 1
        record = OperationRecord(self._operations, machine.name, label, self.now_ns)
        self.pending[record.id] = record
        return record

    def _finish(self, operation: OperationRecord, status: Any) -> None:
        operation.status = status
        operation.finished_ns = self.now_ns
        del self.pending[operation.id]

    def _take(self, machine: Machine, number: int) -> OperationRecord:
        operation = self.pending.get(number)
        if operation is None or operation.node != machine.name:
            self._breach(machine, f"an answer to operation {number}, which is not pending")
            raise AssertionError("unreachable")
        return operation

    def _reply(self, machine: Machine, effect: Reply) -> None:
        operation = self._take(machine, effect.id)
        operation.value = effect.value
        self._finish(operation, "replied")

    def _raise(self, machine: Machine, effect: Raise) -> None:
        operation = self._take(machine, effect.id)
        operation.classes = tuple(effect.classes)
        operation.text = effect.text
        operation.attributes = effect.attributes
        operation.traceback = effect.traceback
        self._finish(operation, "raised")

    def _cancelled(self, machine: Machine, effect: Cancelled) -> None:
        self._finish(self._take(machine, effect.id), "cancelled")

    def _call(self, machine: Machine, effect: Call) -> None:
        service = self.services.get(effect.target)
        if service is None or effect.id in machine.calls:
            self._breach(machine, f"a call {effect.id} of {effect.target!r}")
            return
        self._calls += 1
        call = CallRecord(
            self._calls, machine.name, machine.incarnation, effect.id, effect.target, effect.arguments, self.now_ns
        )
        machine.calls[effect.id] = call
        service.called(call)

    def _abandon(self, machine: Machine, effect: Abandon) -> None:
        call = machine.calls.pop(effect.id, None)
        if call is not None:
            call.status, call.ended_ns = "abandoned", self.now_ns

    def answer_call(self, call: CallRecord, outcome: Result | Error, *, after_ns: int = 0) -> None:
        """Let `call` return or fail after this long, unless its caller has gone away by then."""

        def arrive() -> None:
            machine = self.machines[call.node]
            if call.status != "pending":
                return
            machine.calls.pop(call.wire_id, None)
            call.status = "replied" if isinstance(outcome, Result) else "failed"
            call.ended_ns = self.now_ns
            self.plan_delivery(self.now_ns, machine, outcome, incarnation=call.incarnation)

        self.plan(self.now_ns + after_ns, arrive)

    def _notify(self, _machine: Machine, effect: Notify) -> None:
        self.notifications.setdefault(effect.name, []).append(Notification(self.now_ns, effect.arguments))

    def _send(self, machine: Machine, effect: Send) -> None:
        if self.network is not None:
            self.network(machine.name, effect.destination, effect.body)

    def _ignore(self, machine: Machine, effect: Effect) -> None:
        """A value for diagrams is in the trace; nothing else happens because of it."""

    def _log(self, machine: Machine, effect: Log) -> None:
        self.logs.append((self.now_ns, machine.name, effect.stream, effect.text))

    def _report(self, machine: Machine, effect: Report) -> None:
        self.reports.append((self.now_ns, machine.name, effect.kind, effect.text))
        if effect.kind == "callbacks_exhausted":
            if machine.channel is not None:
                machine.channel.kill()
                machine.channel = None
            raise NodeGone(Exit("callbacks_limit", effect.text))


__all__ = ["EventsExhausted", "Machine", "Service", "Simulation", "StartFailed"]
