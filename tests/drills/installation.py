"""An installation in a folder of its own, with real processes that a drill may kill.

Everything is as in `make run`: SQLite in a file, the broker in a folder, a Celery worker, a judge. Only the times are
short: a lease of two seconds, a sweep five times a second.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).resolve().parents[2]
PATIENCE_S: Final = 40.0
QUICK: Final = {
    "DRILLYARD_GRADING_LEASE_S": "2",
    "DRILLYARD_GRADING_HEARTBEAT_S": "0.4",
    "DRILLYARD_GRADING_SWEEP_S": "0.2",
    "DRILLYARD_GRADING_RESEND_S": "1",
    "DRILLYARD_GRADING_RETRY_DELAY_S": "0.2",
    "DRILLYARD_GRADING_PROGRESS_S": "0.05",
    "DRILLYARD_GRADING_ATTEMPTS_MAX": "4",
    "DRILLYARD_SUBMISSION_WAITING_MAX": "50",
    "CELERY_SKIP_CHECKS": "1",  # of the pages, which have tests of their own, and which a worker does not serve
}


def until(condition: Callable[[], Any], what: str, *, patience_s: float = PATIENCE_S) -> Any:
    """Wait until `condition` gives something true, and return that. Fails with `what` when patience ends."""
    deadline = time.monotonic() + patience_s
    while time.monotonic() < deadline:
        found = condition()
        if found:
            return found
        time.sleep(0.02)
    raise AssertionError(f"not within {patience_s} s: {what}")


def alive(pid: int) -> bool:
    """Whether the process runs: a zombie does not."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state not in "ZX"


class Front:
    """The platform's side, as a process (`front.py`)."""

    def __init__(self, environment: dict[str, str]) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.drills.front"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=environment,
            cwd=ROOT,
            text=True,
        )

    def do(self, command: str, **arguments: Any) -> dict[str, Any]:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps({"do": command, **arguments}) + "\n")
        self.process.stdin.flush()
        answer: dict[str, Any] = json.loads(self.process.stdout.readline())
        return answer


class Installation:
    def __init__(self, folder: Path, template: Path) -> None:
        self.var = folder / "var"
        self.var.mkdir(mode=0o700)
        shutil.copy(template, self.var / "drillyard.sqlite3")
        self.messages = self.var / "broker" / "messages"
        self.judge_path = self.var / "double.sock"
        self.journal = self.var / "journal"
        self.processes: list[subprocess.Popen[Any]] = []
        self.front = Front(self.environment())
        self.processes.append(self.front.process)

    def environment(self, **more: str) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("DRILLYARD_")}
        paths = os.pathsep.join((str(ROOT / "platform"), str(ROOT)))
        own = {"PYTHONPATH": paths, "DJANGO_SETTINGS_MODULE": "drillyard.config.settings"}
        return {**kept, **own, "DRILLYARD_VAR_DIR": str(self.var), **QUICK, **more}

    # ------------------------------------------------------------------------------------------------ processes

    def worker(self, *, double: bool = True, **more: str) -> subprocess.Popen[bytes]:
        """A worker; with the judge's double, or with the real judge as a child of its own."""
        if double:
            more["DRILLYARD_JUDGE_SOCKET"] = str(self.judge_path)
        with (self.var / f"worker-{len(self.processes)}.log").open("wb") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "celery", "--app", "drillyard.config.celery", "--quiet", "worker"],
                env=self.environment(**more),
                cwd=ROOT,
                stdout=log,
                stderr=log,
            )
        self.processes.append(process)
        return process

    def worker_ready(self, *, double: bool = True, **more: str) -> subprocess.Popen[bytes]:
        """A worker that has passed its self-test and looks for messages."""
        process = self.worker(double=double, **more)
        until(lambda: self._seen(process.pid) or process.poll() is not None, f"the worker {process.pid} is ready")
        assert process.poll() is None, (self.var / f"worker-{len(self.processes) - 1}.log").read_text()
        return process

    def _seen(self, pid: int) -> bool:
        with closing(sqlite3.connect(self.var / "drillyard.sqlite3", timeout=20)) as connection:
            query = "SELECT count(*) FROM labwork_worker WHERE name LIKE ? AND problem = ''"
            return bool(connection.execute(query, (f"%:{pid}",)).fetchone()[0])

    def judge(self) -> subprocess.Popen[bytes]:
        """The judge's double."""
        command = [sys.executable, "-m", "drillyard.labwork.tests.judge_double"]
        process = subprocess.Popen(
            [*command, str(self.judge_path), str(self.journal)],
            stdin=subprocess.PIPE,
            env=self.environment(),
            cwd=ROOT,
        )
        self.processes.append(process)
        until(self.judge_path.exists, "the judge's double listens")
        return process

    def close(self) -> None:
        """End what the drill has started and left."""
        for process in self.processes:
            if process.poll() is None:
                process.send_signal(signal.SIGCONT)
                process.kill()
            process.wait()
            for pipe in (process.stdin, process.stdout):
                if pipe is not None:
                    pipe.close()

    # ---------------------------------------------------------------------------------------------------- looking

    def submit(self, code: str = "x = 1\n") -> dict[str, str]:
        return self.front.do("submit", code=code)

    def look(self, submission: dict[str, str]) -> dict[str, Any]:
        return self.front.do("look", uuid=submission["uuid"])

    def wait_for(self, submission: dict[str, str], state: str) -> dict[str, Any]:
        """Wait until the submission is in `state`; returns the look at it."""

        def reached() -> dict[str, Any] | None:
            found = self.look(submission)
            return found if found["state"] == state else None

        found: dict[str, Any] = until(reached, f"{submission['uuid']} is {state}: {self.look(submission)}")
        return found

    def noted(self, word: str, submission: dict[str, str]) -> int:
        """How often the double has noted `begin` or `end` of the submission's run."""
        if not self.journal.exists():
            return 0
        return sum(line.split()[:2] == [word, submission["run"]] for line in self.journal.read_text().splitlines())

    def message_files(self) -> list[Path]:
        return sorted(self.messages.glob("*.live.msg"))

    @contextmanager
    def database_held(self) -> Iterator[None]:
        """Nobody else writes meanwhile: whoever wants to waits."""
        connection = sqlite3.connect(self.var / "drillyard.sqlite3", timeout=20, isolation_level=None)
        connection.execute("BEGIN IMMEDIATE")
        try:
            yield
        finally:
            connection.execute("ROLLBACK")
            connection.close()
