"""The laboratory as a suite uses it: calls, time, dependencies, faults."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from textwrap import dedent

import pytest

from graders.harness import CaseFailed, Component, Lab, SuiteError
from graders.harness.trace import Trace
from graders.protocol.jobs import LabDefinition, LabLimits
from graders.sandbox.inprocess import InProcessHost
from graders.sim.choices import Choices
from graders.sim.simulation import EventsExhausted, Simulation
from graders.tests.support import MODULES, only_case

CODE = """
import asyncio, time, random
from graders.player import errors

class App:
    def __init__(self, limit=1, ignored=(), listener=None):
        self.limit, self.ignored, self.listener, self.busy = limit, tuple(ignored), listener, 0

    async def use(self, operation, timeout=None):
        self.busy += 1
        try:
            async with asyncio.timeout(timeout):
                return await operation()
        except self.ignored:
            return "ignored"
        finally:
            self.busy -= 1
            if self.listener: self.listener("done", self.busy)

    async def nap(self, seconds):
        await asyncio.sleep(seconds)
        return time.monotonic()

    def hold(self, seconds):
        time.sleep(seconds)
        return time.monotonic()

    def wall(self):
        return time.time()
"""


@pytest.fixture
def lab() -> Iterator[Lab]:
    definition = LabDefinition("l", "r", "component", "app:App", ("app.py",), "", MODULES, LabLimits())
    with InProcessHost() as host:
        trace = Trace()
        simulation = Simulation(host=host, events_max=10_000, record=trace.record)
        yield Lab(
            simulation=simulation, definition=definition, files={"app.py": dedent(CODE)}, seed=1, choices=Choices(1)
        )
        simulation.stop()


def test_a_call_that_needs_no_time_is_done_at_once(lab: Lab) -> None:
    db = lab.dependency("db")
    db.reply({"id": 1})
    operation = lab.component().call("use", db.operation("row", 1))
    assert operation.ok
    assert operation.value == {"id": 1}
    assert (operation.started_ns, operation.finished_ns, lab.now_ns) == (0, 0, 0)
    assert [call.arguments for call in db.calls] == [["row", 1]]


def test_outcomes_serve_the_next_calls_and_then_the_default(lab: Lab) -> None:
    db, app = lab.dependency("db"), lab.component(ignored=[lab.error_class("NotFound")])
    db.fail("NotFound")
    db.fail("Unavailable", "down", after_ms=5)
    db.default_reply("usual")
    first, second, third = (app.call("use", db.operation()) for _ in range(3))
    assert first.value == "ignored"
    assert not second.done
    assert third.value == "usual"
    lab.advance(ms=5)
    assert second.raised("Unavailable")
    assert second.raised("CallError")
    assert not second.raised("NotFound")
    assert second.error is not None
    assert second.error.text == "down"
    assert [call.status for call in db.calls] == ["failed", "failed", "replied"]


def test_held_and_hanging_calls_end_when_the_suite_says(lab: Lab) -> None:
    db, app = lab.dependency("db"), lab.component()
    db.hold()
    operations = [app.call("use", db.operation()) for _ in range(3)]
    assert (db.active, db.peak, app.get("busy")) == (3, 3, 3)
    db.calls[1].reply("b")
    db.calls[0].fail("Overloaded")
    assert [item.done for item in operations] == [True, True, False]
    assert operations[1].value == "b"
    db.calls[2].reply("late", after_ms=10)
    lab.advance(ms=9)
    assert not operations[2].done
    lab.advance(ms=1)
    assert operations[2].value == "late"
    assert (db.active, db.peak) == (0, 3)
    db.calls[2].reply("again")
    assert operations[2].value == "late"


def test_a_caller_that_gives_up_abandons_its_call(lab: Lab) -> None:
    db, app = lab.dependency("db"), lab.component()
    db.hang()
    operation = app.call("use", db.operation(), timeout=0.5)
    lab.advance(ms=499)
    assert not operation.done
    lab.advance(ms=1)
    assert operation.raised("TimeoutError")
    assert (db.calls[0].status, db.calls[0].ended_ns) == ("abandoned", 500_000_000)
    db.hang()
    second = app.call("use", db.operation())
    second.cancel()
    assert second.cancelled
    assert db.calls[1].status == "abandoned"
    second.cancel()
    assert second.cancelled


def test_a_lost_reply_is_done_but_looks_failed(lab: Lab) -> None:
    db = lab.dependency("db")
    db.lose_reply()
    operation = lab.component().call("use", db.operation())
    assert operation.raised("CallTimeout")
    assert db.calls[0].effective


def test_listeners_are_heard_with_their_instant(lab: Lab) -> None:
    db = lab.dependency("db")
    db.default_reply(after_ms=3)
    app = lab.component(listener=lab.listener("events"))
    app.call("use", db.operation())
    lab.advance(ms=10)
    assert [(item.at_ns, item.arguments) for item in lab.notifications("events")] == [(3_000_000, ["done", 0])]
    assert lab.notifications("nobody") == []


def test_together_means_that_none_runs_before_all_are_there(lab: Lab) -> None:
    db = lab.dependency("db")
    db.hold()
    app = lab.component()
    with lab.together():
        operations = [app.call("use", db.operation(number)) for number in range(20)]
        assert db.calls == []
        with pytest.raises(SuiteError):
            lab.advance(ms=1)
    assert len(db.calls) == 20
    assert not any(item.done for item in operations)


def test_time_goes_on_only_when_told_and_finish_stops_at_the_end(lab: Lab) -> None:
    app = lab.component()
    nap = app.call("nap", 2)
    assert lab.now_ms == 0
    assert lab.finish(nap, 5_000).value == 86_402.0
    assert lab.now_ms == 2_000
    never = app.call("nap", 10)
    with pytest.raises(CaseFailed) as caught:
        lab.finish(never, 1_000)
    assert caught.value.reason == "deadlock"
    lab.settle()
    assert never.done
    assert lab.now_ms == 12_000


def test_a_blocking_sleep_holds_the_whole_node(lab: Lab) -> None:
    app = lab.component()
    first = app.call("hold", 2)
    second = app.call("wall")
    assert not first.done
    assert not second.done
    lab.advance(ms=1_999)
    assert not first.done
    lab.advance(ms=1)
    assert (first.finished_ns, second.finished_ns) == (2_000_000_000, 2_000_000_000)
    assert first.value == 86_402.0


def test_a_paused_node_finds_everything_waiting_for_it(lab: Lab) -> None:
    app = lab.component()
    nap = app.call("nap", 1)
    lab.pause(app, 5_000)
    wall = app.call("wall")
    lab.advance(ms=4_999)
    assert [nap.done, wall.done] == [False, False]
    lab.advance(ms=1)
    assert [nap.done, wall.done] == [True, True]
    assert nap.value == 86_405.0


def test_a_wall_clock_step_is_seen_by_that_node_alone(lab: Lab) -> None:
    one, two = lab.component(node="one"), lab.component(node="two")
    lab.wall_clock_step(one, -60_000)
    assert two.call("wall").value - one.call("wall").value == 60.0


def test_a_crash_loses_what_was_running_and_a_restart_begins_anew(lab: Lab) -> None:
    db, app = lab.dependency("db"), lab.component(limit=7)
    db.default_reply("x", after_ms=10)
    operation = app.call("use", db.operation())
    lab.crash(app)
    assert operation.crashed
    assert db.calls[0].status == "abandoned"
    lab.advance(ms=20)
    with pytest.raises(SuiteError):
        app.call("wall")
    with pytest.raises(SuiteError):
        lab.component()
    lab.restart(app)
    fresh = lab.component(limit=8)
    assert fresh.get("limit") == 8
    assert fresh.call("wall").value > 0
    with pytest.raises(SuiteError):
        app.call("wall")
    with pytest.raises(SuiteError):
        lab.restart("node-1")


def test_a_value_that_does_not_exist_ends_the_case(lab: Lab) -> None:
    app = lab.component()
    with pytest.raises(CaseFailed) as missing:
        app.call("fly")
    assert missing.value.reason == "method_missing"
    with pytest.raises(CaseFailed) as pending:
        _ = app.call("nap", 1).value
    assert pending.value.reason == "deadlock"
    with pytest.raises(SuiteError):
        lab.pause("nobody", 1)


def test_values_are_copies_on_both_sides(lab: Lab) -> None:
    db = lab.dependency("db")
    shared = {"rows": [1]}
    db.default_reply(shared)
    app = lab.component()
    first = app.call("use", db.operation()).value
    first["rows"].append(2)
    assert app.call("use", db.operation()).value == {"rows": [1]}


def _call_for_ever(app: Component) -> None:
    while True:
        app.call("wall")


def test_events_are_bounded(lab: Lab) -> None:
    app = lab.component()
    with pytest.raises(EventsExhausted):
        _call_for_ever(app)


def test_components_of_one_node_share_a_process_and_others_do_not(tmp_path: Path) -> None:
    code = "shared = []\nclass App:\n    def add(self):\n        shared.append(1)\n        return len(shared)\n"
    suite = """
    @case(points=1, en="x", zh="x")
    def c(lab: Lab) -> None:
        one, two, far = lab.component(node="a"), lab.component(node="a"), lab.component(node="b")
        seen = [one.call("add").value, two.call("add").value, far.call("add").value]
        lab.require(seen == [1, 2, 1], en=str(seen), zh=str(seen))
    """
    assert only_case(tmp_path, suite, code).status == "pass"
