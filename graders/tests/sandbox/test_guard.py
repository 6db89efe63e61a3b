"""The guard, tried on a fork of this process: what it refuses, what it kills, what it leaves."""

from __future__ import annotations

import ctypes
import json
import mmap
import os
import platform
import signal
import socket
from collections.abc import Callable
from typing import Any

import pytest

from graders.player import denials, guard
from graders.player.guard import AARCH64, ALLOWED, SUPERVISOR_ALLOWED, X86_64, GuardUnavailable, NodeLimits

LIMITS = NodeLimits(memory_mb_max=4_096, cpu_seconds_max=10)
TARGET = {"read": ["/etc/passwd"], "write": ["/tmp/drillyard-guard"], "hidden": [], "memory_mb": 4_096}


def _guarded(action: Callable[[], Any], *, guarded: bool = True) -> tuple[int, Any]:
    """The wait status of a fork that guards itself and does `action`, and the JSON value that it returned."""
    ours, theirs = socket.socketpair()
    pid = os.fork()
    if pid == 0:
        try:
            if guarded:
                guard.apply(LIMITS)
            os.write(theirs.fileno(), json.dumps(action()).encode())
        finally:
            os._exit(0)
    theirs.close()
    with ours:
        data = b""
        while part := ours.recv(65_536):
            data += part
    _, status = os.waitpid(pid, 0)
    return status, json.loads(data) if data else None


def test_every_attempt_of_the_self_test_is_refused() -> None:
    status, seen = _guarded(lambda: denials.seen(denials.node_attempts(TARGET)))
    assert status == 0
    assert {name for name, outcome in seen.items() if outcome != "denied"} == set()
    assert len(seen) == len(denials.node_attempts(TARGET))


def test_the_attempts_are_not_refused_without_the_guard() -> None:
    """Otherwise the self-test would be happy anywhere."""
    harmless = ("tcp", "unix", "list", "stat", "dup", "pipe", "kill_group", "clock_of_parent", "read /etc/passwd")
    attempts = denials.node_attempts(TARGET)
    status, seen = _guarded(lambda: denials.seen({name: attempts[name] for name in harmless}), guarded=False)
    assert status == 0
    assert all(outcome.startswith("succeeded") for outcome in seen.values()), seen


def test_what_python_needs_still_works() -> None:
    def work() -> list[Any]:
        numbers = [number * number for number in range(200_000)]
        ours = os.getpid()
        os.kill(ours, 0)
        return [len(numbers), len(os.urandom(8)), sum(bytearray(1 << 20))]

    assert _guarded(work) == (0, [200_000, 8, 0])


@pytest.mark.skipif(platform.machine() != "x86_64", reason="the 32-bit entry is x86's")
def test_the_entry_of_another_architecture_kills() -> None:
    """The code lies in executable memory from before the guard: under it there is none to be had."""
    memory = mmap.mmap(-1, 4_096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
    memory.write(b"\xb8\x14\x00\x00\x00\xcd\x80\xc3")  # getpid by int 0x80
    enter = ctypes.CFUNCTYPE(ctypes.c_long)(ctypes.addressof(ctypes.c_char.from_buffer(memory)))
    status, _ = _guarded(enter)
    assert os.WIFSIGNALED(status)
    assert os.WTERMSIG(status) == signal.SIGSYS


@pytest.mark.skipif(platform.machine() != "x86_64", reason="x32 is x86's")
def test_the_numbers_of_x32_kill() -> None:
    libc = ctypes.CDLL(None)
    status, _ = _guarded(lambda: libc.syscall(0x40000000 + 39))
    assert os.WIFSIGNALED(status)


def test_memory_is_limited() -> None:
    def grow() -> str:
        try:
            return str(len(bytearray(LIMITS.memory_mb_max << 20)))
        except MemoryError:
            return "MemoryError"

    assert _guarded(grow) == (0, "MemoryError")


def test_both_tables_know_every_call_that_their_kernels_have() -> None:
    only_old = {"open", "stat", "lstat", "poll", "access", "dup2", "fork", "vfork", "readlink", "time", "arch_prctl"}
    for name in (*ALLOWED, *SUPERVISOR_ALLOWED):
        assert name in X86_64, name
        assert name in AARCH64 or name in only_old, name
    for table in (X86_64, AARCH64):
        assert len(set(table.values())) == len(table)


def test_an_unknown_machine_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(platform, "machine", lambda: "pdp11")
    with pytest.raises(GuardUnavailable):
        guard.node_program(1)
