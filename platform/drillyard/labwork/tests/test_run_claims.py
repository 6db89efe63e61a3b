from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import time_machine

from drillyard.accounts.models import User
from drillyard.catalog.models import Lab
from drillyard.common import clock, ids
from drillyard.common.errors import Conflict, NotFound
from drillyard.labwork.models import CaseResult, Submission, SubmissionState
from drillyard.labwork.services import (
    run_claim,
    run_fault,
    run_heartbeat,
    run_progress,
    run_release,
    submission_cancel,
    verdict_apply,
)
from drillyard.labwork.tests.support import claim_of, run_of, submit, verdict_for
from drillyard.records.selectors import audit_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def submission(alice: User, lab: Lab) -> Submission:
    return submit(alice, lab)


def _state(submission: Submission) -> str:
    submission.refresh_from_db()
    return submission.state


def _apply(claim: Any, submission: Submission, status: str = "pass", sandbox: str = "bwrap") -> bool:
    return verdict_apply(
        claim=claim, verdict=verdict_for(submission, status), run_record={"wall_ms": 1}, sandbox=sandbox
    )


def test_a_run_is_claimed_once(submission: Submission, settings: Any) -> None:
    with time_machine.travel(clock.now(), tick=False):
        claim = claim_of(submission)
        assert claim.token == 1
        assert claim.lease_until == clock.now() + timedelta(seconds=settings.DRILLYARD.grading.lease_s)
    assert run_claim(run_uuid=claim.run_uuid, worker="worker-2") is None
    assert _state(submission) == SubmissionState.RUNNING
    assert run_of(submission).claimed_by == "worker-1"


def test_what_does_not_exist_is_not_claimed() -> None:
    assert run_claim(run_uuid=ids.uuid_new(), worker="worker-1") is None


def test_a_heartbeat_moves_the_lease_of_the_current_claim_only(submission: Submission) -> None:
    claim = claim_of(submission)
    with time_machine.travel(clock.now() + timedelta(seconds=10), tick=False):
        assert run_heartbeat(claim=claim)
        assert run_of(submission).heartbeat_at == clock.now()
    assert run_of(submission).lease_until > claim.lease_until  # type: ignore[operator]
    assert not run_heartbeat(claim=replace(claim, token=2))
    assert not run_progress(claim=replace(claim, token=0), progress={"index": 1})
    assert run_of(submission).progress == {}


def test_a_verdict_is_recorded_with_its_cases_and_apart_from_the_run_record(submission: Submission) -> None:
    assert _apply(claim_of(submission), submission)
    run = run_of(submission)
    assert (run.state, run.official, run.sandbox, run.lease_until) == ("done", True, "bwrap", None)
    assert run.verdict == verdict_for(submission)
    assert "wall_ms" not in str(run.verdict)
    assert run.run_record == {"wall_ms": 1}
    assert len(run.verdict_hash) == 64
    assert run.cases.values_list("name", "points", "status").first() == ("opens_after_failures", 25, "pass")
    assert _state(submission) == SubmissionState.DONE
    assert (submission.score, submission.passed, submission.official) == (100, True, True)
    assert (submission.robustness, submission.metrics) == (12, {"calls": 5})
    assert [entry.action for entry in audit_of(target_kind="run", target_uuid=run.uuid)] == ["run.grade"]


def test_a_failure_keeps_what_was_promised_and_seen_and_how_to_replay_it(submission: Submission) -> None:
    assert _apply(claim_of(submission), submission, "fail")
    case = CaseResult.objects.filter(run__submission=submission).first()
    assert case is not None
    assert (case.status, case.reason, case.points) == ("fail", "contradiction", 0)
    assert (case.contradiction_en, case.contradiction_zh) == ("Promised this, saw that.", "承诺如此，所见如彼。")
    assert case.seed == run_of(submission).seed
    assert case.choices == [1, 2]
    submission.refresh_from_db()
    assert (submission.score, submission.passed) == (0, False)


def test_the_plain_sandbox_is_never_official(submission: Submission) -> None:
    assert _apply(claim_of(submission), submission, sandbox="plain")
    assert not run_of(submission).official
    submission.refresh_from_db()
    assert not submission.official


def test_a_verdict_that_comes_twice_is_recorded_once(submission: Submission) -> None:
    claim = claim_of(submission)
    assert _apply(claim, submission)
    finished_at = run_of(submission).finished_at
    assert _apply(claim, submission)
    assert run_of(submission).finished_at == finished_at
    assert CaseResult.objects.count() == 4
    assert audit_of(target_kind="run", target_uuid=claim.run_uuid).count() == 1


def test_a_stale_answer_changes_nothing(submission: Submission) -> None:
    stale = claim_of(submission)
    assert run_fault(claim=stale, fault="fault_judge_died")
    fresh = claim_of(submission, "worker-2")
    assert fresh.token == 2
    assert not _apply(stale, submission, "fail")
    assert not run_fault(claim=stale, fault="fault_judge_died")
    assert not run_release(claim=stale)
    assert not run_heartbeat(claim=stale)
    assert _state(submission) == SubmissionState.RUNNING
    assert _apply(fresh, submission)
    assert not _apply(stale, submission, "fail")
    submission.refresh_from_db()
    assert submission.score == 100


def test_our_faults_are_retried_and_then_unknown_without_a_score(submission: Submission, settings: Any) -> None:
    for attempt in range(1, settings.DRILLYARD.grading.attempts_max + 1):
        assert claim_of(submission).token == attempt
        run_fault(claim=replace(_claim(submission), token=attempt), fault="fault_judge_died", detail="signal 9")
    assert _state(submission) == SubmissionState.UNKNOWN
    assert (submission.score, submission.fault) == (None, "fault_judge_died")
    run = run_of(submission)
    assert (run.state, run.fault_detail) == ("unknown", "signal 9")
    assert run_claim(run_uuid=run.uuid, worker="worker-1") is None
    actions = [entry.action for entry in audit_of(target_kind="run", target_uuid=run.uuid)]
    assert actions == ["run.retry", "run.retry", "run.give_up"]


def _claim(submission: Submission) -> Any:
    from drillyard.labwork.services import Claim  # noqa: PLC0415

    run = run_of(submission)
    assert run.lease_until is not None
    return Claim(run_uuid=run.uuid, token=run.fencing_token, lease_until=run.lease_until)


def test_a_run_given_back_costs_no_attempt_and_is_sent_again_at_once(submission: Submission) -> None:
    claim = claim_of(submission)
    assert run_release(claim=claim)
    run = run_of(submission)
    assert (run.state, run.attempts, run.lease_until) == ("queued", 0, None)
    assert run.send_after <= clock.now()
    assert _state(submission) == SubmissionState.QUEUED


def test_one_takes_ones_own_submission_back_while_it_waits(submission: Submission, alice: User) -> None:
    assert submission_cancel(user=alice, uuid=submission.uuid).state == SubmissionState.CANCELLED
    assert run_claim(run_uuid=run_of(submission).uuid, worker="worker-1") is None
    with pytest.raises(Conflict):
        submission_cancel(user=alice, uuid=submission.uuid)


def test_what_is_being_graded_is_not_taken_back(submission: Submission, alice: User) -> None:
    claim_of(submission)
    with pytest.raises(Conflict) as conflict:
        submission_cancel(user=alice, uuid=submission.uuid)
    assert conflict.value.id == "submission_not_cancellable"


def test_charlie_cannot_take_alices_submission_back(submission: Submission, charlie: User) -> None:
    for uuid in (submission.uuid, ids.uuid_new()):
        with pytest.raises(NotFound):
            submission_cancel(user=charlie, uuid=uuid)
    assert _state(submission) == SubmissionState.QUEUED
