"""Same revision, seed and code: same bytes, whatever was allocated before, whatever the hash seed or the boundary."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path

import pytest

from graders.harness.hashseed import compare
from graders.harness.trace import Trace, combined
from graders.protocol.jobs import Job
from graders.protocol.messages import Log, Message, Raise, Report, Send
from graders.tests.support import ForkHost, graded, job_for

ROOT = Path(__file__).resolve().parents[3]

BUSY = """
import asyncio, random, uuid, time

class App:
    async def work(self, operation):
        jobs = {asyncio.create_task(self.one(operation, n)) for n in range(12)}
        order = []
        for task in jobs: order.append(task.get_name())
        try:
            async with asyncio.TaskGroup() as group:
                for n in range(6): group.create_task(self.wait(order, n))
                group.create_task(self.fail())
        except* ValueError: pass
        done, pending = await asyncio.wait(jobs, return_when=asyncio.FIRST_COMPLETED)
        order += [t.get_name() for t in done]
        await asyncio.gather(*pending, return_exceptions=True)
        return [order, random.random(), str(uuid.uuid4()), time.time()]

    async def one(self, operation, n):
        await asyncio.sleep(random.random())
        return await operation(n)

    async def wait(self, order, n):
        try: await asyncio.sleep(50)
        except asyncio.CancelledError: order.append(n); raise

    async def fail(self):
        await asyncio.sleep(0.1)
        raise ValueError
"""

SUITE = """
@case(points=10, en="It works", zh="能工作", schedules=3)
def it_works(lab: Lab) -> None:
    db = lab.dependency("db")
    app = lab.component()
    for _ in range(12):
        db.reply("ok", after_ms=lab.choices.between(1, 50)) if lab.choices.chance(2, 3) else db.fail()
    lab.finish(app.call("work", db.operation()), 60_000)
"""

SETS = """
class App:
    async def work(self, operation):
        for name in {"alpha", "beta", "gamma", "delta", "epsilon", "zeta"}:
            await operation(name)
"""

SCRIPT = """
import json, sys
sys.path.insert(0, sys.argv[1])
dummies = [object() for _ in range(int(sys.argv[2]))]
from graders.harness import grade
from graders.protocol.jobs import Job
from graders.sandbox.inprocess import InProcessHost
verdict, _ = grade(Job.from_json(json.load(sys.stdin)), InProcessHost)
sys.stdout.buffer.write(verdict.canonical_bytes())
"""


def _in_another_process(job: Job, hash_seed: int, dummies: int) -> bytes:
    environment = {**os.environ, "PYTHONHASHSEED": str(hash_seed)}
    command = [sys.executable, "-c", SCRIPT, str(ROOT), str(dummies)]
    done = subprocess.run(
        command, input=json.dumps(asdict(job)).encode(), env=environment, capture_output=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout


def test_allocations_and_hash_seeds_change_no_byte(tmp_path: Path) -> None:
    job = job_for(tmp_path, SUITE, BUSY)
    here = graded(job)[0]
    assert here.status == "pass", here.cases[0].contradiction
    for hash_seed, dummies in ((0, 0), (0, 1_000), (1, 0), (4242, 1_000)):
        assert _in_another_process(job, hash_seed, dummies) == here.canonical_bytes()


def test_the_process_boundary_changes_no_byte(tmp_path: Path) -> None:
    job = job_for(tmp_path, SUITE, BUSY)
    assert graded(job, ForkHost)[0].canonical_bytes() == graded(job)[0].canonical_bytes()


@pytest.mark.slow
def test_a_thousand_replays_give_one_verdict(tmp_path: Path) -> None:
    job = job_for(tmp_path, SUITE.replace("schedules=3", "schedules=1"), BUSY)
    seen = {hashlib.sha256(graded(job)[0].canonical_bytes()).hexdigest() for _ in range(1_000)}
    assert len(seen) == 1


def test_another_seed_gives_another_trace(tmp_path: Path) -> None:
    one = graded(job_for(tmp_path, SUITE, BUSY, seed=1))[0]
    two = graded(job_for(tmp_path, SUITE, BUSY, seed=2))[0]
    assert one.cases[0].trace_hash != two.cases[0].trace_hash


def test_a_program_that_depends_on_set_order_is_shown_where(tmp_path: Path) -> None:
    traces = []
    for hash_seed in (1, 2):
        job = job_for(tmp_path, SUITE + "    lab.require(False, en='x', zh='x')\n", SETS)
        script = SCRIPT.replace("verdict, _ =", "verdict, run =").replace(
            "verdict.canonical_bytes()", "json.dumps(run['cases']['it_works']['trace']).encode()"
        )
        done = subprocess.run(
            [sys.executable, "-c", script, str(ROOT), "0"],
            input=json.dumps(asdict(job)).encode(),
            env={**os.environ, "PYTHONHASHSEED": str(hash_seed)},
            capture_output=True,
            timeout=60,
            check=True,
        )
        trace = Trace()
        trace.lines = json.loads(done.stdout)
        traces.append(trace)
    difference = compare(*traces)
    assert difference is not None
    assert difference.first is not None
    assert difference.first["effects"][0][0] == "call"
    assert "集合" in difference.text["zh"]
    assert compare(traces[0], traces[0]) is None


def test_a_trace_that_ends_early_differs_where_it_ends() -> None:
    short, long = Trace(), Trace()
    for trace in (short, long):
        trace.record(0, "n", 0, [Message("m", 1)], [])
    long.record(5, "n", 0, [], [Send("m", 2)])
    difference = compare(short, long)
    assert difference is not None
    assert (difference.index, difference.first) == (2, None)
    assert difference.as_json()["second"]["at"] == 5


def test_the_trace_is_its_own_hash_and_leaves_out_what_may_differ() -> None:
    one, two = Trace(), Trace()
    one.record(7, "n", 0, [], [Raise(1, ["KeyError"], "at 0x1", {"a": "0x1"}, "tb 1"), Log("stdout", "0x1"),
                               Report("never_retrieved", "x"), Report("blocked", "1")])  # fmt: skip
    two.record(7, "n", 0, [], [Raise(1, ["KeyError"], "at 0x2", {}, "tb 2"), Report("blocked", "2")])
    assert one.text() == two.text()
    assert (
        one.text()
        == '{"at":7,"node":"n","incarnation":0,"events":[],"effects":[["raise",1,["KeyError"]],["report","blocked"]]}\n'
    )
    assert one.digest() == hashlib.sha256(one.text().encode()).hexdigest()
    assert combined([one.digest()]) == one.digest()
    assert combined(["a", "b"]) not in ("a", "b")


def test_the_alternate_sandbox_is_asked_for_set_order(tmp_path: Path) -> None:
    class Swapping(ForkHost):
        """A sandbox whose alternate changes what the program calls: it stands for another hash seed."""

        def alternate(self) -> Swapped:
            return Swapped()

    class Swapped(ForkHost):
        def start(self, start):  # type: ignore[no-untyped-def]  # the base says it
            files = {
                name: text.replace("operation(name)", "operation(name + name)") for name, text in start.files.items()
            }
            return super().start(type(start)(**{**asdict(start), "files": files}))

    _, run = graded(job_for(tmp_path, SUITE, SETS), Swapping)
    assert [item["case"] for item in run["set_order"]] == ["it_works"]
    _, run = graded(job_for(tmp_path, SUITE, BUSY), Swapping)
    assert run["set_order"] == []
