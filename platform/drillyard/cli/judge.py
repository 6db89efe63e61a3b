"""A judge of one's own: a server that lives as long as a command, and a connection a run.

The judge is a child process and not an import, because its hash seed is fixed at its start; and a server rather than a
child a run, because a matrix is two hundred runs.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Final

import graders
from graders.protocol import ProtocolError
from graders.protocol.client import JobConnection
from graders.protocol.jobs import Job, Outcome, Progress

_END_WITHIN_S: Final = 5
_SLACK_S: Final = 30.0
"""What a judge may take beyond the run's own wall time: its sandbox starts and ends outside it."""


class JudgeLost(Exception):
    """The judge could not be started, or went away: our fault."""


class Judge:
    """Use as a context manager; `run` may be called from several threads."""

    def __init__(self, pool: int = 0) -> None:
        self._pool = pool
        self._folder = Path()
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Judge:
        self._folder = Path(tempfile.mkdtemp(prefix="drillyard-"))
        repository = str(Path(graders.__file__).resolve().parents[1])
        path = os.pathsep.join(filter(None, [repository, os.environ.get("PYTHONPATH", "")]))
        command = [sys.executable, "-s", "-m", "graders.judge", "--serve", str(self._socket), "--pool", str(self._pool)]
        self._process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, "PYTHONHASHSEED": "0", "PYTHONPATH": path},
            start_new_session=True,
        )
        assert self._process.stdout is not None
        if self._process.stdout.readline() != b"ready\n":
            self.__exit__(None, None, None)
            raise JudgeLost("it did not start")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Closing its standard input ends the server and every run in it."""
        process = self._process
        if process is not None:
            assert process.stdin is not None
            assert process.stdout is not None
            process.stdin.close()
            try:
                process.wait(_END_WITHIN_S)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
            process.stdout.close()
        shutil.rmtree(self._folder, ignore_errors=True)

    @property
    def _socket(self) -> Path:
        return self._folder / "judge.sock"

    def run(self, job: Job, progress: Callable[[Progress], None] = lambda _progress: None) -> Outcome:
        """Grade one job; raises `JudgeLost`."""
        until_s = time.monotonic() + 2 * job.lab.limits.run_wall_ms_max / 1_000 + _SLACK_S
        channel = socket.socket(socket.AF_UNIX)
        connection = JobConnection(channel)
        try:
            channel.connect(str(self._socket))
            connection.ask(job)
            while True:
                said = connection.receive(until_s)
                if isinstance(said, Outcome):
                    return said
                progress(said)
        except (OSError, EOFError, ProtocolError) as error:
            raise JudgeLost(str(error) or "it hung up") from None
        finally:
            connection.close()
