"""The real program, started as a person starts it, in a state folder and on a port of its own."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from devtools import places
from devtools.processes import descendants

START_S: Final = 180
STOP_S: Final = 40
_ADDRESS: Final = re.compile(r"http://127\.0\.0\.1:\d+")


class Stack:
    """A running `./dev run`. What it prints is in `lines`."""

    def __init__(self, var: Path, **settings: str) -> None:
        self.var = var
        self.lines: list[str] = []
        self.address = ""
        self._ready = threading.Event()
        env = {**os.environ, "DRILLYARD_VAR_DIR": str(var), "PORT": str(free_port()), "LC_ALL": "C.UTF-8", **settings}
        self.process = subprocess.Popen(
            [sys.executable, str(places.ROOT / "dev"), "run"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env=env,
            start_new_session=True,
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.lines.append(line.rstrip())
            if "Ctrl-C" in line:
                self._ready.set()
        self._ready.set()

    @property
    def output(self) -> str:
        return "\n".join(self.lines)

    def wait_until_ready(self) -> None:
        """Wait for the welcome. Raises AssertionError with the output when there is none."""
        self._ready.wait(START_S)
        found = _ADDRESS.search(self.output)
        assert found, f"no welcome:\n{self.output}"
        self.address = found.group()

    def family(self) -> list[int]:
        """Every process that the program has started and that still runs."""
        return descendants(self.process.pid)

    def stop(self, number: int = signal.SIGINT) -> int:
        """Stop it as Ctrl-C would. Returns its exit status."""
        if self.process.poll() is None:
            self.process.send_signal(number)
        status = self.process.wait(STOP_S)
        self._reader.join(STOP_S)
        assert self.process.stdout is not None
        self.process.stdout.close()
        return status


def free_port() -> int:
    """A port that nobody uses at the moment."""
    with contextlib.closing(socket.create_server(("127.0.0.1", 0))) as server:
        number: int = server.getsockname()[1]
        return number


def left_of(pids: list[int], var: Path) -> list[str]:
    """Of these processes, and of all that carry the state folder in their environment, those that still run."""
    found = [_named(pid) for pid in pids]
    needle = f"DRILLYARD_VAR_DIR={var}\0".encode()
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and int(entry.name) != os.getpid():
            with contextlib.suppress(OSError):
                if needle in (entry / "environ").read_bytes() + b"\0":
                    found.append(_named(int(entry.name)))
    return sorted({name for name in found if name})


def _named(pid: int) -> str:
    """The process's number and name; empty when it is gone."""
    with contextlib.suppress(OSError):
        return f"{pid} {Path(f'/proc/{pid}/comm').read_text().strip()}"
    return ""


@contextlib.contextmanager
def running(var: Path, **settings: str) -> Iterator[Stack]:
    """A stack that is ready, and that is stopped at the end with no process left."""
    stack = Stack(var, **settings)
    pids: list[int] = []
    try:
        stack.wait_until_ready()
        yield stack
    finally:
        pids = stack.family()
        stack.stop()
        time.sleep(0.1)
    assert left_of(pids, var) == []
