"""Bringing the database to what the files say: all of it or nothing.

Git is the upstream, but instructors may also publish from the web, so both sides can move. For every item the database
knows the revision that the files held when the two last agreed (`Item.synced`), and that decides:

    files == published                    nothing to do
    files == synced                       the database is ahead: nothing to do, and an export will bring it to git
    published == synced                   the files are ahead: a new revision, published
    files == a revision in between        the files are an earlier export: as if synced then
    none of these                         both changed: stop, show base, files and database, write nothing

Rejected: the newer date wins (it loses work in silence), merging by program (it publishes what nobody read). A tree
that is as it was at the last sync costs one query and no parsing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction

from drillyard.catalog import projection
from drillyard.catalog.content.faults import error
from drillyard.catalog.content.tree import Content, ContentTree, Places, tree_hash, tree_read
from drillyard.catalog.content.whole import found_check
from drillyard.catalog.errors import ContentConflict, ContentInvalid, ThreeVersions
from drillyard.catalog.files import revision_files
from drillyard.catalog.models import Course, Item, Revision
from drillyard.catalog.services.projections import Effective, projections_write
from drillyard.catalog.services.revisions import item_withdraw, revision_publish, revision_write
from drillyard.common.markdown import renderer_key
from drillyard.common.yamlfile import ContentError


@dataclass(slots=True)
class SyncReport:
    """What a sync did. Items by kind and slug; `rendered` counts the projections that were made anew."""

    created: list[str] = field(default_factory=list)
    updated: list[str] = field(default_factory=list)
    withdrawn: list[str] = field(default_factory=list)
    ahead: list[str] = field(default_factory=list)
    rendered: int = 0

    @property
    def changed(self) -> bool:
        return bool(self.created or self.updated or self.withdrawn or self.rendered)


def course_sync(*, places: Places, actor: Any | None = None) -> SyncReport:
    """Publishes what the tree at `places` holds.

    Raises `ContentInvalid` with every fault of the tree, or `ContentConflict` with what both sides changed; then
    nothing was written.
    """
    found, errors = tree_read(places)
    if errors:
        raise ContentInvalid(sorted(errors))
    key = _key(tree_hash(found), places)
    if Course.objects.filter(synced=key).exists():
        return SyncReport()
    tree, errors = found_check(found, labs_given=places.labs is not None)
    if errors or tree.course is None:
        raise ContentInvalid(errors)
    with transaction.atomic():
        return _Sync(tree, places, actor).run(key)


def _key(tree: str, places: Places) -> str:
    """Of the last sync: tree, parts given, and the programs that made the projections."""
    parts = [tree, str(places.labs is not None), str(places.questions is not None)]
    return hashlib.sha256("\n".join([*parts, renderer_key(), str(projection.VERSION)]).encode()).hexdigest()


class _Sync:
    """One sync inside its transaction."""

    def __init__(self, tree: ContentTree, places: Places, actor: Any | None) -> None:
        self._tree = tree
        self._places = places
        self._actor = actor
        self._report = SyncReport()
        self._conflicts: list[ThreeVersions] = []
        self._errors: list[ContentError] = []

    def run(self, key: str) -> SyncReport:
        course = self._course()
        items = {item.uuid: item for item in course.items.select_related("published", "synced", "course")}
        contents = list(self._tree.contents())
        for kind, content in contents:
            self._same_identity(course, kind, content, items)
        if self._errors:
            raise ContentInvalid(sorted(self._errors))
        gone = list(self._gone(items, {content.file.uuid for _, content in contents}))
        effective = Effective(self._tree)
        for kind, content in contents:
            self._item(course, kind, content, items, effective)
        for item in gone:
            self._withdraw(item)
        if self._conflicts:
            raise ContentConflict(self._conflicts)
        self._report.rendered = projections_write(course=course, effective=effective)
        course.synced = key
        course.save(update_fields=["synced"])
        return self._report

    def _course(self) -> Course:
        """The course's row, which everything else refers to; its words are written with the projections."""
        if self._tree.course is None:
            raise ContentInvalid([])
        file = self._tree.course.file
        words = {"title_en": file.title.en, "title_zh": file.title.zh, "summary_en": file.summary.en}
        defaults = {**words, "summary_zh": file.summary.zh}
        course, _ = Course.objects.select_for_update().get_or_create(slug=file.slug, defaults=defaults)
        return course

    def _same_identity(self, course: Course, kind: str, content: Content, items: dict[Any, Item]) -> None:
        """A uuid keeps its kind and slug, and a slug its uuid: addresses and grades hang on them."""
        file, document = content.file, content.document
        item = items.get(file.uuid) or Item.objects.filter(uuid=file.uuid).first()
        if item is not None and (item.course_id, item.kind, item.slug) != (course.pk, kind, file.slug):
            before = f"{item.kind} {item.slug}"
            self._errors.append(error(document.file, document.position(("slug",)), "slug-changed", before=before))
        elif item is None and any((one.kind, one.slug) == (kind, file.slug) for one in items.values()):
            self._errors.append(error(document.file, document.position(("uuid",)), "uuid-changed", slug=file.slug))

    def _gone(self, items: dict[Any, Item], there: set[Any]) -> Iterator[Item]:
        """Items that files held at the last sync and hold no more."""
        kinds = {Item.Kind.CHAPTER}
        kinds |= {Item.Kind.LAB} if self._places.labs else set()
        kinds |= {Item.Kind.QUESTION} if self._places.questions else set()
        for uuid, item in items.items():
            if uuid not in there and item.kind in kinds and item.synced is not None and item.published is not None:
                yield item

    def _item(self, course: Course, kind: str, content: Content, items: dict[Any, Item], effective: Effective) -> None:
        file = content.file
        item = items.get(file.uuid)
        if item is None:
            item = Item.objects.create(uuid=file.uuid, kind=kind, slug=file.slug, course=course)
            self._publish(item, content)
            self._report.created.append(f"{kind} {file.slug}")
        elif item.published is None:
            self._publish(item, content)
            self._report.updated.append(f"{kind} {file.slug}")
        elif item.published.content_hash == content.content_hash:
            self._agreed(item, item.published)
        elif (known := _between(item, content.content_hash)) is not None:
            self._agreed(item, known)
            self._report.ahead.append(f"{kind} {file.slug}")
            effective.from_database(item)
            return
        elif item.published == item.synced:
            self._publish(item, content)
            self._report.updated.append(f"{kind} {file.slug}")
        else:
            self._conflict(item, content.item.files)
        effective.items[str(file.uuid)] = item

    def _publish(self, item: Item, content: Content) -> None:
        definition = content.file.model_dump(mode="json")
        revision = revision_write(
            item=item, files=content.item, definition=definition, origin=Revision.Origin.FILE, author=self._actor
        )
        revision_publish(revision=revision, actor=self._actor)
        self._agreed(item, revision)

    def _agreed(self, item: Item, revision: Revision) -> None:
        if item.synced != revision:
            item.synced = revision
            item.save(update_fields=["synced"])

    def _withdraw(self, item: Item) -> None:
        if item.published != item.synced:
            self._conflict(item, {})
            return
        item_withdraw(item=item, actor=self._actor)
        self._report.withdrawn.append(f"{item.kind} {item.slug}")

    def _conflict(self, item: Item, files: dict[str, bytes]) -> None:
        base = revision_files(item.synced) if item.synced else {}
        database = revision_files(item.published) if item.published else {}
        self._conflicts.append(ThreeVersions(item.kind, item.slug, base, files, database))


def _between(item: Item, content_hash: str) -> Revision | None:
    """The revision with this content among those from the published one back to the last agreement."""
    revision = item.published
    while revision is not None:
        if revision.content_hash == content_hash:
            return revision
        if revision == item.synced:
            return None
        revision = revision.base
    return None
