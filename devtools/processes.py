"""Children, whatever they start, and the end of all of them.

The problem: a worker starts judges, judges start sandboxes, sandboxes start in sessions of their own. Signals to a
process group miss those, and a judge whose worker was killed becomes a child of init and lives on. Rejected: process
groups (see above), cgroups (need rights that an ordinary user has not), a pid file for each (a killed parent writes
none).

Instead this process becomes the *subreaper* of its descendants: whoever loses its parent becomes our child, so the
family stays a tree with this process at its root, and the tree is read from `/proc`. The invariant: when `stop`
returns, no descendant is left. Elsewhere than on Linux only the direct children are ended.
"""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Final

GRACE_S: Final = 8.0
KILL_S: Final = 10.0
TICK_S: Final = 0.2
LOG_BYTES_MAX: Final = 10 * 1024 * 1024
_LINUX: Final = sys.platform == "linux"
_PR_SET_PDEATHSIG: Final = 1
_PR_SET_CHILD_SUBREAPER: Final = 36
_LIBC: Final = ctypes.CDLL(None, use_errno=True) if _LINUX else None


@dataclass(slots=True)
class Child:
    """One program of the family: its process, where it writes, and how much of that was shown."""

    name: str
    process: subprocess.Popen[bytes]
    log: Path
    shown: int

    @property
    def status(self) -> int | None:
        """Exit status, negative for a signal; None while it runs."""
        return self.process.returncode

    def fresh_lines(self) -> list[str]:
        """The whole lines that were written since the last call."""
        with self.log.open("rb") as source:
            source.seek(self.shown)
            data = source.read(LOG_BYTES_MAX)
        whole = data[: data.rfind(b"\n") + 1]
        self.shown += len(whole)
        return whole.decode("utf-8", "replace").splitlines()


class Family:
    """Starts programs and ends them with everything that they have started."""

    def __init__(self, *, grace_s: float = GRACE_S) -> None:
        self._grace_s = grace_s
        self.children: list[Child] = []
        self.signals: list[int] = []
        if _LIBC is not None:
            _LIBC.prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._note)

    def _note(self, number: int, _: FrameType | None) -> None:
        self.signals.append(number)

    def start(self, name: str, command: Sequence[str], *, env: Mapping[str, str], cwd: Path, log: Path) -> Child:
        """Start a program in a session of its own, so that a terminal's Ctrl-C reaches this process alone."""
        log.parent.mkdir(parents=True, exist_ok=True)
        if log.exists() and log.stat().st_size > LOG_BYTES_MAX:
            log.replace(log.with_suffix(".1.log"))
        with log.open("ab") as sink:
            shown = sink.tell()
            process = subprocess.Popen(
                list(command),
                stdin=subprocess.DEVNULL,
                stdout=sink,
                stderr=sink,
                env=dict(env),
                cwd=cwd,
                start_new_session=True,
                preexec_fn=_end_with_parent,  # noqa: PLW1509 - this process has one thread
            )
        child = Child(name, process, log, shown)
        self.children.append(child)
        return child

    def ended(self) -> Child | None:
        """The first child that is no longer running, if any."""
        self._reap()
        return next((child for child in self.children if child.status is not None), None)

    def wait(self, until: Callable[[], bool], *, timeout_s: float | None = None) -> bool:
        """Wait until `until()` holds. False when a signal came, a child ended or the time was up first."""
        limit = None if timeout_s is None else time.monotonic() + timeout_s
        while not self.signals and self.ended() is None:
            if until():
                return True
            if limit is not None and time.monotonic() > limit:
                return False
            time.sleep(TICK_S)
        return False

    def stop(self) -> list[int]:
        """End the family: ask, wait, kill. Returns the processes that could not be ended, which should be none."""
        for child in self.children:
            _send(child.process.pid, signal.SIGTERM, gone=child.status is not None)
        limit = time.monotonic() + self._grace_s
        while time.monotonic() < limit and len(self.signals) < 2:  # a second Ctrl-C waits no longer
            self._reap()
            if all(child.status is not None for child in self.children):
                break
            time.sleep(TICK_S / 4)
        limit = time.monotonic() + KILL_S
        while time.monotonic() < limit:
            self._reap()
            left = self._left()
            if not left:
                return []
            for pid in left:
                _send(pid, signal.SIGKILL)
            time.sleep(TICK_S / 4)
        return self._left()

    def _left(self) -> list[int]:
        if _LINUX:
            return descendants(os.getpid())
        return [child.process.pid for child in self.children if child.process.poll() is None]

    def _reap(self) -> None:
        """Take note of everyone who ended; among them the orphans that became ours."""
        for child in self.children:
            child.process.poll()
        if not _LINUX:
            return
        ours = {child.process.pid for child in self.children if child.status is None}
        with suppress(ChildProcessError):
            while (found := os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)) is not None:
                if found.si_pid in ours:
                    return  # it ended just now: its own poll, next time, keeps its status
                os.waitpid(found.si_pid, os.WNOHANG)


def descendants(root: int) -> list[int]:
    """Every process below `root`, nearest first, as `/proc` tells it. Zombies count: someone has yet to reap them."""
    below: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with suppress(OSError):
                fields = (entry / "stat").read_text("utf-8", "replace").rpartition(")")[2].split()
                below.setdefault(int(fields[1]), []).append(int(entry.name))
    found: list[int] = []
    front = below.get(root, [])
    while front:
        found.extend(front)
        front = [pid for parent in front for pid in below.get(parent, [])]
    return found


def _send(pid: int, number: int, *, gone: bool = False) -> None:
    if not gone:
        with suppress(ProcessLookupError, PermissionError):
            os.kill(pid, number)


def _end_with_parent() -> None:
    """In the child: be asked to end when this process dies without having been able to ask."""
    if _LIBC is not None:
        _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)
