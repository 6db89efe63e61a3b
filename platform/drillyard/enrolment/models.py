"""Who is in which course with whom: cohorts, and people's roles in them.

Courses are open: anybody with an account may read and submit. A cohort adds a group with staff of its own, who see what
that group's students send in.
"""

from __future__ import annotations

from django.conf import settings
from django.db import models

from drillyard.common import clock, ids


class Cohort(models.Model):
    """A class, a team, a year: people who take one course together."""

    uuid = models.UUIDField(unique=True, default=ids.uuid_new, editable=False)
    course = models.ForeignKey("catalog.Course", on_delete=models.PROTECT, related_name="cohorts")
    slug = models.SlugField(max_length=60)
    title = models.CharField(max_length=200)
    created_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["course", "slug"], name="cohort_slug_once"),)

    def __str__(self) -> str:
        return self.title


class Role(models.TextChoices):
    STUDENT = "student"
    ASSISTANT = "assistant"
    INSTRUCTOR = "instructor"


STAFF_ROLES = (Role.ASSISTANT, Role.INSTRUCTOR)


class Enrolment(models.Model):
    """A person's role in a cohort; one role a cohort."""

    uuid = models.UUIDField(unique=True, default=ids.uuid_new, editable=False)
    cohort = models.ForeignKey(Cohort, on_delete=models.CASCADE, related_name="enrolments")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="enrolments")
    role = models.CharField(max_length=16, choices=Role, default=Role.STUDENT)
    created_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["cohort", "user"], name="enrolment_once"),)

    def __str__(self) -> str:
        return f"{self.role} in {self.cohort_id}"
