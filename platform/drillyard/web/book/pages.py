"""What the contents and a chapter show, in the reader's language."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from drillyard.catalog import selectors
from drillyard.practice.services import Feedback
from drillyard.web.labs.pages import LabLink, lab_link, summary_of, title_of
from drillyard.web.templatetags.web import in_language


@dataclass(frozen=True, slots=True)
class TocLine:
    id: str
    title: SafeString
    children: list[TocLine]


@dataclass(frozen=True, slots=True)
class Neighbour:
    """The written chapter before or after."""

    label: str
    title: str
    url: str


@dataclass(frozen=True, slots=True)
class ChapterLine:
    """A chapter in the contents; `url` is empty while it is planned."""

    slug: str
    number: str
    title: str
    url: str
    minutes: int
    summary: str
    topics: list[str]
    labs: list[LabLink]


@dataclass(frozen=True, slots=True)
class PartLine:
    slug: str
    number: str
    title: str
    other_title: str
    chapters: list[ChapterLine]


@dataclass(frozen=True, slots=True)
class CoursePage:
    slug: str
    title: str
    other_title: str
    summary: str
    parts: list[PartLine]

    @property
    def chapters(self) -> list[ChapterLine]:
        return [chapter for part in self.parts for chapter in part.chapters]


@dataclass(frozen=True, slots=True)
class ChapterPage:
    label: str
    title: str
    other_title: str
    summary: str
    minutes: int
    part: PartLine
    toc: list[TocLine]
    html: SafeString
    labs: list[LabLink]
    previous: Neighbour | None
    next: Neighbour | None


def chapter_label(number: str) -> str:
    """“Chapter 7”, “Appendix A”."""
    return (_("Chapter %(number)s") if number.isdigit() else _("Appendix %(number)s")) % {"number": number}


def _url(course: str, chapter: Any) -> str:
    return "" if chapter.planned else reverse("chapter", args=[course, chapter.slug])


def course_page(course: Any, parts: Iterable[Any]) -> CoursePage:
    """`parts` as `catalog.selectors.contents` gives them: in order, with their chapters and those chapters' labs."""
    return CoursePage(
        slug=course.slug,
        title=title_of(course),
        other_title=title_of(course, other=True),
        summary=summary_of(course),
        parts=[_part(course, part) for part in parts],
    )


def _part(course: Any, part: Any) -> PartLine:
    chapters = [
        ChapterLine(
            slug=chapter.slug,
            number=chapter.number,
            title=title_of(chapter),
            url=_url(course.slug, chapter),
            minutes=chapter.minutes,
            summary=summary_of(chapter),
            topics=[] if not chapter.planned else [in_language(topic) for topic in chapter.topics],
            labs=[lab_link(lab, course=course, chapter=chapter) for lab in chapter.labs.all()],
        )
        for chapter in part.chapters.all()
    ]
    return PartLine(part.slug, part.number, title_of(part), title_of(part, other=True), chapters)


def chapter_page(found: selectors.ChapterPage) -> ChapterPage:
    """A written chapter, in the language in which it was asked for."""
    chapter, part = found.chapter, found.chapter.part
    course = chapter.course.slug
    return ChapterPage(
        label=chapter_label(chapter.number),
        title=title_of(chapter),
        other_title=title_of(chapter, other=True),
        summary=summary_of(chapter),
        minutes=chapter.minutes,
        part=PartLine(part.slug, part.number, title_of(part), title_of(part, other=True), []),
        toc=toc_lines(found.toc),
        html=body_html(found.segments, course=course, chapter=chapter.slug),
        labs=[lab_link(lab, course=chapter.course, chapter=chapter) for lab in found.labs],
        previous=_neighbour(course, found.previous),
        next=_neighbour(course, found.next),
    )


def _neighbour(course: str, chapter: Any) -> Neighbour | None:
    if chapter is None:
        return None
    return Neighbour(label=chapter_label(chapter.number), title=title_of(chapter), url=_url(course, chapter))


def toc_lines(entries: Iterable[dict[str, Any]]) -> list[TocLine]:
    """The headings as the renderer gave them; their titles are HTML without links."""
    return [
        TocLine(entry["id"], mark_safe(entry["title"]), toc_lines(entry["children"]))  # noqa: S308 - as `content_html`
        for entry in entries
    ]


def body_html(segments: Iterable[selectors.PageSegment], *, course: str, chapter: str) -> SafeString:
    """A chapter's text with its quick checks in their places. Nothing that says which answer is right is in them."""
    parts = [
        segment.html if segment.check is None else check_html(segment.check, course=course, chapter=chapter)
        for segment in segments
    ]
    return mark_safe("".join(part for part in parts if part))  # noqa: S308 - as `content_html`


def check_html(question: dict[str, Any], *, course: str, chapter: str) -> str:
    """The form of a quick check; `question` is what a reader may see of it."""
    context = {
        "question": question,
        "action": reverse("quick_check", args=[course, chapter, question["uuid"]]),
    }
    return render_to_string("web/book/check.html", context)


@dataclass(frozen=True, slots=True)
class FeedbackLine:
    """What is said to one chosen option; `option` is its text, empty where there is only one thing to speak of."""

    option: SafeString
    correct: bool
    html: SafeString


def feedback_lines(feedback: Feedback, view: dict[str, Any]) -> list[FeedbackLine]:
    """The reasons, each under the option it speaks of when several were chosen."""
    texts = {option["id"]: option["text"] for option in view.get("options", [])}
    several = len(feedback.reasons) > 1
    return [
        FeedbackLine(
            mark_safe(texts.get(reason.option, "") if several else ""),  # noqa: S308 - as `content_html`
            reason.correct,
            mark_safe(reason.html),  # noqa: S308 - as `content_html`
        )
        for reason in feedback.reasons
    ]
