from __future__ import annotations

import pytest
from django.contrib.auth.models import AnonymousUser

from drillyard.accounts.models import User
from drillyard.catalog.models import Lab
from drillyard.common.errors import NotFound
from drillyard.enrolment.access import is_course_staff, may_submit
from drillyard.enrolment.models import Role
from drillyard.enrolment.selectors import cohort_get_for, cohorts_of, members_of
from drillyard.enrolment.services import cohort_create, enrolment_set
from drillyard.records.selectors import audit_of

pytestmark = pytest.mark.django_db


def test_a_person_has_one_role_a_cohort_and_changes_are_audited(alice: User, owner: User, lab: Lab) -> None:
    cohort = cohort_create(actor=owner, course=lab.course, slug="2026", title="2026")
    enrolment_set(actor=owner, cohort=cohort, user=alice)
    enrolment = enrolment_set(actor=owner, cohort=cohort, user=alice, role=Role.INSTRUCTOR)
    assert cohort.enrolments.get() == enrolment
    assert is_course_staff(alice, lab.course)
    assert audit_of(target_kind="enrolment", target_uuid=enrolment.uuid).count() == 2


def test_students_see_themselves_in_a_cohort_and_staff_see_everybody(
    alice: User, bob: User, owner: User, lab: Lab
) -> None:
    cohort = cohort_create(actor=owner, course=lab.course, slug="2026", title="2026")
    enrolment_set(actor=owner, cohort=cohort, user=alice)
    enrolment_set(actor=owner, cohort=cohort, user=bob, role=Role.INSTRUCTOR)
    assert cohort_get_for(user=alice, uuid=cohort.uuid) == cohort
    assert [member.user for member in members_of(user=alice, cohort=cohort)] == [alice]
    assert {member.user for member in members_of(user=bob, cohort=cohort)} == {alice, bob}
    assert cohorts_of(user=owner).count() == 1


def test_charlie_and_visitors_see_no_cohort(alice: User, charlie: User, owner: User, lab: Lab) -> None:
    cohort = cohort_create(actor=owner, course=lab.course, slug="2026", title="2026")
    enrolment_set(actor=owner, cohort=cohort, user=alice)
    for viewer in (charlie, AnonymousUser()):
        with pytest.raises(NotFound):
            cohort_get_for(user=viewer, uuid=cohort.uuid)
        assert not is_course_staff(viewer, lab.course)
    assert may_submit(charlie, lab.course)
    assert not may_submit(AnonymousUser(), lab.course)
