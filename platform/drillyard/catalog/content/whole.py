"""What only the whole course can tell: that things which name one another are there and agree."""

from __future__ import annotations

from drillyard.catalog.content.chapters import ChapterContent
from drillyard.catalog.content.faults import error
from drillyard.catalog.content.questions import QuestionContent, order_faults
from drillyard.catalog.content.texts import link_faults
from drillyard.catalog.content.tree import (
    ContentTree,
    CourseContent,
    Found,
    LabWithTexts,
    Places,
    tree_parse,
    tree_read,
)
from drillyard.catalog.schemas import ChapterEntry, PartEntry
from drillyard.common.yamlfile import ContentError, Position


def tree_check(places: Places) -> tuple[ContentTree, list[ContentError]]:
    """The whole course at `places` with every fault, sorted by file and line."""
    found, errors = tree_read(places)
    if not found:
        return ContentTree(), sorted(errors)
    tree, faults = found_check(found, labs_given=places.labs is not None)
    unread = {one.file for one in errors}
    return tree, sorted(errors + [one for one in faults if one.id != "file-missing" or one.file not in unread])


def found_check(found: list[Found], *, labs_given: bool) -> tuple[ContentTree, list[ContentError]]:
    """The same for files that were read already."""
    tree, errors = tree_parse(found)
    if tree.course is not None:
        errors += _Whole(tree, tree.course, labs_given=labs_given).faults()
    return tree, sorted(errors)


class _Whole:
    """One pass over a parsed tree; the table of contents decides what exists."""

    def __init__(self, tree: ContentTree, course: CourseContent, *, labs_given: bool) -> None:
        self._tree = tree
        self._course = course
        self._labs_given = labs_given
        self._entries: dict[str, tuple[PartEntry, ChapterEntry]] = {}
        self._labs_planned = {slug for _, entry in course.file.chapters() for slug in entry.labs}

    def faults(self) -> list[ContentError]:
        errors = self._table_of_contents()
        for chapter in self._tree.chapters.values():
            errors += self._chapter(chapter)
        for lab in self._tree.labs.values():
            errors += self._lab(lab)
        for question in self._tree.questions.values():
            errors += self._question(question)
        for slug in self._tree.chapters:
            errors += order_faults(one for one in self._tree.questions.values() if one.file.chapter == slug)
        return errors

    def _table_of_contents(self) -> list[ContentError]:
        errors = []
        document = self._course.document
        numbers: dict[str, str] = {}
        parts: set[str] = set()
        for p, part in enumerate(self._course.file.parts):
            if part.slug in parts:
                where = document.position(("parts", p, "slug"))
                errors.append(error(document.file, where, "slug-twice", slug=part.slug, other="course.yaml"))
            parts.add(part.slug)
            for c, entry in enumerate(part.chapters):
                key = ("parts", p, "chapters", c)
                if entry.slug in self._entries:
                    where = document.position((*key, "slug"))
                    errors.append(error(document.file, where, "slug-twice", slug=entry.slug, other="course.yaml"))
                if str(entry.number) in numbers:
                    where = document.position((*key, "number"))
                    other = numbers[str(entry.number)]
                    errors.append(error(document.file, where, "number-twice", number=entry.number, other=other))
                self._entries.setdefault(entry.slug, (part, entry))
                numbers.setdefault(str(entry.number), entry.slug)
        return errors

    # ----------------------------------------------------------------------------------------------------- chapters

    def _chapter(self, chapter: ChapterContent) -> list[ContentError]:
        document, file = chapter.document, chapter.file
        if file.slug not in self._entries:
            where = document.position(("slug",))
            return [error(document.file, where, "chapter-unlisted", slug=file.slug)]
        part, entry = self._entries[file.slug]
        errors = []
        if chapter.item.shown.rpartition("/")[2] != entry.folder:
            where = document.position(("slug",))
            errors.append(error(document.file, where, "folder-name", wanted=entry.folder))
        if file.part != part.slug:
            errors.append(error(document.file, document.position(("part",)), "chapter-part", wanted=part.slug))
        for language in ("en", "zh"):
            wanted = entry.title.in_language(language)
            if file.title.in_language(language) != wanted:
                where = document.position(("title", language))
                errors.append(error(document.file, where, "chapter-title", wanted=wanted))
        errors += self._topics(chapter, entry)
        for index, slug in enumerate(file.prerequisites):
            if slug not in self._entries:
                where = document.position(("prerequisites", index))
                errors.append(error(document.file, where, "prerequisite-unknown", slug=slug))
        for index, slug in enumerate(file.labs):
            if not self._exists("lab", slug):
                where = document.position(("labs", index))
                errors.append(error(document.file, where, "lab-unknown", slug=slug))
        errors += link_faults(chapter.texts, self._exists, self._anchors)
        return errors + self._quickchecks(chapter)

    def _topics(self, chapter: ChapterContent, entry: ChapterEntry) -> list[ContentError]:
        errors = []
        for prose in chapter.texts.both():
            headings = {block.argument for block in prose.scanned.headings()}
            for topic in entry.topics:
                words = topic.in_language(prose.language)
                if words not in headings:
                    errors.append(error(prose.shown, Position(), "chapter-topic", topic=words))
        return errors

    def _quickchecks(self, chapter: ChapterContent) -> list[ContentError]:
        errors = []
        for prose in chapter.texts.both():
            for slug, line in prose.quickchecks():
                if slug in self._tree.unread:
                    continue
                question = self._tree.questions.get(slug)
                fits = question and question.file.chapter == chapter.file.slug and "quick_check" in question.file.uses
                if not fits:
                    errors.append(error(prose.shown, Position(line, 1), "quickcheck-unknown", slug=slug))
        return errors

    # --------------------------------------------------------------------------------------------- labs and questions

    def _lab(self, lab: LabWithTexts) -> list[ContentError]:
        document, file = lab.document, lab.lab.file
        errors = []
        if file.course != self._course.file.slug:
            where = document.position(("course",))
            wanted = self._course.file.slug
            return [error(document.file, where, "lab-course", slug=file.course, wanted=wanted)]
        if file.chapter not in self._entries:
            where = document.position(("chapter",))
            return [error(document.file, where, "chapter-unlisted", slug=file.chapter)]
        wanted = f"{self._entries[file.chapter][1].number_padded}-{file.slug}"
        if lab.folder != wanted:
            errors.append(error(document.file, document.position(("slug",)), "folder-name", wanted=wanted))
        chapter = self._tree.chapters.get(file.chapter)
        if chapter is not None and file.slug not in chapter.file.labs:
            where = document.position(("slug",))
            errors.append(error(document.file, where, "lab-unlisted", chapter=file.chapter))
        return errors + link_faults(lab.texts, self._exists, self._anchors)

    def _question(self, question: QuestionContent) -> list[ContentError]:
        document, file = question.document, question.file
        if file.chapter not in self._entries:
            where = document.position(("chapter",))
            return [error(document.file, where, "chapter-unlisted", slug=file.chapter)]
        errors = []
        wanted = f"ch{self._entries[file.chapter][1].number_padded}"
        if self._tree.folders.get(document.file) != wanted:
            errors.append(error(document.file, document.position(("chapter",)), "folder-name", wanted=wanted))
        chapter = self._tree.chapters.get(file.chapter)
        if chapter is None:
            return errors
        if chapter.texts.anchors_known() and file.section not in {
            block.id for block in chapter.texts.en.scanned.headings()
        }:
            where = document.position(("section",))
            errors.append(error(document.file, where, "question-section", section=file.section))
        for index, tag in enumerate(file.tags):
            if tag not in chapter.file.tags:
                errors.append(error(document.file, document.position(("tags", index)), "question-tag", tag=tag))
        return errors

    # ---------------------------------------------------------------------------------------------------------- links

    def _exists(self, kind: str, slug: str) -> bool:
        if kind == "chapter":
            return slug in self._entries
        return slug in self._tree.labs or slug in self._labs_planned or not self._labs_given

    def _anchors(self, kind: str, slug: str) -> set[str] | None:
        shelf: dict[str, ChapterContent] | dict[str, LabWithTexts]
        shelf = self._tree.chapters if kind == "chapter" else self._tree.labs
        known = slug in shelf and shelf[slug].texts.anchors_known()
        return shelf[slug].texts.anchors() if known else None
