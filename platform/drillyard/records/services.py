"""Writing records. Each of these runs in the caller's transaction: a record without its change, or a change without its
record, must not exist, so calling one outside a transaction is an error."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db import DEFAULT_DB_ALIAS, transaction
from django.db.models import F

from drillyard.common import clock
from drillyard.common.errors import Conflict
from drillyard.records.models import AuditEntry, IdempotencyKey, OutboxEntry


def _require_transaction() -> None:
    if not transaction.get_connection(DEFAULT_DB_ALIAS).in_atomic_block:
        raise transaction.TransactionManagementError("records are written in the transaction of what they record")


def audit_create(
    *, actor: Any | None, action: str, target_kind: str, target_uuid: UUID, detail: dict[str, Any] | None = None
) -> AuditEntry:
    """Note that `actor` (None: the platform itself) did `action`, such as "submission.create"."""
    _require_transaction()
    return AuditEntry.objects.create(
        actor=actor, action=action, target_kind=target_kind, target_uuid=target_uuid, detail=detail or {}
    )


def outbox_create(*, topic: str, key: UUID, body: dict[str, Any] | None = None) -> OutboxEntry:
    """Decide that a message about `key` goes to the consumers of `topic`."""
    _require_transaction()
    return OutboxEntry.objects.create(topic=topic, key=key, body=body or {})


def outbox_mark_sent(*, entry_uuid: UUID) -> bool:
    """Note that an entry has been handed to the broker. False if it was sent before (sending twice is harmless)."""
    entries = OutboxEntry.objects.filter(uuid=entry_uuid)
    entries.update(sent_count=F("sent_count") + 1)
    return entries.filter(sent_at__isnull=True).update(sent_at=clock.now()) == 1


def idempotency_claim(*, user: Any, scope: str, key: str, body_hash: str, target_uuid: UUID) -> UUID:
    """The target that this request stands for: `target_uuid` the first time, the first one's whenever it is repeated.

    Raises `Conflict("idempotency_conflict")` when the key was used for another body.
    """
    _require_transaction()
    claim, created = IdempotencyKey.objects.get_or_create(
        user=user, scope=scope, key=key, defaults={"body_hash": body_hash, "target_uuid": target_uuid}
    )
    if not created and claim.body_hash != body_hash:
        raise Conflict("idempotency_conflict")
    return claim.target_uuid
