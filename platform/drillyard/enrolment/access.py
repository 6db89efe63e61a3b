"""Who may do what in a course, as predicates.

A person sees their own work. Staff of a cohort see the work that the cohort's students do for the cohort's course, and
nobody else's. The installation's own staff (`is_staff`) see all.
"""

from __future__ import annotations

from typing import Any

from django.db.models import Exists, OuterRef, Q
from rules.predicates import predicate

from drillyard.enrolment.models import STAFF_ROLES, Enrolment, Role


@predicate  # type: ignore[untyped-decorator]  # rules has no types
def may_submit(user: Any, course: Any) -> bool:  # noqa: ARG001 - courses are open; a closed one will look at itself
    """Courses are open: whoever has an active account may submit."""
    return bool(user.is_authenticated and user.is_active)


@predicate  # type: ignore[untyped-decorator]  # rules has no types
def is_course_staff(user: Any, course: Any) -> bool:
    """Whether `user` has a staff role in any cohort of `course`, or is staff of the installation."""
    if not (user.is_authenticated and user.is_active):
        return False
    return bool(
        user.is_staff or Enrolment.objects.filter(cohort__course=course, user=user, role__in=STAFF_ROLES).exists()
    )


def work_seen_by(user: Any, *, owner: str = "user", course: str) -> Q:
    """The condition under which `user` sees a piece of work, for rows with an `owner` and a `course` relation.

    `Submission.objects.filter(work_seen_by(user, course="lab__course"))` is one query however many rows there
    are.
    """
    if not (user.is_authenticated and user.is_active):
        return Q(pk__in=[])
    if user.is_staff:
        return Q()
    taught = Enrolment.objects.filter(
        user=OuterRef(owner),
        role=Role.STUDENT,
        cohort__course=OuterRef(course),
        cohort__enrolments__user=user.pk,
        cohort__enrolments__role__in=STAFF_ROLES,
    )
    return Q(**{owner: user.pk}) | Q(Exists(taught))
