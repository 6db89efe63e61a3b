from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.contrib.auth.models import AnonymousUser

from drillyard.accounts.models import User
from drillyard.catalog.models import Item, Lab
from drillyard.common import clock
from drillyard.common.errors import Conflict, LimitReached, NotFound, Refused
from drillyard.labwork.models import GradingRun, Submission, SubmissionState
from drillyard.labwork.seeds import official_seed
from drillyard.labwork.services import submission_create
from drillyard.labwork.tests.support import CODE, run_of, submit
from drillyard.records.models import AuditEntry, OutboxEntry

pytestmark = pytest.mark.django_db


def _limits(settings: Any, **changes: int) -> None:
    settings.DRILLYARD = replace(settings.DRILLYARD, submissions=replace(settings.DRILLYARD.submissions, **changes))


def test_everything_that_belongs_to_a_submission_is_written_together(alice: User, lab: Lab) -> None:
    submission = submit(alice, lab)
    assert submission.state == SubmissionState.QUEUED
    assert submission.number == 1
    assert submission.revision == lab.item.published
    assert list(submission.files.values_list("path", "text")) == [("breaker.py", CODE)]
    run = run_of(submission)
    assert (run.state, run.lane, run.attempts, run.fencing_token) == ("queued", "live", 0, 0)
    entry = AuditEntry.objects.get(target_kind="submission", target_uuid=submission.uuid)
    assert (entry.action, entry.actor) == ("submission.create", alice)
    assert entry.detail["code"] == submission.code_hash
    assert OutboxEntry.objects.get().key == run.uuid


def test_numbers_count_a_persons_submissions_for_a_lab(alice: User, bob: User, lab: Lab) -> None:
    assert [submit(alice, lab).number, submit(alice, lab).number, submit(bob, lab).number] == [1, 2, 1]


def test_the_seed_cannot_be_known_before_and_belongs_to_the_submission(alice: User, lab: Lab, settings: Any) -> None:
    first, second = submit(alice, lab), submit(alice, lab)
    seeds = {run_of(first).seed, run_of(second).seed}
    assert len(seeds) == 2
    assert all(0 <= seed < 1 << 63 for seed in seeds)
    secret = settings.DRILLYARD.seed_secret
    revision = first.revision.content_hash
    assert run_of(first).seed == official_seed(secret=secret, revision=revision, submission=first.uuid)
    assert run_of(first).seed != official_seed(secret="other", revision=revision, submission=first.uuid)


def test_the_same_request_again_brings_the_same_submission(alice: User, lab: Lab) -> None:
    first, again = submit(alice, lab, key="click-0001"), submit(alice, lab, key="click-0001")
    assert first == again
    assert Submission.objects.count() == GradingRun.objects.count() == OutboxEntry.objects.count() == 1


def test_a_repetition_is_answered_even_when_a_limit_is_reached_meanwhile(alice: User, lab: Lab, settings: Any) -> None:
    first = submit(alice, lab, key="click-0001")
    _limits(settings, waiting_max=1)
    assert submit(alice, lab, key="click-0001") == first


def test_the_same_key_with_other_code_is_a_conflict(alice: User, lab: Lab) -> None:
    submit(alice, lab, key="click-0001")
    with pytest.raises(Conflict) as conflict:
        submit(alice, lab, code="class Breaker: ...\n", key="click-0001")
    assert conflict.value.id == "idempotency_conflict"
    assert Submission.objects.count() == 1


def test_charlie_with_alices_key_makes_his_own_submission(alice: User, charlie: User, lab: Lab) -> None:
    hers, his = submit(alice, lab, key="click-0001"), submit(charlie, lab, key="click-0001")
    assert hers != his
    assert his.user == charlie


def test_visitors_and_closed_accounts_may_not_submit(alice: User, lab: Lab) -> None:
    User.objects.filter(pk=alice.pk).update(is_active=False)
    alice.refresh_from_db()
    for user in (AnonymousUser(), alice):
        with pytest.raises(NotFound):
            submit(user, lab)
    assert not Submission.objects.exists()


def test_a_withdrawn_lab_takes_nothing(alice: User, lab: Lab) -> None:
    Item.objects.filter(pk=lab.item.pk).update(published=None)
    lab.item.refresh_from_db()
    with pytest.raises(NotFound):
        submit(alice, lab)


@pytest.mark.parametrize("key", ["", "short", "with space 1", "x" * 129, "quote'quote'"])
def test_a_key_that_is_none_is_refused(alice: User, lab: Lab, key: str) -> None:
    with pytest.raises(Refused) as refusal:
        submission_create(user=alice, lab=lab, files={"breaker.py": CODE}, idempotency_key=key)
    assert refusal.value.id == "idempotency_key_invalid"


@pytest.mark.parametrize(
    ("files", "error_id"),
    [
        ({}, "submission_empty"),
        ({"helper.py": CODE}, "submission_file_missing"),
        ({"breaker.py": " \n"}, "submission_file_empty"),
        ({"breaker.py": CODE, "evil.py": CODE}, "submission_file_unknown"),
        ({"breaker.py": CODE, "../breaker.py": CODE}, "submission_file_name_invalid"),
        ({"breaker.py": CODE, "/etc/passwd": CODE}, "submission_file_name_invalid"),
        ({"breaker.py": CODE, "a\\b.py": CODE}, "submission_file_name_invalid"),
        ({"breaker.py": CODE, "..": CODE}, "submission_file_name_invalid"),
        ({"breaker.py": CODE, "": CODE}, "submission_file_name_invalid"),
        ({"breaker.py": CODE, "a\0.py": CODE}, "submission_file_name_invalid"),
        ({"breaker.py": CODE, "a\u202e.py": CODE}, "submission_file_name_invalid"),
        ({"breaker.py": CODE, "x" * 5000: CODE}, "submission_file_name_invalid"),
        ({"breaker.py": b"\xff\xfe"}, "submission_file_not_utf8"),
        ({"breaker.py": "\udc80"}, "submission_file_not_utf8"),
        ({"breaker.py": "a = 'x\0y'"}, "submission_file_has_nul"),
        ({"breaker.py": "x" * (256 * 1024 + 1)}, "submission_file_too_large"),
        ({"breaker.py": "汉" * (100 * 1024)}, "submission_file_too_large"),
        ({f"file-{number}.py": CODE for number in range(17)}, "submission_too_many_files"),
    ],
)
def test_what_cannot_be_accepted_is_refused_by_name_and_leaves_nothing(
    alice: User, lab: Lab, files: dict[str, str | bytes], error_id: str
) -> None:
    with pytest.raises(Refused) as refusal:
        submission_create(user=alice, lab=lab, files=files, idempotency_key="click-0001")
    assert refusal.value.id == error_id
    assert refusal.value.text("en")
    assert refusal.value.text("zh-hans")
    assert not Submission.objects.exists()


def test_all_files_together_have_a_limit_too(alice: User, lab: Lab, settings: Any) -> None:
    _limits(settings, bytes_max=len(CODE) * 2 - 1)
    with pytest.raises(Refused) as refusal:
        submission_create(
            user=alice, lab=lab, files={"breaker.py": CODE, "helper.py": CODE}, idempotency_key="click-0001"
        )
    assert refusal.value.id == "submission_too_large"


def test_one_program_has_one_hash_however_its_lines_end(alice: User, lab: Lab) -> None:
    unix, form, upload = (
        submit(alice, lab, code)
        for code in (CODE, CODE.replace("\n", "\r\n"), b"\xef\xbb\xbf" + CODE.encode().replace(b"\n", b"\r"))
    )
    assert unix.code_hash == form.code_hash == upload.code_hash
    assert upload.files.get().text == CODE


def test_too_many_waiting_is_a_limit(alice: User, bob: User, lab: Lab, settings: Any) -> None:
    _limits(settings, waiting_max=2)
    submit(alice, lab)
    submit(alice, lab)
    with pytest.raises(LimitReached) as limit:
        submit(alice, lab)
    assert limit.value.id == "submission_queue_full"
    submit(bob, lab)


def test_too_often_is_a_limit_that_says_when_to_come_back(alice: User, lab: Lab, settings: Any) -> None:
    _limits(settings, rate_count_max=2, waiting_max=9)
    with time_machine.travel(clock.now(), tick=False) as traveller:
        submit(alice, lab)
        traveller.shift(timedelta(minutes=4))
        submit(alice, lab)
        with pytest.raises(LimitReached) as limit:
            submit(alice, lab)
        assert limit.value.id == "submission_rate_reached"
        assert limit.value.retry_after_s == 6 * 60 + 1
        traveller.shift(timedelta(seconds=6 * 60 + 1))
        submit(alice, lab)


def test_what_failed_through_our_fault_does_not_count_against_the_rate(alice: User, lab: Lab, settings: Any) -> None:
    _limits(settings, rate_count_max=1)
    submission = submit(alice, lab)
    Submission.objects.filter(pk=submission.pk).update(state=SubmissionState.UNKNOWN)
    assert submit(alice, lab).number == 2
