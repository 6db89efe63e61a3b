"""Making the projections agree with what is published, touching only the rows that differ."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

from django.db import models

from drillyard.catalog.content.chapters import ChapterContent, chapter_content
from drillyard.catalog.content.files import ItemFiles
from drillyard.catalog.content.questions import QuestionContent, question_content
from drillyard.catalog.content.tree import ContentTree, CourseContent, Found, LabWithTexts, tree_parse
from drillyard.catalog.files import revision_files
from drillyard.catalog.models import Chapter, Course, Item, Lab, Part, Question
from drillyard.catalog.projection import Surroundings, chapter_fields, lab_fields, question_fields
from drillyard.catalog.schemas import ChapterEntry, PartEntry

ModelT = TypeVar("ModelT", bound=models.Model)


class Effective:
    """What is published, item by item: mostly the tree's content, where the database is ahead its own."""

    def __init__(self, tree: ContentTree) -> None:
        self.course: CourseContent | None = tree.course
        self.chapters: dict[str, ChapterContent] = dict(tree.chapters)
        self.labs: dict[str, LabWithTexts] = dict(tree.labs)
        self.questions: dict[str, QuestionContent] = dict(tree.questions)
        self.items: dict[str, Item] = {}

    def from_database(self, item: Item) -> None:
        """Take `item` as it is published. What was published passed the same checks, so it parses."""
        self.items[str(item.uuid)] = item
        if item.published is None:
            return
        files = ItemFiles(f"{item.kind}:{item.slug}", revision_files(item.published))
        if item.kind == Item.Kind.CHAPTER:
            chapter, _ = chapter_content(files)
            if chapter is not None:
                self.chapters[item.slug] = chapter
        elif item.kind == Item.Kind.QUESTION:
            question, _ = question_content(files)
            if question is not None:
                self.questions[item.slug] = question
        else:
            tree, _ = tree_parse([Found(item.kind, f"00-{item.slug}", files)])
            self.course = tree.course or self.course
            self.labs |= tree.labs

    def surroundings(self) -> Surroundings:
        return Surroundings(frozenset(self.chapters), frozenset(self.labs), self.questions)


def projections_write(*, course: Course, effective: Effective) -> int:
    """Brings every projection of `course` to `effective`; returns how many texts were rendered."""
    if effective.course is None:
        return 0
    file = effective.course.file
    words = {"title_en": file.title.en, "title_zh": file.title.zh}
    _update(course, {**words, "summary_en": file.summary.en, "summary_zh": file.summary.zh})
    around = effective.surroundings()
    rendered = _chapters(course, effective, around)
    chapters = {chapter.slug: chapter for chapter in course.chapters.defer("body_en", "body_zh")}
    rendered += _labs(course, effective, around, chapters)
    return rendered + _questions(course, effective, around, chapters)


# ------------------------------------------------------------------------------------------------- parts and chapters


def _chapters(course: Course, effective: Effective, around: Surroundings) -> int:
    if effective.course is None:
        return 0
    parts = {part.slug: part for part in course.parts.all()}
    rows = {chapter.slug: chapter for chapter in course.chapters.all()}
    rendered, position, kept = 0, 0, []
    for place, part_entry in enumerate(effective.course.file.parts, 1):
        part = _part(course, parts.pop(part_entry.slug, None), place, part_entry)
        for entry in part_entry.chapters:
            position += 1
            content = effective.chapters.get(entry.slug)
            fields = {"part": part, "position": position, **_entry_fields(entry)}
            row = rows.pop(entry.slug, None) or Chapter(course=course, slug=entry.slug)
            rendered += _chapter(row, fields, content, effective, around)
            kept.append(row)
    for row in rows.values():
        row.delete()
    for former in parts.values():
        former.delete()
    _neighbours([row for row in kept if not row.planned])
    return rendered


def _part(course: Course, part: Part | None, position: int, entry: PartEntry) -> Part:
    part = part or Part(course=course, slug=entry.slug)
    words = {"title_en": entry.title.en, "title_zh": entry.title.zh}
    _update(part, {"position": position, "number": entry.number or "", **words})
    return part


def _entry_fields(entry: ChapterEntry) -> dict[str, Any]:
    return {
        "number": str(entry.number),
        "title_en": entry.title.en,
        "title_zh": entry.title.zh,
        "topics": [topic.model_dump() for topic in entry.topics],
    }


_UNWRITTEN: dict[str, Any] = {
    "item": None, "planned": True, "minutes": 0, "summary_en": "", "summary_zh": "", "goals": [], "prerequisites": [],
    "words_en": 0, "words_zh": 0, "toc_en": [], "toc_zh": [], "body_en": [], "body_zh": [], "render_key": "",
    "previous": None, "next": None,
}  # fmt: skip


def _chapter(
    row: Chapter, fields: dict[str, Any], content: ChapterContent | None, effective: Effective, around: Surroundings
) -> int:
    """Brings one chapter's row to its entry and its content; 1 if its texts were rendered."""
    if content is None:
        _update(row, {**fields, **_UNWRITTEN})
        return 0
    fields |= {"item": effective.items[str(content.file.uuid)], "render_key": around.key(content)}
    stale = row.render_key != fields["render_key"]
    _update(row, {**fields, **chapter_fields(content, around)} if stale else fields)
    return int(stale)


def _neighbours(written: list[Chapter]) -> None:
    for before, row, after in zip([None, *written], written, [*written[1:], None], strict=False):
        _update(row, {"previous": before, "next": after})


# ------------------------------------------------------------------------------------------------- labs and questions


def _labs(course: Course, effective: Effective, around: Surroundings, chapters: Mapping[str, Chapter]) -> int:
    rows = {lab.slug: lab for lab in course.labs.all()}
    rendered = 0
    for slug, content in effective.labs.items():
        row = rows.get(slug) or Lab(course=course, slug=slug)
        key = around.key(content)
        item = effective.items[str(content.file.uuid)]
        fields = {"item": item, "chapter": chapters.get(content.file.chapter), "render_key": key}
        stale = row.render_key != key
        _update(row, {**fields, **lab_fields(content, around)} if stale else fields)
        rendered += stale
    return rendered


def _questions(course: Course, effective: Effective, around: Surroundings, chapters: Mapping[str, Chapter]) -> int:
    rows = {question.slug: question for question in course.questions.all()}
    rendered = 0
    for slug, content in effective.questions.items():
        row = rows.get(slug) or Question(course=course, slug=slug)
        key = around.key(content)
        item = effective.items[str(content.file.uuid)]
        fields = {"item": item, "chapter": chapters.get(content.file.chapter), "render_key": key}
        stale = row.render_key != key
        _update(row, {**fields, **question_fields(content)} if stale else fields)
        rendered += stale
    return rendered


def _update(row: ModelT, fields: Mapping[str, Any]) -> ModelT:
    """Writes those of `fields` that differ; a row that agrees is not touched."""
    changed: Iterable[str] = [name for name, value in fields.items() if row.pk is None or getattr(row, name) != value]
    for name in changed:
        setattr(row, name, fields[name])
    if row.pk is None:
        row.save()
    elif changed:
        row.save(update_fields=changed)
    return row
