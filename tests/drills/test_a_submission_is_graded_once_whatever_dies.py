"""Kill, freeze and stop the worker at every step; lose and double its messages. Graded exactly once, always."""

from __future__ import annotations

import shutil
import signal
import subprocess
import time
from typing import Any

import pytest

from tests.drills.installation import Installation, until

pytestmark = pytest.mark.slow


def _graded_once(installation: Installation, submission: dict[str, str]) -> dict[str, Any]:
    """Wait for the verdict, and a little longer for a second one that must not come."""
    installation.wait_for(submission, "done")
    time.sleep(0.6)
    found = installation.look(submission)
    assert (found["state"], found["run_state"], found["score"]) == ("done", "done", 100)
    assert (found["gradings"], found["cases"]) == (1, 4)
    assert installation.noted("end", submission) >= 1
    return found


def _kill(process: subprocess.Popen[bytes]) -> None:
    process.kill()
    process.wait(10)


def _freeze(installation: Installation, process: subprocess.Popen[bytes]) -> None:
    """Stop a process where it stands, but not inside a transaction:

    SQLite has one writer, and it would freeze with it.
    """
    with installation.database_held():
        process.send_signal(signal.SIGSTOP)


def _thaw(process: subprocess.Popen[bytes]) -> None:
    process.send_signal(signal.SIGCONT)


def test_nothing_goes_wrong(installation: Installation) -> None:
    installation.judge()
    installation.worker_ready()
    submissions = [installation.submit() for _ in range(5)]
    for submission in submissions:
        found = _graded_once(installation, submission)
        assert (found["attempts"], found["token"]) == (1, 1)
        assert installation.noted("begin", submission) == 1


def test_no_worker_lives_when_the_submission_comes(installation: Installation) -> None:
    submission = installation.submit()
    installation.judge()
    installation.worker_ready()
    assert _graded_once(installation, submission)["attempts"] == 1


def test_the_worker_is_killed_before_the_claim(installation: Installation) -> None:
    installation.judge()
    worker = installation.worker_ready()
    _freeze(installation, worker)
    submission = installation.submit()
    with installation.database_held():
        _thaw(worker)
        until(lambda: not installation.message_files(), "the worker has taken the message")
        _kill(worker)
    assert installation.look(submission)["run_state"] == "queued"
    installation.worker_ready()
    assert _graded_once(installation, submission)["attempts"] == 1


def test_the_worker_is_killed_after_the_claim_and_before_the_judge_begins(installation: Installation) -> None:
    judge = installation.judge()
    worker = installation.worker_ready()
    _freeze(installation, judge)
    submission = installation.submit()
    installation.wait_for(submission, "running")
    _kill(worker)
    _thaw(judge)
    assert installation.noted("end", submission) == 0
    installation.worker_ready()
    found = _graded_once(installation, submission)
    assert (found["attempts"], found["token"]) == (2, 2)


def test_the_worker_is_killed_while_the_judge_works(installation: Installation) -> None:
    installation.judge()
    worker = installation.worker_ready()
    submission = installation.submit("# drill: slow 1.5\n")
    until(lambda: installation.look(submission)["progress"], "the judge has made progress")
    _kill(worker)
    installation.worker_ready()
    assert _graded_once(installation, submission)["token"] == 2


def test_the_worker_is_killed_between_the_verdict_and_its_recording(installation: Installation) -> None:
    installation.judge()
    worker = installation.worker_ready(DRILLYARD_GRADING_PROGRESS_S="60")
    submission = installation.submit("# drill: slow 0.8\n")
    until(lambda: installation.noted("begin", submission), "the judge has begun")
    installation.wait_for(submission, "running")
    with installation.database_held():
        until(lambda: installation.noted("end", submission), "the judge has answered")
        time.sleep(0.2)
        _kill(worker)
    assert installation.look(submission)["gradings"] == 0
    installation.worker_ready()
    assert _graded_once(installation, submission)["token"] == 2


def test_the_worker_is_told_to_stop_while_the_judge_works(installation: Installation) -> None:
    installation.judge()
    worker = installation.worker_ready()
    submission = installation.submit("# drill: slow 8\n")
    until(lambda: installation.look(submission)["progress"], "the judge has made progress")
    began = time.monotonic()
    worker.terminate()
    assert worker.wait(10) == 0
    assert time.monotonic() - began < 8
    found = installation.look(submission)
    assert (found["state"], found["attempts"]) == ("queued", 0)


def test_a_run_given_back_is_graded_by_the_next_worker(installation: Installation) -> None:
    installation.judge()
    worker = installation.worker_ready()
    submission = installation.submit("# drill: slow 1\n")
    installation.wait_for(submission, "running")
    worker.send_signal(signal.SIGINT)
    worker.wait(10)
    installation.worker_ready()
    found = _graded_once(installation, submission)
    assert (found["attempts"], found["token"]) == (1, 2)


def test_a_frozen_worker_answers_after_another_has_graded(installation: Installation) -> None:
    installation.judge()
    frozen = installation.worker_ready()
    submission = installation.submit("# drill: slow 1\n")
    until(lambda: installation.look(submission)["progress"], "the judge has made progress")
    _freeze(installation, frozen)
    installation.worker_ready()
    before = _graded_once(installation, submission)
    assert before["token"] == 2
    assert str(frozen.pid) not in before["claimed_by"]
    _thaw(frozen)
    time.sleep(1.5)
    assert installation.look(submission) == before
    assert frozen.poll() is None


def test_a_frozen_worker_wakes_while_another_grades(installation: Installation) -> None:
    installation.judge()
    frozen = installation.worker_ready()
    submission = installation.submit("# drill: slow 2\n")
    until(lambda: installation.look(submission)["progress"], "the judge has made progress")
    _freeze(installation, frozen)
    installation.worker_ready()
    until(lambda: installation.look(submission)["token"] == 2, "another worker has claimed the run")
    _thaw(frozen)
    assert _graded_once(installation, submission)["token"] == 2


def test_a_long_grading_keeps_its_lease(installation: Installation) -> None:
    installation.judge()
    installation.worker_ready()
    installation.worker_ready()
    submission = installation.submit("# drill: slow 5\n")
    found = _graded_once(installation, submission)
    assert (found["attempts"], installation.noted("begin", submission)) == (1, 1)


def test_the_message_is_lost(installation: Installation) -> None:
    installation.judge()
    worker = installation.worker_ready()
    _freeze(installation, worker)
    submission = installation.submit()
    for path in installation.message_files():
        path.unlink()
    _thaw(worker)
    assert _graded_once(installation, submission)["attempts"] == 1


def test_the_message_is_delivered_many_times(installation: Installation) -> None:
    installation.judge()
    workers = [installation.worker_ready(), installation.worker_ready()]
    for worker in workers:
        _freeze(installation, worker)
    submission = installation.submit("# drill: slow 0.5\n")
    (message,) = installation.message_files()
    for number in range(6):
        shutil.copy(message, message.with_name(f"{number}{message.name}"))
    for worker in workers:
        _thaw(worker)
    found = _graded_once(installation, submission)
    assert (found["attempts"], installation.noted("begin", submission)) == (1, 1)
    until(lambda: not installation.message_files(), "every copy has been taken")


def test_a_message_that_is_no_message_stops_nobody(installation: Installation) -> None:
    installation.judge()
    installation.worker_ready()
    (installation.messages / "0_broken.live.msg").write_text("")
    (installation.messages / "0_half.live.msg").write_text('{"half": ')
    (installation.messages / "0_nonsense.live.msg").write_text('{"properties": {}}')
    submission = installation.submit()
    assert _graded_once(installation, submission)["attempts"] == 1


def test_the_broker_is_swept_away(installation: Installation) -> None:
    installation.judge()
    installation.front.do("sweep")
    shutil.rmtree(installation.var / "broker")
    submission = installation.submit()
    assert installation.look(submission)["state"] == "queued"
    installation.worker_ready()
    assert _graded_once(installation, submission)["attempts"] == 1


def test_the_judge_is_killed_while_it_works(installation: Installation) -> None:
    judge = installation.judge()
    installation.worker_ready()
    submission = installation.submit("# drill: slow 1.5\n")
    until(lambda: installation.look(submission)["progress"], "the judge has made progress")
    _kill(judge)
    until(lambda: installation.look(submission)["run_fault"], "the fault is noted")
    installation.judge()
    found = _graded_once(installation, submission)
    assert found["attempts"] >= 2


def test_what_kills_every_judge_is_given_up_as_our_fault_and_others_go_on(installation: Installation) -> None:
    installation.judge()
    installation.worker_ready()
    submission = installation.submit("# drill: hang up\n")
    found = installation.wait_for(submission, "unknown")
    assert (found["score"], found["fault"], found["attempts"]) == (None, "fault_judge_died", 4)
    assert _graded_once(installation, installation.submit())["attempts"] == 1
