"""What the catalogue's tests share."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from drillyard.catalog.content.files import ItemFiles
from drillyard.catalog.files import revision_files
from drillyard.catalog.models import Blob, Chapter, Item, Lab, Part, Question, Revision, RevisionFile
from drillyard.catalog.services import revision_publish, revision_write
from drillyard.records.models import AuditEntry

CHAPTER = "courses/mini/chapters/01-first-steps"
LAB = "labs/01-counter"


def replace(path: Path, before: str, after: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert before in text
    path.write_text(text.replace(before, after), encoding="utf-8")


def counts() -> dict[str, int]:
    """How many rows there are of everything that a sync may write."""
    tables = (Item, Revision, RevisionFile, Blob, Part, Chapter, Lab, Question, AuditEntry)
    return {table.__name__: table.objects.count() for table in tables}


def item_of(slug: str) -> Item:
    return Item.objects.select_related("published", "synced").get(slug=slug)


def publish_from_web(item: Item, path: str, before: str, after: str, author: Any = None) -> Revision:
    """What the web studio will do: a revision with one file changed, published."""
    assert item.published is not None
    files = revision_files(item.published)
    files[path] = files[path].decode().replace(before, after).encode()
    definition = item.published.definition
    revision = revision_write(
        item=item, files=ItemFiles("", files), definition=definition, origin=Revision.Origin.WEB, author=author
    )
    return revision_publish(revision=revision, actor=author)
