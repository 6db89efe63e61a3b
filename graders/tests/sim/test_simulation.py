"""The simulation against nodes that answer what a hostile one might, and the order in which things happen."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from graders.protocol.messages import (
    Abandon,
    At,
    Call,
    Cancelled,
    Effect,
    Effects,
    Event,
    Failed,
    Message,
    Notify,
    Publish,
    Raise,
    Reply,
    Report,
    Result,
    Send,
    Start,
    Started,
    Step,
)
from graders.sim.nodes import NodeGone
from graders.sim.simulation import EventsExhausted, Machine, Simulation, StartFailed

Answer = Callable[[Step], Effects]


class Puppet:
    """A node that answers as the test says."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer
        self.killed = False

    def step(self, step: Step) -> Effects:
        return self.answer(step)

    def kill(self) -> None:
        self.killed = True


class Stage:
    """A simulation whose nodes are puppets. `frames` is what happened, in order."""

    def __init__(self, answer: Answer, events_max: int = 1_000) -> None:
        self.frames: list[tuple[int, str, list[Event]]] = []
        self.puppets: list[Puppet] = []
        self.answer = answer
        self.simulation = Simulation(host=self, events_max=events_max, record=self.record)

    def record(self, at_ns: int, node: str, _incarnation: int, events: list[Event], _effects: list[Effect]) -> None:
        self.frames.append((at_ns, node, events))

    def start(self, start: Start) -> tuple[Puppet, Started | Failed]:
        puppet = Puppet(self.answer)
        self.puppets.append(puppet)
        if start.entry_point == "broken":
            return puppet, Failed("syntax_error", "SyntaxError", "no", "")
        return puppet, Started()

    def machine(self, name: str = "n1", incarnation: int = 0, entry_point: str = "a:A") -> Machine:
        return self.simulation.start(Start(name, incarnation, 1, {}, entry_point))


def _saying(*effects: Any, deadline_ns: int | None = None) -> Answer:
    return lambda _step: Effects(deadline_ns, 1, list(effects))


@pytest.mark.parametrize(
    "effect",
    [Reply(1, None), Reply(99, None), Raise(7, ["A"], "", {}, ""), Cancelled(3), Call(1, "nobody", []), At(-1)],
)
def test_an_answer_to_what_was_not_asked_is_a_breach_of_protocol(effect: Effect) -> None:
    stage = Stage(_saying(effect))
    machine = stage.machine()
    with pytest.raises(NodeGone) as caught:
        stage.simulation.deliver(machine, [])
    assert caught.value.exit.kind == "protocol"
    assert stage.puppets[0].killed
    assert not machine.alive


def test_a_node_may_not_answer_for_another() -> None:
    stage = Stage(_saying())
    one, two = stage.machine("n1"), stage.machine("n2")
    operation = stage.simulation.operation(one, "call()")
    stage.puppets[1].answer = _saying(Reply(operation.id, "forged"))
    with pytest.raises(NodeGone):
        stage.simulation.deliver(two, [])
    assert operation.status == "pending"


def test_a_second_answer_to_one_operation_is_a_breach() -> None:
    stage = Stage(_saying())
    machine = stage.machine()
    operation = stage.simulation.operation(machine, "call()")
    stage.puppets[0].answer = _saying(Reply(operation.id, 1), Reply(operation.id, 2))
    with pytest.raises(NodeGone):
        stage.simulation.deliver(machine, [])
    assert operation.value == 1


def test_a_call_under_a_number_in_use_is_a_breach() -> None:
    class Silent:
        def called(self, call: Any) -> None: ...

    stage = Stage(_saying(Call(1, "db", []), Call(1, "db", [])))
    stage.simulation.services["db"] = Silent()
    with pytest.raises(NodeGone):
        stage.simulation.deliver(stage.machine(), [])


def test_giving_up_a_call_that_never_was_is_no_matter() -> None:
    stage = Stage(_saying(Abandon(5), Publish("role", "x"), Notify("listener", [1])))
    stage.simulation.deliver(stage.machine(), [])
    assert stage.simulation.notifications["listener"][0].arguments == [1]


def test_an_exhausted_node_is_gone_by_name() -> None:
    stage = Stage(_saying(Report("callbacks_exhausted", "500")))
    with pytest.raises(NodeGone) as caught:
        stage.simulation.deliver(stage.machine(), [])
    assert caught.value.exit.kind == "callbacks_limit"


def test_code_that_does_not_start_leaves_no_node_behind() -> None:
    stage = Stage(_saying())
    with pytest.raises(StartFailed) as caught:
        stage.machine(entry_point="broken")
    assert caught.value.failed.kind == "syntax_error"
    assert stage.puppets[0].killed


def test_events_of_one_instant_share_a_frame_and_count_singly() -> None:
    stage = Stage(_saying())
    one, two = stage.machine("n1"), stage.machine("n2")
    before = stage.simulation.events
    for machine, body in ((one, "a"), (one, "b"), (two, "c"), (one, "d")):
        stage.simulation.plan_delivery(5, machine, Message("x", body))
    stage.simulation.plan_delivery(6, one, Message("x", "e"))
    stage.simulation.run_until(10)
    assert [(at, node, len(events)) for at, node, events in stage.frames] == [
        (5, "n1", 2), (5, "n2", 1), (5, "n1", 1), (6, "n1", 1),
    ]  # fmt: skip
    assert stage.simulation.events - before == 5
    assert stage.simulation.now_ns == 10


def test_a_node_is_woken_at_its_deadline_and_not_after_it_has_changed_its_mind() -> None:
    deadlines: list[int | None] = [50, 30, None, None]
    stage = Stage(lambda _step: Effects(deadlines.pop(0), 1, []))
    machine = stage.machine()
    stage.simulation.deliver(machine, [])
    stage.simulation.plan_delivery(10, machine, Message("x", 1))
    stage.simulation.run_until(100)
    assert [at for at, _, _ in stage.frames] == [0, 10, 30]
    assert stage.simulation.next_ns() is None


def test_what_a_node_does_after_sleeping_happens_later_and_what_comes_waits() -> None:
    answers = [Effects(None, 1, [Send("n2", "before"), At(40), Send("n2", "after")]), Effects(None, 1, [])]
    stage = Stage(lambda _step: answers.pop(0))
    sent: list[tuple[int, Any]] = []
    stage.simulation.network = lambda _source, _destination, body: sent.append((stage.simulation.now_ns, body))
    machine = stage.machine()
    stage.simulation.plan_delivery(20, machine, Message("x", 1))
    stage.simulation.deliver(machine, [])
    stage.simulation.run_until(100)
    assert sent == [(0, "before"), (40, "after")]
    assert [at for at, _, _ in stage.frames] == [0, 40]


def test_the_dead_do_nothing_later() -> None:
    stage = Stage(_saying(At(40), Send("n2", "after"), deadline_ns=60))
    sent: list[Any] = []
    stage.simulation.network = lambda *message: sent.append(message)
    machine = stage.machine()
    stage.simulation.deliver(machine, [])
    stage.simulation.crash(machine)
    stage.simulation.crash(machine)
    stage.simulation.plan_delivery(50, machine, Message("x", 1))
    stage.simulation.run_until(100)
    assert sent == []
    assert len(stage.frames) == 1


def test_a_result_meant_for_the_dead_does_not_reach_the_next_incarnation() -> None:
    stage = Stage(_saying())
    machine = stage.machine()
    stage.simulation.plan_delivery(10, machine, Result(1, "old"), incarnation=0)
    stage.simulation.plan_delivery(10, machine, Message("x", "datagram"))
    stage.simulation.crash(machine)
    stage.machine("n1", incarnation=1)
    stage.simulation.run_until(20)
    assert stage.frames == [(10, "n1", [Message("x", "datagram")])]


def test_the_budget_of_events_ends_the_schedule() -> None:
    stage = Stage(lambda step: Effects(step.at_ns + 1, 1, []), events_max=50)
    stage.simulation.deliver(stage.machine(), [])
    with pytest.raises(EventsExhausted):
        stage.simulation.run_until(1_000)
    stage.simulation.stop()
    assert stage.puppets[0].killed
