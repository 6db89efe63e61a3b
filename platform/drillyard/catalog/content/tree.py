"""The whole tree of a course: read in one pass, parsed in a second, held together in a third.

Reading gives bytes and hashes only, so that a sync can see that nothing changed before it parses anything. Every pass
collects; nothing stops at the first fault.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, TypeAlias

from drillyard.catalog.content import chapters, labs
from drillyard.catalog.content.chapters import ChapterContent, chapter_content
from drillyard.catalog.content.chinese import chinese_faults_of
from drillyard.catalog.content.faults import error
from drillyard.catalog.content.files import ItemFiles, folder_files, item_files_read
from drillyard.catalog.content.labs import LabContent, lab_parse
from drillyard.catalog.content.prose import short_text_faults
from drillyard.catalog.content.questions import QuestionContent, question_content
from drillyard.catalog.content.texts import Texts, texts_read
from drillyard.catalog.content.validation import shape_of
from drillyard.catalog.schemas import CourseFile, LabFile
from drillyard.common import yamlfile
from drillyard.common.yamlfile import ContentError, Document, Position

_QUESTION_FOLDER: Final = "ch"


@dataclass(frozen=True, slots=True)
class Places:
    """Where a course lies. `labs` and `questions` are `None` where the tree says nothing about them."""

    course: Path
    labs: Path | None = None
    questions: Path | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """An item's files, not looked into yet. `folder` is the name that its content must agree with."""

    kind: str
    folder: str
    item: ItemFiles


@dataclass(frozen=True, slots=True)
class CourseContent:
    item: ItemFiles
    document: Document
    file: CourseFile

    @property
    def content_hash(self) -> str:
        return self.item.content_hash()


@dataclass(frozen=True, slots=True)
class LabWithTexts:
    """A lab and its statements."""

    lab: LabContent
    texts: Texts
    folder: str

    @property
    def item(self) -> ItemFiles:
        return self.lab.item

    @property
    def file(self) -> LabFile:
        return self.lab.file

    @property
    def document(self) -> Document:
        return self.lab.document

    @property
    def content_hash(self) -> str:
        return self.lab.content_hash


Content: TypeAlias = CourseContent | ChapterContent | LabWithTexts | QuestionContent


@dataclass(slots=True)
class ContentTree:
    """Everything that could be parsed.

    `folders` has a question's folder by its file; `unread` the slugs of questions whose files have faults of their own,
    so that nobody is told that they are not there.
    """

    course: CourseContent | None = None
    chapters: dict[str, ChapterContent] = field(default_factory=dict)
    labs: dict[str, LabWithTexts] = field(default_factory=dict)
    questions: dict[str, QuestionContent] = field(default_factory=dict)
    folders: dict[str, str] = field(default_factory=dict)
    unread: set[str] = field(default_factory=set)

    def contents(self) -> Iterator[tuple[str, Content]]:
        """(kind, content) of all, the course first."""
        if self.course is not None:
            yield "course", self.course
        yield from (("chapter", content) for content in self.chapters.values())
        yield from (("lab", content) for content in self.labs.values())
        yield from (("question", content) for content in self.questions.values())


# -------------------------------------------------------------------------------------------------------- first: bytes


def tree_read(places: Places) -> tuple[list[Found], list[ContentError]]:
    """Every item's files, in a stable order."""
    errors: list[ContentError] = []
    for folder in (places.course, places.labs, places.questions):
        if folder is not None and not folder.is_dir():
            errors.append(error(str(folder), Position(), "folder-missing"))
    if errors:
        return [], errors
    course, errors = item_files_read(places.course, str(places.course), ["course.yaml"])
    found = [Found("course", places.course.name, course)]
    for folder in _folders(places.course / "chapters"):
        found.append(_found("chapter", folder, errors))
    for folder in _folders(places.labs):
        if (folder / "lab.yaml").is_file() or (folder / "suite").is_dir():
            item, faults = labs.lab_folder_read(folder, str(folder))
            errors += faults
            found.append(Found("lab", folder.name, item))
    for folder in _folders(places.questions):
        for path in folder_files(folder):
            found += _question_found(folder, path, errors)
    return found, errors


def tree_hash(found: list[Found]) -> str:
    """Changes whenever any file of any item does."""
    whole = hashlib.sha256()
    for one in found:
        whole.update(f"{one.kind}\0{one.folder}\0{one.item.content_hash()}\n".encode())
    return whole.hexdigest()


def _folders(base: Path | None) -> list[Path]:
    if base is None or not base.is_dir():
        return []
    return sorted(path for path in base.iterdir() if path.is_dir() and not path.name.startswith((".", "__")))


def _found(kind: str, folder: Path, errors: list[ContentError]) -> Found:
    paths = folder_files(folder)
    item, faults = item_files_read(folder, str(folder), [path for path in paths if chapters.PATHS.fullmatch(path)])
    errors += faults
    for path in paths:
        if not chapters.PATHS.fullmatch(path):
            errors.append(error(item.shown_path(path), Position(), "file-unexpected"))
    return Found(kind, folder.name, item)


def _question_found(folder: Path, path: str, errors: list[ContentError]) -> list[Found]:
    if not folder.name.startswith(_QUESTION_FOLDER) or "/" in path or not path.endswith(".yaml"):
        errors.append(error(f"{folder}/{path}", Position(), "file-unexpected"))
        return []
    item, faults = item_files_read(folder, str(folder), [path])
    errors += faults
    return [] if faults else [Found("question", folder.name, item)]


# ---------------------------------------------------------------------------------------------- second: content


def tree_parse(found: list[Found]) -> tuple[ContentTree, list[ContentError]]:
    """What the files hold, with the faults of each item alone and of slugs and uuids used twice."""
    tree = ContentTree()
    errors: list[ContentError] = []
    taken: dict[str, str] = {}
    for one in found:
        if one.kind == "course":
            tree.course, faults = _course(one.item)
        elif one.kind == "chapter":
            chapter, faults = chapter_content(one.item)
            if chapter is not None:
                faults += _place(tree.chapters, chapter.file.slug, chapter, one)
        elif one.kind == "lab":
            lab, faults = _lab(one)
            if lab is not None:
                faults += _place(tree.labs, lab.lab.file.slug, lab, one)
        else:
            question, faults = question_content(one.item)
            if question is None:
                tree.unread.add(next(iter(one.item.files)).removesuffix(".yaml"))
            else:
                faults += _place(tree.questions, question.file.slug, question, one)
                tree.folders[question.document.file] = one.folder
        errors += faults
    for _, content in tree.contents():
        errors += _uuid(content, taken)
    return tree, errors


def _place(
    shelf: dict[str, ChapterContent] | dict[str, LabWithTexts] | dict[str, QuestionContent],
    slug: str,
    content: ChapterContent | LabWithTexts | QuestionContent,
    one: Found,
) -> list[ContentError]:
    if slug in shelf:
        where = content.document.position(("slug",))
        other = shelf[slug].document.file
        return [error(content.document.file, where, "slug-twice", slug=slug, other=other)]
    shelf[slug] = content  # type: ignore[assignment]  # the caller pairs shelf and content
    if not one.folder.endswith(f"-{slug}") and one.kind != "question":
        where = content.document.position(("slug",))
        return [error(content.document.file, where, "folder-name", wanted=f"NN-{slug}")]
    return []


def _uuid(content: Content, taken: dict[str, str]) -> list[ContentError]:
    written = str(content.document.value["uuid"]).lower()
    if written in taken:
        where = content.document.position(("uuid",))
        return [error(content.document.file, where, "uuid-twice", other=taken[written])]
    taken[written] = content.document.file
    return []


def _course(item: ItemFiles) -> tuple[CourseContent | None, list[ContentError]]:
    if "course.yaml" not in item.files:
        return None, []  # said when the files were read
    document, errors = yamlfile.parse(item.files["course.yaml"], item.shown_path("course.yaml"))
    if document is None:
        return None, errors
    course, faults = shape_of(CourseFile.model_validate, document)
    errors = faults + chinese_faults_of(document) + short_text_faults(document)
    return (None if course is None else CourseContent(item, document, course)), errors


def _lab(one: Found) -> tuple[LabWithTexts | None, list[ContentError]]:
    lab, errors = lab_parse(one.item)
    texts, faults = texts_read(one.item, "statement", chapter=False)
    errors += faults
    if lab is None:
        return None, errors
    errors += chinese_faults_of(lab.document) + short_text_faults(lab.document)
    return (None if texts is None else LabWithTexts(lab, texts, one.folder)), errors
