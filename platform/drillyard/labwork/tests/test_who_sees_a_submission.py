from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser

from drillyard.accounts.models import User
from drillyard.catalog.models import Course, Lab
from drillyard.common import ids
from drillyard.common.errors import NotFound
from drillyard.enrolment.models import Role
from drillyard.enrolment.services import cohort_create, enrolment_delete, enrolment_set
from drillyard.labwork.selectors import (
    latest_files,
    queue_position,
    run_that_counts,
    status_get_for,
    submission_get_for,
    submissions_of,
    submissions_seen_by,
)
from drillyard.labwork.services import verdict_apply
from drillyard.labwork.tests.support import CODE, claim_of, lab_make, submit, verdict_for

pytestmark = pytest.mark.django_db


def test_one_sees_ones_own_with_everything_in_a_fixed_number_of_queries(
    alice: User, lab: Lab, django_assert_num_queries: Any
) -> None:
    submission = submit(alice, lab)
    verdict_apply(claim=claim_of(submission), verdict=verdict_for(submission), run_record={}, sandbox="bwrap")
    with django_assert_num_queries(4):
        found = submission_get_for(user=alice, uuid=submission.uuid)
        run = run_that_counts(found)
        assert run is not None
        assert len(run.cases.all()) == 4
        assert [file.path for file in found.files.all()] == ["breaker.py"]
        assert (found.lab.course.slug, found.lab.item.slug) == ("drills", "breaker")
    with django_assert_num_queries(1):
        assert [row.lab.course.slug for row in submissions_of(user=alice)] == ["drills"]
    assert latest_files(user=alice, lab=lab) == {"breaker.py": CODE}


def test_charlie_and_visitors_see_nothing_and_cannot_tell_absent_from_forbidden(
    alice: User, charlie: User, lab: Lab
) -> None:
    submission = submit(alice, lab)
    for viewer in (charlie, AnonymousUser()):
        for uuid in (submission.uuid, ids.uuid_new()):
            with pytest.raises(NotFound):
                submission_get_for(user=viewer, uuid=uuid)
            with pytest.raises(NotFound):
                status_get_for(user=viewer, uuid=uuid)
        assert not submissions_seen_by(user=viewer).exists()
        assert not submissions_of(user=viewer).exists()


def test_staff_of_a_cohort_see_their_students_in_that_course_and_nobody_else(
    alice: User, bob: User, charlie: User, owner: User, lab: Lab
) -> None:
    other = Course.objects.create(slug="other", title_en="O", title_zh="O", summary_en="", summary_zh="")
    hers, elsewhere = submit(alice, lab), submit(alice, lab_make(course=other, slug="elsewhere"))
    cohort = cohort_create(actor=owner, course=lab.course, slug="a", title="A")
    enrolment = enrolment_set(actor=owner, cohort=cohort, user=alice)
    enrolment_set(actor=owner, cohort=cohort, user=bob, role=Role.ASSISTANT)
    enrolment_set(actor=owner, cohort=cohort, user=charlie)
    assert list(submissions_seen_by(user=bob)) == [hers]
    assert submission_get_for(user=bob, uuid=hers.uuid) == hers
    with pytest.raises(NotFound):
        submission_get_for(user=bob, uuid=elsewhere.uuid)
    assert not submissions_seen_by(user=charlie).exists()
    enrolment_delete(actor=owner, enrolment=enrolment)
    assert not submissions_seen_by(user=bob).exists()


def test_the_installations_staff_see_all(alice: User, owner: User, lab: Lab) -> None:
    submission = submit(alice, lab)
    assert submission_get_for(user=owner, uuid=submission.uuid) == submission


def test_a_place_in_the_queue_counts_who_came_before(alice: User, bob: User, lab: Lab) -> None:
    first, second, third = submit(alice, lab), submit(bob, lab), submit(alice, lab)
    assert [queue_position(submission=one) for one in (first, second, third)] == [0, 1, 2]
    claim_of(first)
    assert [queue_position(submission=one) for one in (first, second, third)] == [None, 0, 1]
    assert status_get_for(user=alice, uuid=third.uuid).position == 1
    assert status_get_for(user=alice, uuid=first.uuid).as_json()["state"] == "running"
