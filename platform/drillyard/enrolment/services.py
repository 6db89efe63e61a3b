"""Changes to cohorts and to who is in them. Each is atomic and leaves an audit entry."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from drillyard.enrolment.models import Cohort, Enrolment, Role
from drillyard.records.services import audit_create


@transaction.atomic
def cohort_create(*, actor: Any | None, course: Any, slug: str, title: str) -> Cohort:
    """Make a cohort of `course`."""
    cohort = Cohort.objects.create(course=course, slug=slug, title=title)
    audit_create(actor=actor, action="cohort.create", target_kind="cohort", target_uuid=cohort.uuid)
    return cohort


@transaction.atomic
def enrolment_set(*, actor: Any | None, cohort: Cohort, user: Any, role: Role = Role.STUDENT) -> Enrolment:
    """Give `user` this role in `cohort`, instead of the one they had."""
    enrolment, _ = Enrolment.objects.update_or_create(cohort=cohort, user=user, defaults={"role": role})
    audit_create(
        actor=actor,
        action="enrolment.set",
        target_kind="enrolment",
        target_uuid=enrolment.uuid,
        detail={"cohort": cohort.uuid, "user": user.uuid, "role": role.value},
    )
    return enrolment


@transaction.atomic
def enrolment_delete(*, actor: Any | None, enrolment: Enrolment) -> None:
    """Take a person out of a cohort. What they have submitted stays theirs."""
    audit_create(
        actor=actor, action="enrolment.delete", target_kind="enrolment", target_uuid=enrolment.uuid,
        detail={"cohort": enrolment.cohort.uuid, "user": enrolment.user.uuid},
    )  # fmt: skip
    enrolment.delete()
