"""Number 67: whoever watches a run may die at any moment, and nothing of the run outlives it."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

import pytest

from graders.protocol.jobs import SandboxMode
from tests.attacks.grounds import BENIGN, Grounds

MODES = [pytest.param("plain"), pytest.param("bwrap", marks=pytest.mark.bwrap)]
SPIN = """
import probe


class Student(probe.Attack):
    async def attack(self, role):
        while True:
            pass
"""


def _wait_for_a_node(grounds: Grounds) -> None:
    deadline = time.monotonic() + 10
    while len(grounds.processes()) < 2:  # the supervisor and a node
        assert time.monotonic() < deadline, "no node was seen"
        time.sleep(0.01)


def _children(pid: int) -> list[int]:
    return [int(word) for word in Path(f"/proc/{pid}/task/{pid}/children").read_text("ascii").split()]


@pytest.mark.parametrize("mode", MODES)
def test_a_client_that_hangs_up_leaves_no_process(grounds: Grounds, mode: SandboxMode) -> None:
    with grounds.ask(grounds.job(grounds.files("", SPIN), mode)) as connection:
        connection.frame()
        _wait_for_a_node(grounds)
    assert grounds.none_left_within(2.0)
    assert grounds.grade(grounds.files("", BENIGN), mode)[0]["score"] == 100


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_a_judge_that_is_killed_leaves_no_process(grounds: Grounds, mode: SandboxMode, number: signal.Signals) -> None:
    judge, path = grounds.another_judge(pool=1)
    try:
        with grounds.ask(grounds.job(grounds.files("", SPIN), mode), path) as connection:
            connection.frame()
            _wait_for_a_node(grounds)
            judge.send_signal(number)
            judge.wait(5)
            assert grounds.none_left_within(2.0)
    finally:
        grounds.stop(judge)
        path.unlink(missing_ok=True)


@pytest.mark.parametrize("mode", MODES)
def test_a_judge_whose_input_closes_ends_its_runs_and_its_pool(grounds: Grounds, mode: SandboxMode) -> None:
    judge, path = grounds.another_judge(pool=1)
    with grounds.ask(grounds.job(grounds.files("", SPIN), mode), path) as connection:
        connection.frame()
        _wait_for_a_node(grounds)
        grounds.stop(judge)
        assert judge.returncode == 0
        assert grounds.none_left_within(2.0)
    assert not path.exists()


@pytest.mark.parametrize("mode", MODES)
def test_a_run_whose_process_is_killed_is_unknown_and_our_fault(grounds: Grounds, mode: SandboxMode) -> None:
    with grounds.ask(grounds.job(grounds.files("", SPIN), mode)) as connection:
        connection.frame()
        _wait_for_a_node(grounds)
        for pid in _children(grounds.judge.pid):
            if b"graders.judge" in Path(f"/proc/{pid}/cmdline").read_bytes():
                os.kill(pid, signal.SIGKILL)
        outcome = connection.outcome()
    assert outcome["verdict"]["status"] == "unknown"
    assert outcome["run"]["fault"] == "system"
    assert outcome["run"]["error"]["kind"] == "judge_died"
    assert grounds.none_left_within(2.0)


@pytest.mark.parametrize("mode", MODES)
def test_a_supervisor_that_is_killed_costs_the_student_nothing(grounds: Grounds, mode: SandboxMode) -> None:
    """The harness tries the case again in a fresh sandbox; here that one spins too, and is told as what it is."""
    with grounds.ask(grounds.job(grounds.files("", SPIN), mode)) as connection:
        connection.frame()
        _wait_for_a_node(grounds)
        os.kill(min(grounds.processes()), signal.SIGKILL)
        verdict = connection.outcome()["verdict"]
    reasons = {case["name"]: case["reason"] for case in verdict["cases"]}
    assert reasons == {"attack": "time_limit", "answer": None}
    assert grounds.none_left_within(2.0)


def test_a_stranger_may_not_connect(grounds: Grounds) -> None:
    """Charlie: the socket is 0600 in a folder of 0700."""
    assert grounds.path().stat().st_mode & 0o777 == 0o600
    assert grounds.path().parent.stat().st_mode & 0o777 == 0o700
