"""Sandboxes started ahead of time, so that a run does not wait for bubblewrap and Python.

Each is used once: taking one is for good, and the pool starts another. The pool lives in the judge's server, which has
one thread and must not wait, so a sandbox is made ready in steps, each when a socket has become readable. A run that
finds none ready starts its own: slower, never different.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from graders.sandbox.control import Control
from graders.sandbox.errors import SandboxUnavailable, SupervisorLost
from graders.sandbox.launch import Mode
from graders.sandbox.process import Sandbox, sandbox_begin, sandbox_prepare
from graders.sandbox.runtime import Runtime

POOL_MAX: Final = 8
ALTERNATE_SEED: Final = 1


@dataclass(slots=True)
class _Entry:
    sandbox: Sandbox
    state: Literal["starting", "second", "ready"] = "starting"


class Pool:
    """At most `size` sandboxes of one mode. `modules` is what the last lab allowed: the next is likely the same."""

    def __init__(self, mode: Mode, runtime: Runtime, size: int) -> None:
        self.mode: Mode = mode
        self._runtime = runtime
        self._size = min(size, POOL_MAX)
        self._entries: list[_Entry] = []
        self.modules: tuple[str, ...] = ()
        self.failed: SandboxUnavailable | None = None

    def fill(self) -> None:
        """Begin what is missing. After a failure nothing is begun any more: the run itself will say what is wrong."""
        while self.failed is None and len(self._entries) < self._size:
            try:
                self._entries.append(_Entry(sandbox_begin(self.mode, self._runtime)))
            except SandboxUnavailable as error:
                self.failed = error

    def waiting(self) -> list[Control]:
        """What to watch: each becomes readable when `advance` has something to do for it."""
        return [_watched(entry) for entry in self._entries if entry.state != "ready"]

    def advance(self, control: Control) -> None:
        """Take the next step with the sandbox whose control has become readable."""
        for entry in self._entries:
            if entry.state != "ready" and _watched(entry) is control:
                try:
                    self._step(entry)
                except (SandboxUnavailable, SupervisorLost) as error:
                    self._entries.remove(entry)
                    entry.sandbox.close()
                    self.failed = SandboxUnavailable(self.mode, str(error))
                return

    def _step(self, entry: _Entry) -> None:
        if entry.state == "starting":
            sandbox_prepare(entry.sandbox, self.modules)
            entry.sandbox.alternate_begin(ALTERNATE_SEED)
            entry.state = "second"
        else:
            entry.sandbox.alternate(ALTERNATE_SEED).preload(self.modules)
            entry.state = "ready"

    def take(self) -> Sandbox | None:
        """A ready sandbox, which is the caller's from now on, or None."""
        for entry in self._entries:
            if entry.state == "ready":
                self._entries.remove(entry)
                return entry.sandbox
        return None

    def release(self) -> None:
        """In a fork: let go of all that is left, which belongs to the parent."""
        for entry in self._entries:
            entry.sandbox.release()
        self._entries = []

    def close(self) -> None:
        for entry in self._entries:
            entry.sandbox.close()
        self._entries = []


def _watched(entry: _Entry) -> Control:
    return entry.sandbox.control if entry.state == "starting" else entry.sandbox.alternates[ALTERNATE_SEED]
