"""A worker process: its name, its judge, its sandbox, and the thread that looks after things.

A worker is a Celery worker with the `threads` pool: grading waits for the judge, which is another process, so threads
lose nothing, and a worker that is killed is one process that is gone and not a parent with orphans. Its caretaker
thread says every few seconds that the worker lives and sweeps; a sweeper of its own would be one more process to start,
to watch and to forget, and where no worker lives there is nobody to send anything to.
"""

from __future__ import annotations

import os
import socket
import threading
from typing import Any, Final
from uuid import UUID

import structlog
from celery import signals
from django.conf import settings
from django.db import DatabaseError, connection

from drillyard.common import clock
from drillyard.labwork.judge_client import judge_server
from drillyard.labwork.judging import Grader
from drillyard.labwork.sandboxes import sandboxes_of
from drillyard.labwork.services import sweep, worker_beat, worker_gone

_log = structlog.get_logger(__name__)


class WorkerProcess:
    """Everything that exists once a worker process. `start` and `stop` are called by Celery's signals."""

    def __init__(self) -> None:
        self.name: Final = f"{socket.gethostname()}:{os.getpid()}"
        self._started_at = clock.now()
        self._grader = Grader(name=self.name, server=judge_server())
        self._sandboxes = sandboxes_of(judge_server())
        self._stopping = threading.Event()
        self._caretaker = threading.Thread(target=self._care, name="caretaker", daemon=True)

    def start(self) -> None:
        self._caretaker.start()

    def stop(self) -> None:
        """Stop claiming and give back what is being graded. Called from a signal handler: must not wait."""
        self._stopping.set()
        self._grader.stop()

    def close(self) -> None:
        """After the last task: take the judge down."""
        self._stopping.set()
        if self._caretaker.is_alive():
            self._caretaker.join(timeout=5)
        judge_server().close()
        try:
            worker_gone(name=self.name)
        except DatabaseError as error:
            _log.warning("worker not signed off", error=repr(error))

    def grade(self, run_uuid: UUID) -> str:
        """Without a sandbox that works the run is left in the queue; the sweeper sends it again."""
        sandbox = self._sandboxes.readiness().sandbox
        return self._grader.grade(run_uuid, sandbox=sandbox).state if sandbox else "not ready"

    def _care(self) -> None:
        try:
            while True:
                self._care_once()
                if self._stopping.wait(settings.DRILLYARD.grading.sweep_s):
                    return
        finally:
            connection.close()

    def _care_once(self) -> None:
        try:
            found = self._sandboxes.readiness()
            worker_beat(name=self.name, started_at=self._started_at, sandbox=found.sandbox, problem=found.problem)
            swept = sweep()
            if swept.leases_ended or swept.messages_sent:
                _log.info("swept", leases_ended=swept.leases_ended, messages_sent=swept.messages_sent)
        except Exception:  # noqa: BLE001 - a caretaker that dies of one bad moment takes care of nothing
            _log.exception("caretaker failed; it goes on")
            connection.close()


_process: WorkerProcess | None = None
_process_lock = threading.Lock()


def process() -> WorkerProcess:
    """This process as a worker; made on first need."""
    global _process  # noqa: PLW0603 - one a process is the point
    with _process_lock:
        if _process is None:
            _process = WorkerProcess()
        return _process


def grade(run_uuid: UUID) -> str:
    """Grade a run in this worker."""
    return process().grade(run_uuid)


@signals.worker_ready.connect
def _on_ready(**_: Any) -> None:
    process().start()


@signals.worker_shutting_down.connect
def _on_shutting_down(**_: Any) -> None:
    process().stop()


@signals.worker_shutdown.connect
def _on_shutdown(**_: Any) -> None:
    process().close()
