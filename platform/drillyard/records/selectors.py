"""Reading records."""

from __future__ import annotations

from uuid import UUID

from django.db.models import QuerySet

from drillyard.records.models import AuditEntry, OutboxEntry


def audit_of(*, target_kind: str, target_uuid: UUID) -> QuerySet[AuditEntry]:
    """What was done to one thing, oldest first."""
    return AuditEntry.objects.filter(target_kind=target_kind, target_uuid=target_uuid).order_by("at", "id")


def outbox_unsent(*, topic: str) -> QuerySet[OutboxEntry]:
    """Messages of `topic` that were decided and not yet handed to the broker, oldest first."""
    return OutboxEntry.objects.filter(topic=topic, sent_at__isnull=True).order_by("created_at", "id")
