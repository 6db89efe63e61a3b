"""What every change leaves behind.

Rows here are written by the services of other rooms, in those rooms' transactions.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models

from drillyard.common import clock, ids


class Immutable(Exception):
    """An audit entry was to be changed or deleted."""


class AuditQuerySet(models.QuerySet["AuditEntry"]):
    def update(self, **_: Any) -> int:
        raise Immutable("audit entries are never changed")

    def delete(self) -> tuple[int, dict[str, int]]:
        raise Immutable("audit entries are never deleted")


class AuditEntry(models.Model):
    """Who did what to which thing, when. Written once."""

    uuid = models.UUIDField(unique=True, default=ids.uuid_new, editable=False)
    at = models.DateTimeField(default=clock.now, editable=False)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+", editable=False
    )
    action = models.CharField(max_length=64, editable=False)
    target_kind = models.CharField(max_length=64, editable=False)
    target_uuid = models.UUIDField(editable=False)
    detail = models.JSONField(default=dict, encoder=DjangoJSONEncoder, editable=False)

    objects = AuditQuerySet.as_manager()

    class Meta:
        indexes = (
            models.Index(fields=["target_kind", "target_uuid", "at"], name="audit_target"),
            models.Index(fields=["action", "at"], name="audit_action"),
        )

    def __str__(self) -> str:
        return f"{self.action} {self.target_kind} {self.target_uuid}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise Immutable("audit entries are never changed")
        super().save(*args, **kwargs)

    def delete(self, *_: Any, **__: Any) -> tuple[int, dict[str, int]]:
        raise Immutable("audit entries are never deleted")


class OutboxEntry(models.Model):
    """A message that a transaction has decided to send.

    Sent after the commit; until `sent_at` is set the sweeper may send it.
    """

    uuid = models.UUIDField(unique=True, default=ids.uuid_new, editable=False)
    created_at = models.DateTimeField(default=clock.now, editable=False)
    topic = models.CharField(max_length=64)
    key = models.UUIDField()
    body = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    sent_at = models.DateTimeField(null=True, blank=True)
    sent_count = models.PositiveIntegerField(default=0)

    class Meta:
        indexes = (
            models.Index(fields=["created_at"], condition=models.Q(sent_at__isnull=True), name="outbox_unsent"),
            models.Index(fields=["topic", "key"], name="outbox_key"),
        )

    def __str__(self) -> str:
        return f"{self.topic} {self.key}"


class IdempotencyKey(models.Model):
    """A request that was carried out, so that the same request again brings the same answer and not a second thing."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    scope = models.CharField(max_length=64)
    key = models.CharField(max_length=128)
    body_hash = models.CharField(max_length=64)
    target_uuid = models.UUIDField()
    created_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["user", "scope", "key"], name="idempotency_once"),)

    def __str__(self) -> str:
        return f"{self.scope} {self.key}"
