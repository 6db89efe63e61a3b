"""Writing the published revisions back as a tree of files, byte for byte what a sync would read."""

from __future__ import annotations

from pathlib import Path

from drillyard.catalog.content.tree import Places
from drillyard.catalog.files import revision_files
from drillyard.catalog.models import Course, Item


def course_export(*, course: Course, places: Places) -> list[Path]:
    """Writes what is published of `course` below `places`; returns the files. Refuses to write into a file's place.

    Files that are there already are overwritten, others are left alone: what a lab's tree has beyond its revision
    (solutions, mutants) stays.
    """
    numbers = {chapter.slug: _padded(chapter.number) for chapter in course.chapters.only("slug", "number")}
    written: list[Path] = []
    items = Item.objects.filter(course=course, published__isnull=False).select_related("published")
    for item in items.order_by("kind", "slug"):
        folder = _folder(item, numbers, places)
        if folder is None or item.published is None:
            continue
        for path, data in revision_files(item.published).items():
            target = folder / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(data)
            written.append(target)
    return written


def _folder(item: Item, numbers: dict[str, str], places: Places) -> Path | None:
    definition = item.published.definition if item.published else {}
    if item.kind == Item.Kind.COURSE:
        return places.course
    if item.kind == Item.Kind.CHAPTER:
        return places.course / "chapters" / f"{numbers[item.slug]}-{item.slug}"
    number = numbers[str(definition["chapter"])]
    if item.kind == Item.Kind.LAB:
        return places.labs / f"{number}-{item.slug}" if places.labs else None
    return places.questions / f"ch{number}" if places.questions else None


def _padded(number: str) -> str:
    return f"{int(number):02d}" if number.isdigit() else number.lower()
