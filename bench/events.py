"""Events a second, in process and across the boundary, as ratios to the plainest thing that could do the job.

    python bench/events.py [--events N] [--rounds N] [--json FILE]

In process: five nodes that answer every message, trace on, against a heap, a coroutine and a line of JSON in one loop.
That loop knows neither nodes nor asyncio but keeps the same promises: total order, a hashed trace, and no value shared
between two nodes (each gets what `json.loads` makes of the line). Processor time counts.

Across the boundary: a node in a child process that answers every message, against a socketpair whose child sends every
frame of the same size straight back. Messages of one instant share a frame and count singly, as in a simulation; the
row says how many. Wall time counts, since waiting for the other side is what is measured.

Both sides of a ratio run in turns in one process
on one CPU, and the median of the rounds counts, so a busy machine costs both the same.
"""

from __future__ import annotations

import argparse
import hashlib
import heapq
import json
import os
import platform
import random
import socket
import statistics
import sys
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext, suppress
from pathlib import Path
from typing import Any, Final

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from graders.harness.lab import Lab
from graders.harness.trace import Trace
from graders.player.process import serve
from graders.protocol import frames
from graders.protocol.jobs import LabDefinition, LabLimits
from graders.protocol.messages import Effects, Failed, Message, Start, Started, Step
from graders.protocol.wire import answer_from_wire, question_to_wire
from graders.sandbox.inprocess import InProcessHost
from graders.sim.choices import Choices
from graders.sim.nodes import NodeHost
from graders.sim.simulation import Simulation

TARGETS: Final = {"in process": 0.7, "boundary, 4 a frame": 0.6}
"""The row of one message a frame has no target: a pinned echo without any work takes 11 us on a quiet machine, and two
interpreters that read and write JSON do not come near that. It is shown because it is the worst case."""
NODES: Final = 5

ECHO: Final = """
from graders.player import Node

class Echo(Node):
    async def start(self):
        if self.peers:
            self.send(self.peers[0], {"round": 0})

    async def on_message(self, src, message):
        self.send(src, {"round": message["round"] + 1})
"""

LAB: Final = LabDefinition(
    slug="echo",
    revision="0",
    kind="node",
    entry_point="echo:Echo",
    files_allowed=("echo.py",),
    suite_dir="",
    limits=LabLimits(events_per_schedule_max=1 << 40),
)


class Naive:
    """What one would write first: a heap of events, a coroutine a message, a line of JSON an event."""

    def __init__(self) -> None:
        self.heap: list[tuple[int, int, int, int, dict[str, int]]] = []
        self.sequence = 0
        self.now = 0
        self.random = random.Random(1)
        self.trace: list[str] = []

    def send(self, source: int, destination: int, body: dict[str, int]) -> None:
        self.sequence += 1
        at = self.now + self.random.randrange(1_000_000, 10_000_000)
        heapq.heappush(self.heap, (at, self.sequence, source, destination, body))

    async def on_message(self, me: int, source: int, body: dict[str, int]) -> None:
        self.send(me, source, {"round": body["round"] + 1})

    def run(self, events: int) -> float:
        for node in range(NODES):
            self.send(node, (node + 1) % NODES, {"round": 0})
        digest = hashlib.sha256()
        started = time.process_time()
        for _ in range(events):
            self.now, _sequence, source, node, body = heapq.heappop(self.heap)
            line = json.dumps({"at": self.now, "node": node, "from": source, "body": body})
            self.trace.append(line)
            digest.update(line.encode())
            with suppress(StopIteration):
                self.on_message(node, source, json.loads(line)["body"]).send(None)
        return events / (time.process_time() - started)


def simulated(events: int, *, together: int = 0) -> float:
    """Events a second of the real thing: `together` messages a frame across the boundary, or 0 for in process."""
    context: AbstractContextManager[NodeHost] = nullcontext(ChildHost()) if together else InProcessHost()
    names = ["n0"] if together else [f"n{index}" for index in range(NODES)]
    clock = time.perf_counter if together else time.process_time
    with context as host:
        trace = Trace()
        simulation = Simulation(host=host, events_max=1 << 40, record=trace.record)
        lab = Lab(simulation=simulation, definition=LAB, files={"echo.py": ECHO}, seed=1, choices=Choices(1))
        lab.cluster(names)
        _keep_in_the_air(simulation, names[0], together)
        before = simulation.events
        started = clock()
        while simulation.events - before < events:
            simulation.turn()
        trace.digest()
        rate = (simulation.events - before) / (clock() - started)
        simulation.stop()
    return rate


def _keep_in_the_air(simulation: Simulation, name: str, messages: int) -> None:
    """A node alone needs a world that answers it: every message it sends comes back a millisecond later."""
    if not messages:
        return
    machine = simulation.machines[name]

    def answer(_source: str, _destination: str, body: Any) -> None:
        simulation.plan_delivery(simulation.now_ns + 1_000_000, machine, Message("world", body))

    simulation.network = answer
    for _ in range(messages):
        answer("", "", {"round": 0})


class ChildHost:
    """A forked child that serves on a socketpair: the boundary without any sandbox around it."""

    def start(self, start: Start) -> tuple[ChildChannel, Started | Failed]:
        near, far = socket.socketpair()
        pid = os.fork()
        if pid == 0:
            near.close()
            serve(far)
            os._exit(0)
        far.close()
        channel = ChildChannel(near, pid)
        answer = channel.ask(start)
        assert isinstance(answer, Started), answer
        return channel, answer


class ChildChannel:
    def __init__(self, channel: socket.socket, pid: int) -> None:
        self._channel = channel
        self._pid = pid

    def ask(self, question: Start | Step) -> Any:
        frames.send(self._channel, question_to_wire(question))
        return answer_from_wire(frames.receive(self._channel))

    def step(self, step: Step) -> Effects:
        answer = self.ask(step)
        assert isinstance(answer, Effects), answer
        return answer

    def kill(self) -> None:
        self._channel.close()
        os.waitpid(self._pid, 0)


def bare_echo(events: int) -> float:
    """Round trips a second of a socketpair with frames of the same size and nothing done with them."""
    near, far = socket.socketpair()
    pid = os.fork()
    if pid == 0:
        near.close()
        while data := far.recv(65_536):
            far.sendall(data)
        os._exit(0)
    far.close()
    frame = frames.encode(question_to_wire(Step(1_000_000_000, [Message("world", {"round": 1000})])))
    started = time.perf_counter()
    for _ in range(events):
        near.sendall(frame)
        near.recv(65_536)
    rate = events / (time.perf_counter() - started)
    near.close()
    os.waitpid(pid, 0)
    return rate


def compare(baseline: Callable[[], float], ours: Callable[[], float], rounds: int) -> dict[str, float]:
    """Medians of both, measured in turns."""
    pairs = [(baseline(), ours()) for _ in range(rounds)]
    plain = statistics.median(pair[0] for pair in pairs)
    real = statistics.median(pair[1] for pair in pairs)
    ratio = statistics.median(pair[1] / pair[0] for pair in pairs)
    return {"baseline_per_s": round(plain), "ours_per_s": round(real), "ratio": round(ratio, 3)}


def measure(events: int, rounds: int) -> dict[str, Any]:
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:1])
    fewer = events // 5
    return {
        "in process": compare(lambda: Naive().run(events), lambda: simulated(events), rounds),
        "boundary, 1 a frame": compare(lambda: bare_echo(fewer), lambda: simulated(fewer, together=1), rounds),
        "boundary, 4 a frame": compare(lambda: bare_echo(fewer), lambda: simulated(fewer, together=4), rounds),
    }


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--events", type=int, default=50_000, help="events a round in process; a fifth across")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--json", metavar="FILE", help="write the result here too")
    options = parser.parse_args()
    results = measure(options.events, options.rounds)
    print(f"{'events a second':<22}{'baseline':>12}{'ours':>12}{'ratio':>8}{'target':>8}")
    for name, row in results.items():
        rates = f"{row['baseline_per_s']:>12,}{row['ours_per_s']:>12,}"
        print(f"{name:<22}{rates}{row['ratio']:>8.2f}{TARGETS.get(name, ''):>8}")
    machine = f"Python {platform.python_version()}, {platform.machine()}, {os.cpu_count()} CPUs, {platform.system()}"
    print(machine)
    if options.json:
        document = {"machine": machine, "targets": TARGETS, "results": results}
        Path(options.json).write_text(json.dumps(document, indent=2) + "\n", encoding="utf-8")
    return 0 if all(results[name]["ratio"] >= target for name, target in TARGETS.items()) else 1


if __name__ == "__main__":
    sys.exit(main())
