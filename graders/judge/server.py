"""The judge's server: warm, it forks one process a job.

The problem: a fresh `python -m graders.judge` takes 60 ms before it reads its job, bubblewrap and a player as much
again. So the parent imports everything once and keeps sandboxes ready; a job's process inherits both, is pinned to one
processor, and ends with its job. The parent has one thread, never runs a suite and never waits for anybody.

A connection is one job: the job's frame in, progress frames and one outcome out (`graders.protocol.jobs`). The job's
process writes them itself. The parent reads the job, watches for a client that hangs up (the run is abandoned), for a
run that takes too long, and for a process that dies without having written its outcome, in whose place it then says
`unknown`.

Invariant: a job's process never outlives its client, its wall time or the server, and a sandbox never outlives the
process that it was given to, because its control socket closes with it.
"""

from __future__ import annotations

import contextlib
import mmap
import os
import resource
import selectors
import signal
import socket
import stat
import struct
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from graders.judge.run import log, run_job, system_outcome
from graders.player import guard
from graders.protocol import frames
from graders.protocol.errors import ProtocolError
from graders.protocol.jobs import Job
from graders.sandbox.control import Control
from graders.sandbox.launch import Mode
from graders.sandbox.pool import Pool
from graders.sandbox.process import Sandbox
from graders.sandbox.runtime import runtime_shared

RUNS_MAX: Final = 16
JOB_WITHIN_MS: Final = 10_000
GRACE_MS: Final = 5_000
"""What a run may take beyond twice its wall time: its cases, and the same again under another hash seed."""

_SEND_WITHIN_S: Final = 10
_MEMORY_BYTES_MAX: Final = 4 << 30
_LENGTH: Final = struct.Struct(">I")


class ServerError(Exception):
    """The server cannot start: the folder is not private, or another server listens."""


@dataclass(slots=True)
class _Run:
    """A connection, from its first byte to its end. `told` is a byte shared with the job's process."""

    connection: socket.socket
    deadline_ns: int
    data: bytearray = field(default_factory=bytearray)
    job: Job | None = None
    pid: int = 0
    cpu_index: int = 0
    told: mmap.mmap = field(default_factory=lambda: mmap.mmap(-1, 1))


class Server:
    """`serve()` until standard input closes or SIGTERM or SIGINT arrives."""

    def __init__(self, path: Path, *, pool_mode: Mode | None, pool_size: int) -> None:
        self._path = path
        self._selector = selectors.PollSelector()
        self._runs: list[_Run] = []
        self._listener = listen(path)
        self._stopping = False
        self._wake_out, self._wake_in = socket.socketpair()
        self._pool = Pool(pool_mode, runtime_shared(), pool_size) if pool_mode is not None and pool_size > 0 else None

    def serve(self) -> None:
        self._wake_in.setblocking(False)
        signal.set_wakeup_fd(self._wake_in.fileno())
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGCHLD):
            signal.signal(number, self._on_signal)
        self._selector.register(self._listener, selectors.EVENT_READ, self._accept)
        self._selector.register(self._wake_out, selectors.EVENT_READ, self._woken)
        self._selector.register(0, selectors.EVENT_READ, self._on_input)
        self._refill()
        try:
            while not self._stopping:
                for key, _ in self._selector.select(self._until_deadline_s()):
                    key.data()
                self._reap()
                self._end_overdue()
        finally:
            self._close()

    # ---------------------------------------------------------------------------------------------- events

    def _on_signal(self, number: int, _frame: object) -> None:
        if number != signal.SIGCHLD:
            self._stopping = True

    def _woken(self) -> None:
        self._wake_out.recv(4_096)

    def _on_input(self) -> None:
        if not os.read(0, 4_096):
            self._stopping = True

    def _accept(self) -> None:
        connection, _ = self._listener.accept()
        _, uid, _ = struct.unpack("iii", connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12))
        if uid not in (0, os.geteuid()) or len(self._runs) >= RUNS_MAX:
            connection.close()
            return
        connection.setblocking(False)
        run = _Run(connection, time.monotonic_ns() + JOB_WITHIN_MS * 1_000_000)
        self._runs.append(run)
        self._selector.register(connection, selectors.EVENT_READ, lambda: self._on_data(run))

    def _on_data(self, run: _Run) -> None:
        """More of the job; or, once it is running, the end of the client, since nothing else is to be read."""
        try:
            data = run.connection.recv(1 << 20)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data or run.job is not None:
            self._abandon(run)
            return
        run.data += data
        try:
            run.job = _job(run.data)
        except ProtocolError as error:
            self._answer_instead(run, "bad_job", str(error))
            return
        if run.job is not None:
            run.data.clear()
            self._start(run, run.job)

    # ------------------------------------------------------------------------------------------------ runs

    def _start(self, run: _Run, job: Job) -> None:
        taken = [item.cpu_index for item in self._runs if item.pid]
        run.cpu_index = min(range(len(taken) + 1), key=taken.count)
        run.deadline_ns = time.monotonic_ns() + (2 * job.lab.limits.run_wall_ms_max + GRACE_MS) * 1_000_000
        sandbox = self._pool.take() if self._pool is not None and self._pool.mode == job.sandbox else None
        if self._pool is not None:
            self._pool.modules = job.lab.modules_allowed
        run.pid = os.fork()
        if run.pid == 0:
            self._be_run(run, job, sandbox)
        if sandbox is not None:
            sandbox.release()
        self._refill()

    def _be_run(self, run: _Run, job: Job, sandbox: Sandbox | None) -> None:
        """In the fork: grade, answer, never return."""
        try:
            guard.die_with_parent()
            signal.set_wakeup_fd(-1)
            for number in (signal.SIGTERM, signal.SIGINT, signal.SIGCHLD):
                signal.signal(number, signal.SIG_DFL)
            self._let_go(run)
            _limit()
            run.connection.setblocking(True)
            timeout = struct.pack("@ll", _SEND_WITHIN_S, 0)
            run.connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, timeout)
            outcome = run_job(
                job,
                lambda progress: frames.send(run.connection, progress.to_json()),
                sandbox=sandbox,
                cpu_index=run.cpu_index,
            )
            frame = frames.encode(outcome.to_json(), bytes_max=frames.JOB_BYTES_MAX)
            run.told[0] = 1
            run.connection.sendall(frame)
            os._exit(0)
        except BaseException as error:  # noqa: BLE001 - nothing may unwind into the server's loop in the fork
            log(f"job {job.id}: {type(error).__name__}: {error}")
        finally:
            os._exit(1)

    def _let_go(self, mine: _Run) -> None:
        """Close what belongs to the server or to other runs."""
        self._listener.close()
        self._wake_in.close()
        self._wake_out.close()
        self._selector.close()
        for other in self._runs:
            if other is not mine:
                other.connection.close()
        if self._pool is not None:
            self._pool.release()
        null = os.open(os.devnull, os.O_RDONLY)
        os.dup2(null, 0)
        os.close(null)
        os.dup2(2, 1)

    def _abandon(self, run: _Run) -> None:
        if run.pid:
            with contextlib.suppress(ProcessLookupError):
                os.kill(run.pid, signal.SIGKILL)
        self._forget(run)

    def _answer_instead(self, run: _Run, kind: str, text: str) -> None:
        """Say `unknown` in the place of a run that cannot, unless it has begun to answer."""
        if not run.told[0]:
            frame = frames.encode(system_outcome(run.job, kind, text).to_json(), bytes_max=frames.JOB_BYTES_MAX)
            with contextlib.suppress(OSError):
                run.connection.send(frame)
        self._abandon(run)

    def _forget(self, run: _Run) -> None:
        if run in self._runs:
            self._runs.remove(run)
            self._selector.unregister(run.connection)
            run.connection.close()

    def _reap(self) -> None:
        """Take note of every child that has ended: jobs' processes, and sandboxes that were given away."""
        with contextlib.suppress(ChildProcessError):
            while True:
                pid, status = os.waitpid(-1, os.WNOHANG)
                if pid == 0:
                    return
                for run in [item for item in self._runs if item.pid == pid]:
                    run.pid = 0
                    if status != 0:
                        log(f"a run ended with wait status {status}")
                    self._answer_instead(run, "judge_died", f"the run's process ended with wait status {status}")

    def _end_overdue(self) -> None:
        now_ns = time.monotonic_ns()
        for run in [item for item in self._runs if item.deadline_ns <= now_ns]:
            self._answer_instead(run, "wall_time", "the run did not end within its wall time")

    def _until_deadline_s(self) -> float | None:
        if not self._runs:
            return None
        nearest_ns = min(run.deadline_ns for run in self._runs)
        return max(0, nearest_ns - time.monotonic_ns()) / 1e9 + 0.001

    # ------------------------------------------------------------------------------------------------ pool

    def _refill(self) -> None:
        if self._pool is None:
            return
        self._pool.fill()
        watched = [key.fileobj for key in self._selector.get_map().values()]
        for control in self._pool.waiting():
            if control not in watched:
                self._selector.register(control, selectors.EVENT_READ, self._advancing(self._pool, control))
        if self._pool.failed is not None:
            log(f"no sandbox is kept ready: {self._pool.failed}")

    def _advancing(self, pool: Pool, control: Control) -> Callable[[], None]:
        def advance() -> None:
            self._selector.unregister(control)
            pool.advance(control)
            self._refill()

        return advance

    # ------------------------------------------------------------------------------------------------- end

    def _close(self) -> None:
        """End every run and every sandbox, and wait for them."""
        for run in list(self._runs):
            self._abandon(run)
        if self._pool is not None:
            self._pool.close()
        self._listener.close()
        self._path.unlink(missing_ok=True)
        deadline_ns = time.monotonic_ns() + 2_000_000_000
        with contextlib.suppress(ChildProcessError):
            while time.monotonic_ns() < deadline_ns:
                if os.waitpid(-1, os.WNOHANG)[0] == 0:
                    time.sleep(0.01)


def _job(data: bytearray) -> Job | None:
    """The job, when it is all there; raises `ProtocolError`."""
    if len(data) < _LENGTH.size:
        return None
    (length,) = _LENGTH.unpack_from(data)
    if length > frames.JOB_BYTES_MAX:
        raise ProtocolError("too_long", f"a job of {length} bytes")
    if len(data) < _LENGTH.size + length:
        return None
    if len(data) > _LENGTH.size + length:
        raise ProtocolError("bad_shape", "bytes after the job")
    value: Any = frames.decode(bytes(data[_LENGTH.size :]))
    return Job.from_json(value)


def _limit() -> None:
    """A run's own limits: a suite's mistake must not take the machine."""
    for limit, value in ((resource.RLIMIT_CORE, 0), (resource.RLIMIT_AS, _MEMORY_BYTES_MAX)):
        with contextlib.suppress(ValueError):
            resource.setrlimit(limit, (value, value))


def listen(path: Path) -> socket.socket:
    """A listening socket of mode 0600 in a folder of mode 0700 that is ours; raises `ServerError`."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    status = path.parent.lstat()
    if not stat.S_ISDIR(status.st_mode) or status.st_uid != os.geteuid() or status.st_mode & 0o077:
        raise ServerError(f"{path.parent} must be a folder of ours with mode 0700: chmod 700 {path.parent}")
    listener = socket.socket(socket.AF_UNIX)
    if path.is_socket():
        with socket.socket(socket.AF_UNIX) as other:
            try:
                other.connect(str(path))
            except OSError:
                path.unlink()
            else:
                raise ServerError(f"another judge listens on {path}")
    mask = os.umask(0o177)
    try:
        listener.bind(str(path))
    except OSError as error:
        raise ServerError(f"{path}: {error}") from None
    finally:
        os.umask(mask)
    listener.listen(RUNS_MAX)
    return listener


def serve(path: Path, *, pool_mode: Mode | None, pool_size: int) -> None:
    """Serve until standard input closes; prints `ready` when it listens. Raises `ServerError`."""
    server = Server(path, pool_mode=pool_mode, pool_size=pool_size)
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    server.serve()
