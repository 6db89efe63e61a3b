"""Reading cohorts, through access functions."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from drillyard.common.errors import NotFound
from drillyard.enrolment.models import STAFF_ROLES, Cohort, Enrolment


def cohorts_of(*, user: Any) -> QuerySet[Cohort]:
    """The cohorts that `user` is in, in whatever role; all of them for the installation's staff."""
    if not (user.is_authenticated and user.is_active):
        return Cohort.objects.none()
    cohorts = Cohort.objects.select_related("course").order_by("title")
    return cohorts if user.is_staff else cohorts.filter(enrolments__user=user)


def cohort_get_for(*, user: Any, uuid: UUID) -> Cohort:
    """A cohort that `user` is in. Raises `NotFound` alike for absent and forbidden."""
    cohort = cohorts_of(user=user).filter(uuid=uuid).first()
    if cohort is None:
        raise NotFound
    return cohort


def members_of(*, user: Any, cohort: Cohort) -> QuerySet[Enrolment]:
    """Who is in `cohort`: all of them for its staff, oneself alone for a student."""
    enrolments = cohort.enrolments.select_related("user").order_by("role", "user__pseudonym")
    taught = cohort.enrolments.filter(user=user.pk, role__in=STAFF_ROLES).exists()
    return enrolments if user.is_staff or taught else enrolments.filter(user=user.pk)
