"""What the tests of the graders share: a node to talk to, and a way to grade a few lines of suite."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from textwrap import dedent
from typing import Any

from graders.harness import grade
from graders.player.host import PlayerHost
from graders.player.process import serve
from graders.protocol import frames
from graders.protocol.jobs import Job, LabDefinition, LabLimits
from graders.protocol.messages import (
    Construct,
    Effects,
    Failed,
    Gone,
    Invoke,
    Log,
    Raise,
    Reply,
    Report,
    Start,
    Started,
    Step,
)
from graders.protocol.verdict import CaseVerdict, Verdict
from graders.protocol.wire import answer_from_wire, question_to_wire
from graders.sandbox.inprocess import InProcessHost
from graders.sim.nodes import Exit, NodeGone

MODULES = (
    "abc", "asyncio", "collections", "contextlib", "contextvars", "dataclasses", "datetime", "enum", "functools", "gc",
    "inspect", "logging", "os", "random", "secrets", "sys", "threading", "time", "traceback", "typing", "uuid",
    "weakref", "zoneinfo",
)  # fmt: skip


class Talk:
    """A node with one component, and what came of each step."""

    def __init__(self, source: str, *, files: dict[str, str] | None = None, **options: Any) -> None:
        sources = {"app.py": dedent(source), **(files or {})}
        options = {"entry_point": "app:App", "modules_allowed": MODULES, **options}
        self.player = PlayerHost()
        self.now_ns = 0
        self.effects: list[Any] = []
        self.deadline_ns: int | None = None
        self._operations = 0
        self.started = self.player.answer(Start("node-1", 0, 7, sources, **options))

    def step(self, *events: Any, at_ns: int | None = None) -> list[Any]:
        """One step; returns its effects."""
        self.now_ns = self.now_ns if at_ns is None else at_ns
        answer = self.player.answer(Step(self.now_ns, list(events)))
        if isinstance(answer, Gone):
            raise NodeGone(Exit("output_limit", answer.kind))
        assert isinstance(answer, Effects)
        self.effects += answer.effects
        self.deadline_ns = answer.deadline_ns
        return answer.effects

    def construct(self, **arguments: Any) -> list[Any]:
        self._operations += 1
        return self.step(Construct(self._operations, 0, arguments))

    def call(self, method: str, *args: Any, **kwargs: Any) -> Any:
        """Run a method through all its timers; the value it returned, or the `Raise` effect."""
        self._operations += 1
        number = self._operations
        self.step(Invoke(number, 0, method, list(args), kwargs))
        for _ in range(10_000):
            if self.deadline_ns is None:
                break
            self.step(at_ns=self.deadline_ns)
        ends = [item for item in self.effects if isinstance(item, Reply | Raise) and item.id == number]
        assert len(ends) == 1, ends
        return ends[0].value if isinstance(ends[0], Reply) else ends[0]

    def of(self, kind: type[Any]) -> list[Any]:
        return [item for item in self.effects if isinstance(item, kind)]

    @property
    def printed(self) -> list[str]:
        return [item.text for item in self.of(Log)]

    @property
    def reports(self) -> list[str]:
        return [item.kind for item in self.of(Report)]


@contextmanager
def talk(source: str, **options: Any) -> Iterator[Talk]:
    """A started node whose `App` has been constructed."""
    with InProcessHost():
        node = Talk(source, **options)
        assert isinstance(node.started, Started), node.started
        node.construct()
        yield node
        node.player.close()


def value_of(body: str, *, options: dict[str, Any] | None = None) -> Any:
    """What `body`, the body of an async method, returns."""
    lines = dedent(body).strip("\n").splitlines()
    source = "\n".join(
        [
            f"import {', '.join(MODULES)}",
            "class App:",
            "    async def run(self):",
            *[f"        {line}" for line in lines],
        ]
    )
    with talk(source, **(options or {})) as node:
        return node.call("run")


def job_for(tmp_path: Path, suite: str, code: str, **options: Any) -> Job:
    """A job whose suite is one file and whose submission is `app.py` with a class `App`."""
    folder = tmp_path / "suite"
    folder.mkdir(exist_ok=True)
    head = "from graders.harness import Lab, case\n"
    (folder / "10_cases.py").write_text(head + dedent(suite), encoding="utf-8")
    lab = LabDefinition(
        slug="test-lab",
        revision="r1",
        kind=options.pop("kind", "component"),
        entry_point="app:App",
        files_allowed=("app.py",),
        suite_dir=str(folder),
        modules_allowed=MODULES,
        limits=options.pop("limits", LabLimits()),
    )
    options = {"seed": 1, "sandbox": "inprocess", **options}
    return Job(id="job", lab=lab, files={"app.py": dedent(code)}, **options)


def graded(job: Job, host: Callable[[], Any] = InProcessHost) -> tuple[Verdict, dict[str, Any]]:
    return grade(job, host)


def only_case(tmp_path: Path, suite: str, code: str, **options: Any) -> CaseVerdict:
    verdict, _ = graded(job_for(tmp_path, suite, code, **options))
    assert len(verdict.cases) == 1
    return verdict.cases[0]


class ForkHost:
    """Nodes as forked children that serve on a socketpair: the process boundary without a sandbox around it."""

    def __init__(self) -> None:
        self._near: list[socket.socket] = []

    def __enter__(self) -> ForkHost:
        return self

    def __exit__(self, *_: object) -> None:
        return None

    def start(self, start: Start) -> tuple[ForkChannel, Started | Failed]:
        near, far = socket.socketpair()
        pid = os.fork()
        if pid == 0:
            status = 1
            try:
                for other in (*self._near, near):  # a child that held them would keep its siblings alive
                    other.close()
                serve(far)
                status = 0
            finally:
                os._exit(status)
        far.close()
        self._near.append(near)
        channel = ForkChannel(near, pid)
        answer = channel.ask(start)
        assert isinstance(answer, Started | Failed)
        return channel, answer


class ForkChannel:
    def __init__(self, channel: socket.socket, pid: int) -> None:
        channel.settimeout(20)
        self._channel = channel
        self._pid: int | None = pid

    def ask(self, question: Start | Step) -> Any:
        frames.send(self._channel, question_to_wire(question))
        try:
            answer = answer_from_wire(frames.receive(self._channel))
        except EOFError:
            raise NodeGone(Exit("exited", "closed")) from None
        if isinstance(answer, Gone):
            self.kill()
            raise NodeGone(Exit("output_limit" if answer.kind == "output_limit" else "memory_limit", answer.detail))
        return answer

    def step(self, step: Step) -> Effects:
        answer = self.ask(step)
        assert isinstance(answer, Effects)
        return answer

    def kill(self) -> None:
        if self._pid is not None:
            self._channel.close()
            os.waitpid(self._pid, 0)
            self._pid = None
