"""What people answered while practising."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from drillyard.common import clock, ids


class QuickAnswer(models.Model):
    """One answer to a quick check. It pins the revision that was answered, so a later edit judges nobody anew."""

    uuid = models.UUIDField(unique=True, default=ids.uuid_new, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    question = models.ForeignKey("catalog.Question", on_delete=models.PROTECT, related_name="+")
    revision = models.ForeignKey("catalog.Revision", on_delete=models.PROTECT, related_name="+")
    answer = models.JSONField()
    correct = models.BooleanField()
    created_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        indexes = (models.Index(fields=["user", "question", "created_at"], name="practice_answers"),)

    def __str__(self) -> str:
        return f"{self.uuid}"
