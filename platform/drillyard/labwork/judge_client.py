"""Talking to the judge.

The judge is a server on a UNIX socket (`python -m graders.judge --serve PATH`): one job in, progress out, one outcome
last, and a closed connection abandons the run. A worker starts a server of its own on first need and gives it a pipe as
standard input; when the worker dies, by whatever signal, the pipe closes and the server goes with everything inside it.
A server that dies is started again by the next run. `DRILLYARD_JUDGE_SOCKET` names one that somebody else runs instead.

What can go wrong here is always our side's fault, and says so: `JudgeFault.fault` is an id of
`drillyard.common.errors`. Rejected: one judge process a run (57 ms of start-up each).
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Final

import structlog
from django.conf import settings

import graders
from drillyard.common import clock, ids
from graders.protocol import ProtocolError
from graders.protocol.client import JobConnection
from graders.protocol.jobs import Job, Outcome, Progress

START_S: Final = 20.0
CONNECT_S: Final = 5.0
GOODBYE_S: Final = 3.0
SOCKET_PATH_BYTES_MAX: Final = 100  # the kernel takes 107
_log = structlog.get_logger(__name__)


class JudgeFault(Exception):
    """The judge could not be started, died, fell silent, or spoke nonsense. Never the student's fault."""

    def __init__(self, fault: str, detail: str) -> None:
        super().__init__(f"{fault}: {detail}")
        self.fault: Final = fault
        self.detail: Final = detail


class Abandoned(Exception):
    """`JudgeRun.abandon` was called: nobody wants the outcome any more."""


class JudgeRun:
    """One run on one connection. `outcome` blocks in one thread; `abandon` may be called from another."""

    def __init__(self, channel: socket.socket, job: Job, *, answer_s: float) -> None:
        self._connection = JobConnection(channel)
        self._job = job
        self._deadline = clock.monotonic() + answer_s
        self._abandoned = threading.Event()

    def abandon(self) -> None:
        """Give up: the judge sees the closed connection and takes the sandbox down."""
        self._abandoned.set()
        self._connection.abandon()

    def outcome(self, on_progress: Callable[[Progress], None]) -> Outcome:
        """Send the job and wait. Raises `JudgeFault` and `Abandoned`."""
        try:
            self._connection.ask(self._job)
            while True:
                said = self._connection.receive(self._deadline)
                if isinstance(said, Outcome):
                    return said
                on_progress(said)
        except ProtocolError as error:
            raise self._fault("fault_judge_protocol", f"{error.reason}: {error}") from error
        except TimeoutError as error:
            raise self._fault("fault_judge_silent", f"no outcome of {self._job.id} in time") from error
        except (OSError, EOFError) as error:
            raise self._fault("fault_judge_died", repr(error)) from error
        finally:
            self._connection.close()

    def _fault(self, fault: str, detail: str) -> JudgeFault | Abandoned:
        """What an ended connection means: nothing, if it was we who ended it."""
        return Abandoned() if self._abandoned.is_set() else JudgeFault(fault, detail)


class JudgeServer:
    """The judge that this process uses:

    a child of its own, or the one that `judge_socket` names. Safe between threads.
    """

    def __init__(self, *, var: Path, external: Path | None = None, options: tuple[str, ...] = ()) -> None:
        self._external = external
        self._options = options
        self._path = external or socket_path(var)
        self._lock = threading.Lock()
        self._child: subprocess.Popen[bytes] | None = None

    def run(self, job: Job, *, answer_s: float) -> JudgeRun:
        """A connection for `job`. Starts the server if there is none. Raises `JudgeFault`."""
        return JudgeRun(self._connect(), job, answer_s=answer_s)

    def restart(self) -> None:
        """Take the server down after it fell silent; the next run starts a fresh one."""
        with self._lock:
            self._stop()

    close = restart

    def _connect(self) -> socket.socket:
        with suppress(OSError):
            return _open(self._path)
        if self._external is not None:
            raise JudgeFault("fault_judge_unavailable", f"nobody answers at {self._path}")
        with self._lock:
            with suppress(OSError):  # another thread has started it while this one waited
                return _open(self._path)
            self._stop()
            return self._start()

    def _start(self) -> socket.socket:
        self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        child = self._child = subprocess.Popen(  # noqa: S603 - our own program, no shell
            [sys.executable, "-m", "graders.judge", "--serve", str(self._path), *self._options],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            env=_environment(),
            start_new_session=True,  # Ctrl-C reaches the worker alone, which then takes its judge down itself
        )
        _log.info("judge started", pid=child.pid)
        deadline = clock.monotonic() + START_S
        while clock.monotonic() < deadline:
            with suppress(OSError):
                return _open(self._path)
            status = child.poll()
            if status is not None:
                raise JudgeFault("fault_judge_unavailable", f"the judge ended with status {status} while starting")
            time.sleep(0.02)
        raise JudgeFault("fault_judge_unavailable", f"the judge did not listen within {START_S} s")

    def _stop(self) -> None:
        child, self._child = self._child, None
        if child is None:
            return
        assert child.stdin is not None
        with suppress(OSError):
            child.stdin.close()
        try:
            child.wait(GOODBYE_S)
        except subprocess.TimeoutExpired:
            _log.warning("judge killed", pid=child.pid)
            child.kill()
            child.wait()
        self._path.unlink(missing_ok=True)


def socket_path(var: Path) -> Path:
    """Where this process's judge listens: a folder of its own in `var`, or elsewhere where that is too long a path.

    The judge asks for a folder that nobody else may enter.
    """
    name = f"{os.getpid()}.sock"
    path = var / "judge" / name
    if len(os.fsencode(path)) <= SOCKET_PATH_BYTES_MAX:
        return path
    folder = f"drillyard-{os.getuid()}-{ids.sha256_hex(os.fsencode(var))[:12]}"
    return Path(tempfile.gettempdir()) / folder / name


def _open(path: Path) -> socket.socket:
    channel = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        channel.settimeout(CONNECT_S)
        channel.connect(str(path))
    except OSError:
        channel.close()
        raise
    return channel


def _environment() -> dict[str, str]:
    """What the judge is told: where Python and the graders are, and nothing of this installation's secrets."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TMPDIR", "TZ") if name in os.environ}
    root = str(Path(graders.__file__ or "").resolve().parents[1])
    return {**kept, "PYTHONPATH": root, "PYTHONHASHSEED": "0", "PYTHONUNBUFFERED": "1"}


_server: JudgeServer | None = None
_server_lock = threading.Lock()


def judge_server() -> JudgeServer:
    """The one judge of this process."""
    global _server  # noqa: PLW0603 - one a process is the point
    with _server_lock:
        if _server is None:
            grading = settings.DRILLYARD.grading
            options = ["--pool", str(grading.concurrency)]
            if grading.sandbox in ("bwrap", "plain"):
                options += ["--pool-mode", grading.sandbox]
            _server = JudgeServer(
                var=settings.DRILLYARD.var, external=settings.DRILLYARD.judge_socket, options=tuple(options)
            )
        return _server
