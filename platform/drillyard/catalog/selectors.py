"""Reading what is published. Nothing here needs a person: the book and the labs are open to everybody.

Absent, planned and withdrawn look alike: `NotFound`. Languages are tags such as "en", "zh", "zh-hans". What is right in
a question, and why, leaves the database through `question_secret` only, and that after an answer.
"""

from __future__ import annotations

import mimetypes
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django.db.models import Prefetch, QuerySet

from drillyard.catalog.content.labs import lab_definition
from drillyard.catalog.files import revision_file, revision_files
from drillyard.catalog.labfiles import lab_materialise
from drillyard.catalog.models import Chapter, Course, Item, Lab, Part, Question, Revision
from drillyard.catalog.schemas import LabFile
from drillyard.common.errors import NotFound

_BODIES: Final = ("body_en", "body_zh", "toc_en", "toc_zh", "goals")
_LAB_LIGHT: Final = (*_BODIES, "hints", "cases")


# ------------------------------------------------------------------------------------------------ courses and contents


def courses() -> QuerySet[Course]:
    """Every course, by slug."""
    return Course.objects.order_by("slug")


def course_get(slug: str) -> Course:
    """The course, or `NotFound`."""
    course = Course.objects.filter(slug=slug).first()
    if course is None:
        raise NotFound
    return course


def contents(course: Course) -> list[Part]:
    """The parts in order; `part.chapters.all()` are its chapters, written and planned, `chapter.labs.all()` their labs.

    Three queries. Texts of chapters and labs are left out.
    """
    labs_light = labs(course).defer(*_LAB_LIGHT)
    chapters = Chapter.objects.defer(*_BODIES).order_by("position").prefetch_related(Prefetch("labs", labs_light))
    return list(course.parts.order_by("position").prefetch_related(Prefetch("chapters", chapters)))


# --------------------------------------------------------------------------------------------------------------- pages


@dataclass(frozen=True, slots=True)
class PageSegment:
    """A piece of a page: `html`, or, where that is `None`, the quick check that stands there.

    `check` is {uuid, slug, type, prompt} in the page's language, with `options` [{id, text}] for "single" and
    "multiple", `unit` for "numeric" with one. Nothing in it tells what is right.
    """

    html: str | None
    check: dict[str, Any] | None


@dataclass(frozen=True, slots=True)
class ChapterPage:
    """A written chapter in one language. `toc` is [{level, id, title, children}]; `chapter.labs.all()` costs no query.

    `etag` changes whenever anything of the page does that comes from here.
    """

    chapter: Chapter
    language: str
    segments: list[PageSegment]
    toc: list[dict[str, Any]]
    goals: list[str]
    previous: Chapter | None
    next: Chapter | None
    labs: list[Lab]
    etag: str


def chapter_get(course_slug: str, slug: str, language: str = "en") -> ChapterPage:
    """The written chapter `slug`, or `NotFound`. Two queries."""
    short = _short(language)
    other = "zh" if short == "en" else "en"
    neighbour = [f"{side}__{name}" for side in ("previous", "next") for name in (*_BODIES, "topics", "labs_listed")]
    rows = Chapter.objects.select_related("course", "part", "item__published", "previous", "next")
    chapter = (
        rows.defer(f"body_{other}", f"toc_{other}", *neighbour)
        .prefetch_related(Prefetch("labs", Lab.objects.filter(item__published__isnull=False).defer(*_LAB_LIGHT)))
        .filter(course__slug=course_slug, slug=slug, planned=False)
        .first()
    )
    if chapter is None:
        raise NotFound
    return ChapterPage(
        chapter=chapter,
        language=short,
        segments=_segments(chapter.in_language("body", short)),
        toc=chapter.in_language("toc", short),
        goals=[goal[short] for goal in chapter.goals],
        previous=chapter.previous,
        next=chapter.next,
        labs=list(chapter.labs.all()),
        etag=f"{chapter.render_key[:24]}-{short}",
    )


@dataclass(frozen=True, slots=True)
class FileView:
    """A file of a published revision, ready to be served."""

    data: bytes
    sha256: str
    content_type: str


def chapter_file_get(course_slug: str, slug: str, name: str) -> FileView:
    """`figures/<name>` of the written chapter, or `NotFound`."""
    return _figure(Item.Kind.CHAPTER, course_slug, slug, name)


def lab_file_get(course_slug: str, slug: str, name: str) -> FileView:
    """`figures/<name>` of the lab, or `NotFound`."""
    return _figure(Item.Kind.LAB, course_slug, slug, name)


def _figure(kind: Item.Kind, course_slug: str, slug: str, name: str) -> FileView:
    items = Item.objects.filter(course__slug=course_slug, kind=kind, slug=slug, published__isnull=False)
    item = items.select_related("published").first()
    suffix = name.rpartition(".")[2]
    if item is None or item.published is None or "/" in name or suffix not in ("svg", "png", "webp"):
        raise NotFound
    found = revision_file(item.published, f"figures/{name}")
    if found is None:
        raise NotFound
    return FileView(found[0], found[1], mimetypes.types_map.get(f".{suffix}", f"image/{suffix}"))


# ---------------------------------------------------------------------------------------------------------------- labs


def labs(course: Course) -> QuerySet[Lab]:
    """The published labs of a course in the order of their chapters."""
    rows = Lab.objects.filter(course=course, item__published__isnull=False)
    return rows.select_related("item", "chapter").order_by("chapter__position", "slug")


def lab_get(course_slug: str, slug: str) -> Lab:
    """The published lab with its course, chapter, item and published revision, or `NotFound`. One query."""
    rows = Lab.objects.select_related("course", "chapter", "item__published")
    lab = rows.filter(course__slug=course_slug, slug=slug, item__published__isnull=False).first()
    if lab is None:
        raise NotFound
    return lab


@dataclass(frozen=True, slots=True)
class LabPage:
    """A lab in one language. `cases` is the mark sheet, [{name, points, title}]; `starter` maps names to source."""

    lab: Lab
    language: str
    statement: str
    toc: list[dict[str, Any]]
    goals: list[str]
    hints: list[str]
    cases: list[dict[str, Any]]
    starter: dict[str, str]
    etag: str


def lab_page(course_slug: str, slug: str, language: str = "en") -> LabPage:
    """Everything a lab's page shows, or `NotFound`. Two queries."""
    short = _short(language)
    lab = lab_get(course_slug, slug)
    return LabPage(
        lab=lab,
        language=short,
        statement="".join(value for kind, value in lab.in_language("body", short) if kind == "html"),
        toc=lab.in_language("toc", short),
        goals=[goal[short] for goal in lab.goals],
        hints=[hint[short] for hint in lab.hints],
        cases=[{"name": case["name"], "points": case["points"], "title": case[short]} for case in lab.cases],
        starter=lab_starter(lab),
        etag=f"{lab.render_key[:24]}-{short}",
    )


def lab_starter(lab: Lab) -> dict[str, str]:
    """What a student starts from: name -> source text, in the order of `files_allowed`. One query."""
    if lab.item.published is None:
        return {}
    files = revision_files(lab.item.published, prefix="starter/")
    return {name: files[f"starter/{name}"].decode() for name in lab.files_allowed if f"starter/{name}" in files}


def lab_judge_definition(revision: Revision) -> dict[str, Any]:
    """What the judge is told of a lab: the fields of `graders.protocol.jobs.LabDefinition`; the suite is on disk."""
    file = LabFile.model_validate(revision.definition)
    return lab_definition(file, revision.content_hash, str(lab_materialise(revision).resolve()))


# ----------------------------------------------------------------------------------------------------------- questions


def question_get(uuid: UUID, use: str) -> Question:
    """The published question that may be used so ("quick_check", ...), or `NotFound`. One query."""
    rows = Question.objects.select_related("item__published", "course")
    question = rows.filter(item__uuid=uuid, item__published__isnull=False).first()
    if question is None or use not in question.uses:
        raise NotFound
    return question


def question_view(question: Question, language: str) -> dict[str, Any]:
    """What may be seen before answering: the same as `PageSegment.check`. Named field by field, nothing is left out."""
    short = _short(language)
    data = question.data
    view: dict[str, Any] = {
        "uuid": str(question.item.uuid),
        "slug": question.slug,
        "type": question.type,
        "prompt": data["prompt"][short],
    }
    if "options" in data:
        view["options"] = [{"id": option["id"], "text": option["text"][short]} for option in data["options"]]
    if data.get("unit"):
        view["unit"] = data["unit"][short]
    return view


def question_secret(question: Question) -> dict[str, Any]:
    """What is right and why, in both languages. For code that has an answer in its hands."""
    data: dict[str, Any] = question.data
    return data


def _segments(body: list[list[Any]]) -> list[PageSegment]:
    return [PageSegment(value, None) if kind == "html" else PageSegment(None, value) for kind, value in body]


def _short(language: str) -> str:
    return "zh" if language.lower().startswith("zh") else "en"
