"""A node lab: nodes that speak to each other through the simulated network, crash and come back."""

from __future__ import annotations

from pathlib import Path

import pytest

from graders.faults import MachineFaults, NotSurvivable
from graders.harness import Lab, SuiteError
from graders.harness.trace import Trace
from graders.protocol.jobs import LabDefinition
from graders.sandbox.inprocess import InProcessHost
from graders.sim.choices import Choices
from graders.sim.simulation import Simulation
from graders.tests.support import MODULES, ForkHost, graded, job_for

PING = """
import asyncio, contextvars, time
from graders.player import Node
from graders.player.errors import Unavailable

where = contextvars.ContextVar("where", default="nowhere")

class App(Node):
    def __init__(self, greeting="hi"):
        self.greeting, self.heard, self.waiting, self.started_at = greeting, [], {}, None

    async def start(self):
        self.started_at = time.monotonic()
        self.publish("role", "idle")

    async def on_message(self, src, message):
        if message[0] == "slow":
            where.set("slow")
            await asyncio.sleep(1)
            self.send(src, ["slept", asyncio.current_task() is not None, where.get()])
        elif message[0] == "ping":
            self.send(src, ["pong", message[1], where.get()])
        elif message[0] == "boom":
            raise KeyError("boom")
        else:
            self.heard.append([src, *message])
            waiter = self.waiting.pop(src, None)
            if waiter is not None: waiter.set_result(message)

    async def on_request(self, request):
        if request == "heard": return self.heard
        if request == "who": return [self.id, self.peers]
        kind, peer = request
        self.waiting[peer] = asyncio.get_running_loop().create_future()
        self.send(peer, [kind, self.greeting])
        try:
            async with asyncio.timeout(3): return await self.waiting[peer]
        except TimeoutError: raise Unavailable(peer)
"""

SUITE = """
@case(points=50, en="A ping is answered", zh="有问必答", schedules=20)
def a_ping_is_answered(lab: Lab) -> None:
    cluster = lab.cluster(["n1", "n2", "n3"])
    first, second = cluster.request("n1", ["ping", "n2"]), cluster.request("n2", ["slow", "n3"])
    lab.settle(limit_ms=10_000)
    lab.require(first.value == ["pong", "hi", "nowhere"], en="pong", zh="回应")
    lab.require(second.value == ["slept", True, "slow"], en="slept", zh="睡过")


@case(points=50, en="A dead node answers nobody", zh="宕机的节点不作答", schedules=5)
def a_dead_node_answers_nobody(lab: Lab) -> None:
    cluster = lab.cluster(["n1", "n2"])
    cluster.crash("n2")
    asked = cluster.request("n1", ["ping", "n2"])
    lab.finish(asked, 5_000)
    lab.require(asked.raised("Unavailable"), en="refused", zh="应当失败")
    lab.require(not cluster.request("n2", "heard").done, en="silent", zh="应当沉默")
    cluster.restart("n2")
    again = lab.finish(cluster.request("n1", ["ping", "n2"]), 5_000)
    lab.require(again.value[0] == "pong", en="pong", zh="回应")
    lab.require(cluster.request("n2", "heard").value == [], en="memory is lost", zh="内存应已丢失")
"""


def test_a_cluster_lab_is_graded_like_any_other(tmp_path: Path) -> None:
    verdict, run = graded(job_for(tmp_path, SUITE, PING, kind="node"))
    assert verdict.status == "pass", [
        (item.name, item.contradiction, run["cases"][item.name]) for item in verdict.cases
    ]


def test_the_process_boundary_changes_no_byte(tmp_path: Path) -> None:
    job = job_for(tmp_path, SUITE, PING, kind="node")
    assert graded(job)[0].canonical_bytes() == graded(job, ForkHost)[0].canonical_bytes()


@pytest.fixture
def lab():  # type: ignore[no-untyped-def]  # a generator of Lab
    definition = LabDefinition("l", "r", "node", "app:App", ("app.py",), "", MODULES)
    with InProcessHost() as host:
        simulation = Simulation(host=host, events_max=10_000, record=Trace().record)
        yield Lab(simulation=simulation, definition=definition, files={"app.py": PING}, seed=1, choices=Choices(3))
        simulation.stop()


def test_a_node_knows_its_name_and_its_peers(lab: Lab) -> None:
    cluster = lab.cluster(["a", "b", "c"])
    assert cluster.request("b", "who").value == ["b", ["a", "c"]]


def test_a_handler_that_raises_is_reported_and_the_node_goes_on(lab: Lab) -> None:
    cluster = lab.cluster(["a", "b"])
    asked = cluster.request("a", ["boom", "b"])
    lab.settle(limit_ms=5_000)
    assert asked.raised("Unavailable")
    assert ("b", "unhandled") in [(node, kind) for _, node, kind, _ in lab.simulation.reports]
    assert lab.finish(cluster.request("a", ["ping", "b"]), 1_000).ok


def test_messages_to_nobody_are_lost_and_latency_comes_from_the_choices(lab: Lab) -> None:
    cluster = lab.cluster(["a", "b"], latency_us=(2_000, 2_000))
    cluster.request("a", ["ping", "z"])
    asked = cluster.request("a", ["ping", "b"])
    lab.settle(limit_ms=5_000)
    assert cluster.network.lost == 1
    assert asked.finished_ns == 4_000_000
    assert lab.choices.drawn.count(0) == len(lab.choices.drawn)


def test_a_cluster_has_distinct_names(lab: Lab) -> None:
    with pytest.raises(SuiteError):
        lab.cluster(["a", "a"])
    with pytest.raises(SuiteError):
        lab.cluster([])
    with pytest.raises(SuiteError):
        lab.cluster(["a"]).request("b", "who")


def test_faults_keep_the_promise_that_enough_nodes_live(lab: Lab) -> None:
    names = ["a", "b", "c"]
    cluster = lab.cluster(names)
    faults = MachineFaults(lab.simulation, names, down_max=1, restart=lambda machine: cluster.restart(machine.name))
    victim = faults.crash_one(lab.choices)
    assert faults.down == [victim]
    assert faults.crash_one(lab.choices) is None
    with pytest.raises(NotSurvivable):
        faults.crash(next(name for name in names if name != victim))
    assert victim is not None
    faults.crash(victim)
    faults.restart(victim)
    assert faults.down == []
    assert cluster.request(victim, "heard").ok
    faults.pause("a", 1_000)
    slow = cluster.request("a", "who")
    assert not slow.done
    lab.advance(ms=1_000)
    assert slow.ok
