"""The supervisor inside a sandbox: warm, it forks one guarded node a request.

The problem: a fresh Python takes 60 ms to a node's first answer, and a lab wants a thousand fresh nodes a run; yet no
two nodes may share a process, and nothing that a student can touch may decide anything. Rejected: a pool of ready
interpreters (memory, and still one import each), and threads or sub-interpreters (no boundary).

So one supervisor a run imports what a lab allows and then does nothing but fork. It never reads a byte that a node
wrote: nodes speak to the judge on socketpairs of their own, whose one end came here by SCM_RIGHTS and is closed at
once.

The judge's commands come on file descriptor 3, a UNIX socket of type SOCK_SEQPACKET, one JSON array a packet, one
answer
each. The supervisor speaks first::

    -> ["ready", {"protocol", "python", "pid", "hash"}]
    <- ["preload", [module, ...]]                           -> ["preloaded", [module that does not exist, ...]]
    <- ["pin", cpu]                                         -> ["pinned", cpu]
    <- ["fork", slot, memory_mb_max, cpu_seconds_max] + fd  -> ["forked", pid]
    <- ["probe", memory_mb_max, cpu_seconds_max, target] + fd -> ["forked", pid]      the self-test's node, slot 0
    <- ["denials", target]                                  -> ["denied", {attempt: what happened}]
    <- ["cpu", slot]                                        -> ["used", microseconds of processor time]
    <- ["kill", slot] | ["reap", slot]                      -> ["ended", wait status, forced, rusage]
    <- ["alternate", hash_seed] + fd                        -> ["forked", pid]        another supervisor on that socket

Invariant: when the control socket closes, this process and every process it started are gone.
"""

from __future__ import annotations

import contextlib
import gc
import json
import os
import resource
import signal
import socket
import sys
import time
from collections.abc import Callable
from typing import Any, Final

import graders.player
from graders.player import denials, guard, process
from graders.protocol.version import PROTOCOL_VERSION

CONTROL_FD: Final = 3
COMMAND_BYTES_MAX: Final = 65_536
EXIT_MEMORY: Final = 77
"""A node's exit status when memory ran out where the player could not say so."""
REAP_WAIT_MS: Final = 200
"""How long a node that has closed its channel may take to die by itself."""


class Supervisor:
    """Serves one control socket until it closes."""

    def __init__(self, control: socket.socket) -> None:
        self.control = control
        self.nodes: dict[int, int] = {}
        self.commands: dict[str, Callable[..., list[Any]]] = {
            "preload": self.preload,
            "pin": self.pin,
            "fork": self.fork,
            "probe": self.probe,
            "denials": self.denials,
            "cpu": self.cpu,
            "kill": self.kill,
            "reap": self.reap,
            "alternate": self.alternate,
        }

    def serve(self) -> None:
        """Answer commands until the judge closes; raises whatever is wrong with a command, which ends the sandbox."""
        ready = {
            "protocol": PROTOCOL_VERSION,
            "python": ".".join(map(str, sys.version_info[:3])),
            "pid": os.getpid(),
            "hash": hash("drillyard"),
        }
        self.say(["ready", ready])
        while True:
            packet, descriptors, _flags, _address = socket.recv_fds(self.control, COMMAND_BYTES_MAX, 1)
            if not packet:
                return
            word, *arguments = json.loads(packet)
            self.say(self.commands[word](*arguments, *descriptors))

    def say(self, answer: list[Any]) -> None:
        self.control.send(json.dumps(answer).encode())

    def preload(self, modules: list[str]) -> list[Any]:
        """Import what a lab allows, and move it all out of the collector's sight so that forks share the pages."""
        missing = graders.player.preload(tuple(modules))
        gc.collect()
        gc.freeze()
        return ["preloaded", list(missing or ())]

    def pin(self, cpu: int) -> list[Any]:
        os.sched_setaffinity(0, {cpu})
        return ["pinned", cpu]

    def fork(self, slot: int, memory_mb_max: int, cpu_seconds_max: int, channel: int) -> list[Any]:
        limits = guard.NodeLimits(memory_mb_max, cpu_seconds_max)
        return self._node(slot, limits, channel, process.serve)

    def probe(self, memory_mb_max: int, cpu_seconds_max: int, target: dict[str, Any], channel: int) -> list[Any]:
        limits = guard.NodeLimits(memory_mb_max, cpu_seconds_max)
        return self._node(0, limits, channel, lambda judge: denials.serve(judge, target))

    def denials(self, target: dict[str, Any]) -> list[Any]:
        return ["denied", denials.seen(denials.supervisor_attempts(target))]

    def _node(
        self, slot: int, limits: guard.NodeLimits, channel: int, serve: Callable[[socket.socket], None]
    ) -> list[Any]:
        assert slot not in self.nodes, "the slot is taken"
        pid = os.fork()
        if pid == 0:
            _be_node(channel, limits, serve)
        os.close(channel)
        self.nodes[slot] = pid
        return ["forked", pid]

    def cpu(self, slot: int) -> list[Any]:
        """The kernel names a process's clock by the complement of its number, shifted, and 2 for what it used."""
        return ["used", time.clock_gettime_ns((~self.nodes[slot] << 3) | 2) // 1_000]

    def kill(self, slot: int) -> list[Any]:
        """End a node now and say how it ended."""
        pid = self.nodes.pop(slot)
        os.kill(pid, signal.SIGKILL)
        return _ended(pid, forced=True)

    def reap(self, slot: int) -> list[Any]:
        """How did a node end that has closed its channel? One that closed it and lives on is killed: `forced`."""
        pid = self.nodes.pop(slot)
        for _ in range(REAP_WAIT_MS):
            if os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None:
                return _ended(pid, forced=False)
            time.sleep(0.001)  # virtual only while a world is current, which it never is here
        os.kill(pid, signal.SIGKILL)
        return _ended(pid, forced=True)

    def alternate(self, hash_seed: int, channel: int) -> list[Any]:
        """Start a second supervisor, under another hash seed, on a control socket of its own."""
        pid = os.fork()
        if pid == 0:
            _be_alternate(channel, hash_seed)
        os.close(channel)
        self.nodes[-pid] = pid
        return ["forked", pid]

    def end(self) -> None:
        """Leave no child behind."""
        for pid in self.nodes.values():
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        for pid in self.nodes.values():
            with contextlib.suppress(ChildProcessError):
                os.waitpid(pid, 0)


def _ended(pid: int, *, forced: bool) -> list[Any]:
    _, status, usage = os.wait4(pid, 0)
    record = {
        "memory_kb": usage.ru_maxrss,
        "user_us": round(usage.ru_utime * 1_000_000),
        "system_us": round(usage.ru_stime * 1_000_000),
    }
    return ["ended", status, forced, record]


def _take(channel: int, parent: int) -> None:
    """Keep `channel` as descriptor 3, close all else but /dev/null on 0 to 2, and die with the parent."""
    os.dup2(channel, CONTROL_FD)
    os.dup2(0, 2)  # the launcher's error channel is the supervisor's alone; 0 is /dev/null
    os.closerange(CONTROL_FD + 1, 1024)
    guard.die_with_parent()
    if os.getppid() != parent:
        os._exit(70)


def _be_node(channel: int, limits: guard.NodeLimits, serve: Callable[[socket.socket], None]) -> None:
    """In the fork: become a guarded node, serve the judge, never return."""
    try:
        _take(channel, os.getppid())
        judge = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM, 0, CONTROL_FD)
        guard.apply(limits)
        serve(judge)
        os._exit(0)
    except MemoryError:
        os._exit(EXIT_MEMORY)
    finally:
        os._exit(71)


def _be_alternate(channel: int, hash_seed: int) -> None:
    try:
        _take(channel, os.getppid())
        os.set_inheritable(CONTROL_FD, True)
        environment = {**os.environ, "PYTHONHASHSEED": str(hash_seed)}
        os.execve(sys.executable, sys.orig_argv, environment)  # noqa: S606 - ourselves, with nothing from outside
    finally:
        os._exit(70)


def main() -> None:
    """Take the control socket and serve it."""
    guard.die_with_parent()
    if "--guard" in sys.argv[1:]:
        guard.install(guard.supervisor_program())
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    control = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET, 0, CONTROL_FD)
    process.prepare()
    supervisor = Supervisor(control)
    try:
        supervisor.serve()
    finally:
        supervisor.end()


if __name__ == "__main__":
    main()
