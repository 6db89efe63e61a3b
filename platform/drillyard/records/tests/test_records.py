from __future__ import annotations

from typing import Any

import pytest
from django.db import transaction

from drillyard.common.errors import Conflict
from drillyard.common.ids import uuid_new
from drillyard.records.models import AuditEntry, Immutable, OutboxEntry
from drillyard.records.selectors import audit_of, outbox_unsent
from drillyard.records.services import audit_create, idempotency_claim, outbox_create, outbox_mark_sent

pytestmark = pytest.mark.django_db


def test_an_audit_entry_is_never_changed_nor_deleted(alice: Any) -> None:
    entry = audit_create(actor=alice, action="thing.do", target_kind="thing", target_uuid=uuid_new())
    entry.action = "thing.undo"
    for attempt in (entry.save, entry.delete, AuditEntry.objects.all().delete):
        with pytest.raises(Immutable):
            attempt()
    with pytest.raises(Immutable):
        AuditEntry.objects.update(action="thing.undo")
    assert audit_of(target_kind="thing", target_uuid=entry.target_uuid).get().action == "thing.do"


@pytest.mark.django_db(transaction=True)
def test_a_record_outside_a_transaction_is_refused() -> None:
    with pytest.raises(transaction.TransactionManagementError):
        audit_create(actor=None, action="thing.do", target_kind="thing", target_uuid=uuid_new())
    with pytest.raises(transaction.TransactionManagementError):
        outbox_create(topic="things", key=uuid_new())


@pytest.mark.django_db(transaction=True)
def test_a_record_goes_with_the_change_that_is_rolled_back() -> None:
    with transaction.atomic():
        outbox_create(topic="things", key=uuid_new())
        transaction.set_rollback(True)
    assert not OutboxEntry.objects.exists()


def test_an_outbox_entry_is_unsent_until_it_is_marked_and_marking_twice_is_harmless() -> None:
    entry = outbox_create(topic="things", key=uuid_new())
    assert list(outbox_unsent(topic="things")) == [entry]
    assert outbox_mark_sent(entry_uuid=entry.uuid) is True
    assert outbox_mark_sent(entry_uuid=entry.uuid) is False
    assert not outbox_unsent(topic="things").exists()
    entry.refresh_from_db()
    assert entry.sent_count == 2


def test_the_same_request_again_has_the_same_target(alice: Any) -> None:
    first = uuid_new()
    assert idempotency_claim(user=alice, scope="s", key="k", body_hash="h", target_uuid=first) == first
    assert idempotency_claim(user=alice, scope="s", key="k", body_hash="h", target_uuid=uuid_new()) == first


def test_the_same_key_with_another_body_is_a_conflict(alice: Any) -> None:
    idempotency_claim(user=alice, scope="s", key="k", body_hash="h", target_uuid=uuid_new())
    with pytest.raises(Conflict) as conflict:
        idempotency_claim(user=alice, scope="s", key="k", body_hash="other", target_uuid=uuid_new())
    assert conflict.value.id == "idempotency_conflict"


def test_charlie_with_alices_key_gets_a_thing_of_his_own(alice: Any, charlie: Any) -> None:
    hers, his = uuid_new(), uuid_new()
    idempotency_claim(user=alice, scope="s", key="k", body_hash="h", target_uuid=hers)
    assert idempotency_claim(user=charlie, scope="s", key="k", body_hash="h", target_uuid=his) == his
