"""The same with the real judge and a real sandbox: no process is left, and the next one grades."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

import pytest

from tests.drills.installation import Installation, alive, until

pytestmark = pytest.mark.slow

GOOD = "class Breaker:\n    async def call(self, value):\n        return value\n"
BAD = "class Breaker:\n    async def call(self, value):\n        return value + 1\n"


def _descendants(pid: int) -> list[int]:
    """Every process that `pid` has started, and what those have."""
    children: dict[int, list[int]] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        children.setdefault(int(fields[1]), []).append(int(stat.parent.name))
    found, todo = [], [pid]
    while todo:
        below = children.get(todo.pop(), [])
        found += below
        todo += below
    return found


def _none_left(pids: list[int]) -> bool:
    return not any(alive(pid) for pid in pids)


def test_good_and_bad_code_is_graded_in_a_sandbox(installation: Installation) -> None:
    installation.worker_ready(double=False)
    good, bad = installation.submit(GOOD), installation.submit(BAD)
    found = installation.wait_for(good, "done")
    assert (found["score"], found["attempts"], found["cases"]) == (100, 1, 2)
    assert found["sandbox"] in ("bwrap", "plain")
    assert installation.wait_for(bad, "done")["score"] == 0


def test_a_killed_worker_takes_judge_and_sandboxes_along_and_the_next_grades(installation: Installation) -> None:
    worker = installation.worker_ready(double=False)
    submission = installation.submit(GOOD)
    installation.wait_for(submission, "running")
    below = _descendants(worker.pid)
    assert below
    worker.kill()
    worker.wait(10)
    until(lambda: _none_left(below), "judge and sandboxes are gone", patience_s=5)
    installation.worker_ready(double=False)
    found = installation.wait_for(submission, "done")
    assert (found["score"], found["gradings"]) == (100, 1)


def test_a_worker_that_is_told_to_stop_leaves_no_process(installation: Installation) -> None:
    worker = installation.worker_ready(double=False)
    below = _descendants(worker.pid)
    assert below
    began = time.monotonic()
    worker.terminate()
    assert worker.wait(15) == 0
    assert time.monotonic() - began < 10
    until(lambda: _none_left(below), "judge and sandboxes are gone", patience_s=5)
    assert not list((installation.var / "judge").glob("*.sock"))


def test_a_killed_judge_is_started_again(installation: Installation) -> None:
    worker = installation.worker_ready(double=False)
    (judge,) = [pid for pid in _descendants(worker.pid) if _is_judge(pid, worker.pid)]
    os.kill(judge, signal.SIGKILL)
    found = installation.wait_for(installation.submit(GOOD), "done")
    assert (found["score"], found["gradings"]) == (100, 1)
    assert alive(worker.pid)


def _is_judge(pid: int, worker: int) -> bool:
    """The judge's server is the worker's own child."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return False
    return int(fields[1]) == worker
