"""Writing revisions, and deciding which one is seen. Every publishing leaves an audit row in its own transaction."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from drillyard.catalog.content.files import ItemFiles
from drillyard.catalog.models import Blob, Item, Revision, RevisionFile
from drillyard.common import ids
from drillyard.records.services import audit_create


@transaction.atomic
def revision_write(
    *, item: Item, files: ItemFiles, definition: dict[str, Any], origin: Revision.Origin, author: Any | None = None
) -> Revision:
    """A new revision of `item` with these files, made from the published one. Seen by nobody until it is published."""
    last = item.revisions.order_by("-number").first()
    revision = Revision.objects.create(
        item=item,
        number=last.number + 1 if last else 1,
        content_hash=files.content_hash(),
        origin=origin,
        author=author,
        base=item.published,
        definition=definition,
    )
    blobs = _blobs(files)
    RevisionFile.objects.bulk_create(
        RevisionFile(revision=revision, path=path, blob=blobs[ids.sha256_hex(data)])
        for path, data in sorted(files.files.items())
    )
    return revision


def _blobs(files: ItemFiles) -> dict[str, Blob]:
    """The blobs of these files, those that are new written."""
    wanted = {ids.sha256_hex(data): data for data in files.files.values()}
    there = {blob.sha256: blob for blob in Blob.objects.filter(sha256__in=wanted).only("sha256")}
    for sha256, data in wanted.items():
        if sha256 not in there:
            there[sha256] = Blob.objects.create(sha256=sha256, data=data)
    return there


@transaction.atomic
def revision_publish(*, revision: Revision, actor: Any | None = None) -> Revision:
    """From now on `revision` is what its item shows. The projection is its caller's to make anew."""
    item = revision.item
    before = item.published
    item.published = revision
    item.save(update_fields=["published"])
    detail = {
        "kind": item.kind,
        "slug": item.slug,
        "number": revision.number,
        "content_hash": revision.content_hash,
        "origin": revision.origin,
        "before": before.number if before else None,
    }
    audit_create(
        actor=actor, action="catalog.publish", target_kind="catalog.item", target_uuid=item.uuid, detail=detail
    )
    return revision


@transaction.atomic
def item_withdraw(*, item: Item, actor: Any | None = None) -> Item:
    """From now on `item` shows nothing; its revisions, and whatever refers to them, stay."""
    detail = {"kind": item.kind, "slug": item.slug, "before": item.published.number if item.published else None}
    item.published = None
    item.synced = None
    item.save(update_fields=["published", "synced"])
    audit_create(
        actor=actor, action="catalog.withdraw", target_kind="catalog.item", target_uuid=item.uuid, detail=detail
    )
    return item
