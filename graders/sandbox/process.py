"""Nodes as processes: one supervisor in a sandbox, one guarded fork a node.

`plain` is a uid of its own (when root starts it), limits and the guard; `bwrap` adds namespaces and an empty file
system around the supervisor. The guard, which isolates node from node, is the same in both.

A host is a context manager. While it is open, at most `NODES_MAX` nodes live in it; when it closes, nothing is left.
It is good for one run and never reused: what a run may have left anywhere dies with it.
"""

from __future__ import annotations

import contextlib
import socket
import time
from collections.abc import Iterator
from dataclasses import replace
from types import TracebackType
from typing import Any, Final

from graders.protocol.jobs import LabLimits
from graders.protocol.messages import Failed, Start, Started
from graders.sandbox.channel import ProcessChannel
from graders.sandbox.control import Control
from graders.sandbox.denied import require_denials
from graders.sandbox.errors import SandboxUnavailable, SupervisorLost
from graders.sandbox.launch import Launched, Mode, launch
from graders.sandbox.runtime import Runtime, runtime_shared
from graders.sim.nodes import Exit, NodeGone, NodeHost

NODES_MAX: Final = 48
CODE_CHARACTERS_MAX: Final = 512 * 1024


class Sandbox:
    """A started and tried supervisor, which is not bound to a lab yet: what a pool keeps.

    `alternate` is a second supervisor in the same sandbox, under another hash seed; it is started when first asked for,
    or ahead of time by a pool.
    """

    def __init__(self, mode: Mode, launched: Launched, control: Control) -> None:
        self.mode = mode
        self.launched = launched
        self.control = control
        self.alternates: dict[int, Control] = {}

    def alternate_begin(self, hash_seed: int) -> Control:
        """Ask for the second supervisor without waiting for it. Raises `SupervisorLost`."""
        if hash_seed not in self.alternates:
            ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
            with theirs:
                self.control.alternate(hash_seed, theirs)
            self.alternates[hash_seed] = Control(ours)
        return self.alternates[hash_seed]

    def alternate(self, hash_seed: int) -> Control:
        """The second supervisor, ready. Raises `SupervisorLost`."""
        control = self.alternate_begin(hash_seed)
        if not control.ready:
            control.wait_ready()
        return control

    def close(self) -> None:
        """End it and everything in it. Idempotent."""
        for control in self.alternates.values():
            control.close()
        self.launched.close()

    def release(self) -> None:
        """Let go of it without ending it: in a process that has inherited it and is not to use it."""
        for control in self.alternates.values():
            control.close()
        self.launched.release()


def sandbox_start(
    mode: Mode, *, runtime: Runtime | None = None, modules: tuple[str, ...] = (), hash_seed: int = 0
) -> Sandbox:
    """Start a supervisor, see it refuse what it must, import `modules`. Raises `SandboxUnavailable`."""
    sandbox = sandbox_begin(mode, runtime or runtime_shared(), hash_seed)
    sandbox_prepare(sandbox, modules)
    return sandbox


def sandbox_begin(mode: Mode, runtime: Runtime, hash_seed: int = 0) -> Sandbox:
    """Start a supervisor without waiting for it: `sandbox.control` becomes readable when it is ready."""
    launched = launch(mode, runtime, hash_seed)
    return Sandbox(mode, launched, Control(launched.control))


def sandbox_prepare(sandbox: Sandbox, modules: tuple[str, ...]) -> None:
    """Wait until it is ready, try it, import `modules`; it is closed if that fails. Raises `SandboxUnavailable`."""
    try:
        sandbox.control.wait_ready()
        require_denials(sandbox.mode, sandbox.control)
        sandbox.control.preload(modules)
    except SupervisorLost as error:
        why = sandbox.launched.why() or str(error)
        sandbox.close()
        raise SandboxUnavailable(sandbox.mode, f"it does not start: {why}{_advice(why)}") from None
    except BaseException:
        sandbox.close()
        raise


def _advice(why: str) -> str:
    if "namespace" in why or "uid map" in why:
        return "; this machine forbids user namespaces to ordinary users: allow them, or use the plain mode"
    if "nknown option" in why:
        return "; this bubblewrap is too old: 0.8 or later is needed"
    return ""


class ProcessHost:
    """Implements `graders.sim.nodes.NodeHost` for the modes `plain` and `bwrap`.

    `modules` are the lab's allowed modules, imported before the guard closes. `sandbox` is one from a pool. `cpu` pins
    supervisor and nodes to one processor.
    """

    def __init__(
        self,
        mode: Mode,
        *,
        limits: LabLimits | None = None,
        modules: tuple[str, ...] = (),
        sandbox: Sandbox | None = None,
        cpu: int | None = None,
    ) -> None:
        self.mode: Mode = mode
        self._limits = limits or LabLimits()
        self._sandbox = sandbox or sandbox_start(mode)
        self._modules = modules
        self._cpu = cpu
        self._nodes = _Nodes(self._sandbox.control, self._limits, time.monotonic_ns())
        try:
            self._nodes.prepare(modules, cpu)
        except SupervisorLost as error:
            self.close()
            raise SandboxUnavailable(mode, str(error)) from None

    def __enter__(self) -> ProcessHost:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def start(self, start: Start) -> tuple[ProcessChannel, Started | Failed]:
        """A fresh node in a fresh process with `start` carried out; raises `NodeGone`."""
        return self._nodes.start(start)

    @contextlib.contextmanager
    def alternate(self, hash_seed: int = 1) -> Iterator[NodeHost]:
        """A host in the same sandbox, within the same wall time, whose nodes run under another hash seed."""
        nodes = _Nodes(self._sandbox.alternate(hash_seed), self._limits, self._nodes.opened_ns)
        nodes.prepare(self._modules, self._cpu)
        try:
            yield nodes
        finally:
            nodes.kill_all()

    def usage(self) -> dict[str, Any]:
        """For the run record: what the nodes used; times in microseconds, memory in KiB of the largest node."""
        return {
            "sandbox": self.mode,
            **self._nodes.used,
            "wall_ms": (time.monotonic_ns() - self._nodes.opened_ns) // 1_000_000,
            "own_uid": self._sandbox.launched.uid is not None,
            "python": self._sandbox.control.ready.get("python", ""),
        }

    def close(self) -> None:
        """End every node and the sandbox. Idempotent."""
        self._nodes.release()
        self._sandbox.close()


class _Nodes:
    """The nodes that one supervisor has forked."""

    def __init__(self, control: Control, limits: LabLimits, opened_ns: int) -> None:
        self._control = control
        self._limits = limits
        self._living: dict[int, ProcessChannel] = {}
        self._slot = 0
        self._code_of: list[dict[str, str]] = []
        self._code: dict[str, str] = {}
        self.opened_ns = opened_ns
        self.used = {"nodes": 0, "nodes_peak": 0, "memory_kb_max": 0, "user_us": 0, "system_us": 0}

    def prepare(self, modules: tuple[str, ...], cpu: int | None) -> None:
        if cpu is not None:
            self._control.pin(cpu)
        self._control.preload(modules)

    def start(self, start: Start) -> tuple[ProcessChannel, Started | Failed]:
        if len(self._living) >= NODES_MAX:
            raise NodeGone(Exit("system", f"more than {NODES_MAX} nodes at once"))
        code = self._compiled(start.files)
        channel = self._channel()
        self.used["nodes"] += 1
        self.used["nodes_peak"] = max(self.used["nodes_peak"], len(self._living))
        return channel, channel.start(replace(start, code=code))

    def _compiled(self, files: dict[str, str]) -> dict[str, str]:
        """The files' code, made once a run by a node that does nothing else, and as guarded as any.

        Compiling took a third of a node's start. A node that cannot do it (the source eats memory or time) says
        nothing worth telling: the first node that starts with the source itself will meet the same end.
        """
        if files not in self._code_of:
            channel = self._channel()
            try:
                code = channel.compile(files)
            except NodeGone as gone:
                if gone.exit.kind == "system":
                    raise
                code = {}
            channel.kill()
            size = sum(map(len, code.values()))
            self._code_of, self._code = [files], code if size <= CODE_CHARACTERS_MAX else {}
        return self._code

    def _channel(self) -> ProcessChannel:
        """A fresh guarded process that has not been asked anything."""
        self._slot += 1
        slot = self._slot
        channel = ProcessChannel(
            self._fork(slot),
            step_wall_ms_max=self._limits.step_wall_ms_max,
            remaining_ms=self._remaining_ms,
            cpu_us=lambda: self._control.cpu_us(slot),
            end=lambda kill: self._end(slot, kill=kill),
        )
        self._living[slot] = channel
        return channel

    def kill_all(self) -> None:
        for channel in list(self._living.values()):
            with contextlib.suppress(SupervisorLost):
                channel.kill()

    def release(self) -> None:
        """Let go of what is left, because the sandbox ends."""
        for channel in self._living.values():
            channel.release()
        self._living.clear()

    def _fork(self, slot: int) -> socket.socket:
        ours, theirs = socket.socketpair()
        try:
            self._control.fork(slot, self._limits.memory_mb_max, self._limits.run_wall_ms_max // 1_000 + 2, theirs)
        except SupervisorLost as error:
            ours.close()
            raise NodeGone(Exit("system", str(error))) from None
        finally:
            theirs.close()
        return ours

    def _remaining_ms(self) -> int:
        return self._limits.run_wall_ms_max - (time.monotonic_ns() - self.opened_ns) // 1_000_000

    def _end(self, slot: int, *, kill: bool) -> tuple[int, bool, dict[str, int]]:
        self._living.pop(slot, None)
        status, forced, usage = self._control.kill(slot) if kill else self._control.reap(slot)
        self.used["memory_kb_max"] = max(self.used["memory_kb_max"], usage["memory_kb"])
        self.used["user_us"] += usage["user_us"]
        self.used["system_us"] += usage["system_us"]
        return status, forced, usage
