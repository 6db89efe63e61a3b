"""A worker's part of the way, against a judge that is a real process."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from drillyard.accounts.models import User
from drillyard.catalog.models import Lab
from drillyard.labwork.judge_client import JudgeFault, JudgeServer
from drillyard.labwork.judging import Grader, verdict_problem
from drillyard.labwork.models import GradingRun, Submission, SubmissionState
from drillyard.labwork.sandboxes import Sandboxes, self_test_job
from drillyard.labwork.services import run_fault
from drillyard.labwork.tests.support import claim_of, job_for, judge_double, run_of, submit, verdict_for

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(scope="module")
def double(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, Path]]:
    with judge_double(tmp_path_factory.mktemp("judge")) as (path, journal, _):
        yield path, journal


@pytest.fixture
def server(double: tuple[Path, Path], tmp_path: Path) -> JudgeServer:
    return JudgeServer(var=tmp_path, external=double[0])


@pytest.fixture
def grader(server: JudgeServer, definition: None) -> Grader:
    return Grader(name="worker-1", server=server)


@pytest.fixture
def definition(lab: Lab, settings: Any) -> None:
    """Progress is written every time, beats are quick."""
    grading = replace(settings.DRILLYARD.grading, progress_s=0.0, heartbeat_s=0.1, answer_s=5.0)
    settings.DRILLYARD = replace(settings.DRILLYARD, grading=grading)


def _grade(grader: Grader, submission: Submission) -> str:
    return grader.grade(run_of(submission).uuid, sandbox="bwrap").state


@pytest.mark.parametrize(("code", "result"), [("x = 1\n", (100, True)), ("# drill: fail\n", (0, False))])
def test_a_submission_is_judged_and_recorded(
    grader: Grader, alice: User, lab: Lab, code: str, result: tuple[int, bool]
) -> None:
    submission = submit(alice, lab, code)
    assert _grade(grader, submission) == "graded"
    submission.refresh_from_db()
    assert submission.state == SubmissionState.DONE
    assert (submission.score, submission.passed) == result
    assert _grade(grader, submission) == "nothing"


def test_progress_is_written_while_the_judge_works(grader: Grader, alice: User, lab: Lab) -> None:
    submission = submit(alice, lab, "# drill: slow 1\n")
    seen = []
    thread = threading.Thread(target=_grade, args=(grader, submission))
    thread.start()
    while thread.is_alive():
        progress = GradingRun.objects.values_list("progress", flat=True).get()
        if progress and progress not in seen:
            seen.append(progress)
        time.sleep(0.02)
    thread.join()
    assert len(seen) >= 4
    assert seen[0]["total"] == 4
    assert seen[-1]["cases"][0] == ["opens_after_failures", "pass"]


@pytest.mark.parametrize(
    ("code", "fault"),
    [
        ("# drill: unknown\n", "fault_judge_unknown"),
        ("# drill: nonsense\n", "fault_judge_protocol"),
        ("# drill: hang up\n", "fault_judge_died"),
    ],
)
def test_what_goes_wrong_with_the_judge_is_our_fault_and_is_retried(
    grader: Grader, alice: User, lab: Lab, code: str, fault: str
) -> None:
    submission = submit(alice, lab, code)
    assert _grade(grader, submission) == "fault"
    run = run_of(submission)
    assert (run.state, run.fault, run.attempts) == ("queued", fault, 1)
    submission.refresh_from_db()
    assert (submission.state, submission.score) == (SubmissionState.QUEUED, None)


def test_a_judge_that_falls_silent_is_given_up_in_time(grader: Grader, alice: User, lab: Lab, settings: Any) -> None:
    settings.DRILLYARD = replace(settings.DRILLYARD, grading=replace(settings.DRILLYARD.grading, answer_s=0.3))
    submission = submit(alice, lab, "# drill: silent\n")
    began = time.monotonic()
    assert _grade(grader, submission) == "fault"
    assert time.monotonic() - began < 3
    assert run_of(submission).fault == "fault_judge_silent"


def test_a_judge_that_is_not_there_is_our_fault(alice: User, lab: Lab, tmp_path: Path) -> None:
    grader = Grader(name="worker-1", server=JudgeServer(var=tmp_path, external=tmp_path / "nobody.sock"))
    submission = submit(alice, lab)
    assert _grade(grader, submission) == "fault"
    assert run_of(submission).fault == "fault_judge_unavailable"


def test_a_worker_that_lost_its_claim_stops_and_records_nothing(grader: Grader, alice: User, lab: Lab) -> None:
    submission = submit(alice, lab, "# drill: slow 3\n")
    states: list[str] = []
    thread = threading.Thread(target=lambda: states.append(_grade(grader, submission)))
    began = time.monotonic()
    thread.start()
    while run_of(submission).state != SubmissionState.RUNNING:
        time.sleep(0.01)
    run = run_of(submission)
    claim = replace(_claim(run), token=run.fencing_token)
    assert run_fault(claim=claim, fault="fault_worker_lost")
    other = claim_of(submission, "worker-2")
    thread.join()
    assert states == ["stale"]
    assert time.monotonic() - began < 2
    assert (run_of(submission).claimed_by, run_of(submission).fencing_token) == ("worker-2", other.token)


def test_a_worker_that_is_told_to_stop_gives_its_run_back_at_once(grader: Grader, alice: User, lab: Lab) -> None:
    submission, next_one = submit(alice, lab, "# drill: slow 3\n"), submit(alice, lab)
    states: list[str] = []
    thread = threading.Thread(target=lambda: states.append(_grade(grader, submission)))
    thread.start()
    while run_of(submission).progress == {}:
        time.sleep(0.01)
    began = time.monotonic()
    grader.stop()
    thread.join()
    assert time.monotonic() - began < 1
    assert states == ["released"]
    assert (run_of(submission).state, run_of(submission).attempts) == ("queued", 0)
    assert _grade(grader, next_one) == "nothing"


def _claim(run: GradingRun) -> Any:
    from drillyard.labwork.services import Claim  # noqa: PLC0415

    assert run.lease_until is not None
    return Claim(run_uuid=run.uuid, token=run.fencing_token, lease_until=run.lease_until)


def test_a_verdict_on_something_else_is_none(alice: User, lab: Lab) -> None:
    submission = submit(alice, lab)
    job, verdict = job_for(submission), verdict_for(submission)
    assert verdict_problem(verdict, job) == ""
    changes: list[dict[str, Any]] = [
        {"seed": 1},
        {"lab": "other"},
        {"lab_revision": "other"},
        {"code_hash": "other"},
        {"status": "perhaps"},
        {"score": 101},
        {"score": True},
        {"cases": None},
        {"cases": [{}]},
        {"metrics": None},
    ]
    for change in changes:
        assert verdict_problem({**verdict, **change}, job), change


def test_the_self_test_decides_what_a_worker_grades_in(server: JudgeServer, tmp_path: Path) -> None:
    assert Sandboxes(server=server, setting="auto", var=tmp_path).readiness().sandbox == "bwrap"
    assert Sandboxes(server=server, setting="plain", var=tmp_path).readiness().sandbox == "plain"
    nobody = JudgeServer(var=tmp_path, external=tmp_path / "nobody.sock")
    found = Sandboxes(server=nobody, setting="bwrap", var=tmp_path).readiness()
    assert found.sandbox == ""
    assert "bwrap: fault_judge_unavailable" in found.problem


def test_the_self_tests_suite_is_laid_down_where_the_judge_finds_it(tmp_path: Path) -> None:
    job = self_test_job("plain", tmp_path)
    assert [path.name for path in Path(job.lab.suite_dir).iterdir()] == ["test_sandbox.py"]


def test_a_judge_that_cannot_start_says_so(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("no folder")
    with pytest.raises((JudgeFault, OSError)):
        JudgeServer(var=blocked, external=None).run(self_test_job("plain", tmp_path), answer_s=1)
