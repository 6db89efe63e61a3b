"""What pages show of a lab, in the reader's language."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.formats import number_format
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from drillyard.catalog import selectors
from drillyard.catalog.schemas import LimitsFile
from drillyard.web.templatetags.web import in_language


@dataclass(frozen=True, slots=True)
class LabLink:
    """A lab as other pages point to it."""

    slug: str
    title: str
    other_title: str
    summary: str
    url: str
    submit_url: str
    board_url: str
    chapter_number: str
    chapter_title: str
    chapter_url: str
    difficulty: int
    minutes: int


def is_chinese() -> bool:
    """Whether the page is written in Chinese."""
    return (get_language() or "").startswith("zh")


def title_of(thing: Any, *, other: bool = False) -> str:
    """The title of a course, part, chapter or lab, in the page's language or in the other one."""
    return str(thing.title_zh if is_chinese() is not other else thing.title_en)


def summary_of(thing: Any) -> str:
    """The summary of a course, chapter or lab: plain text."""
    return str(thing.summary_zh if is_chinese() else thing.summary_en)


def content_html(texts: dict[str, str]) -> SafeString:
    """HTML of our own content, a {"en", "zh"} pair. The renderer lets nothing foreign through."""
    return mark_safe(in_language(texts))  # noqa: S308 - see `drillyard.common.markdown`


def lab_link(lab: Any, *, course: Any, chapter: Any) -> LabLink:
    """`lab` is a `catalog.Lab`; its course and chapter are handed in, so that nobody fetches them by accident."""
    address = [course.slug, lab.slug]
    return LabLink(
        slug=lab.slug,
        title=title_of(lab),
        other_title=title_of(lab, other=True),
        summary=summary_of(lab),
        url=reverse("lab", args=address),
        submit_url=reverse("lab_submit", args=address),
        board_url=reverse("leaderboard", args=address),
        chapter_number=chapter.number if chapter else "",
        chapter_title=title_of(chapter) if chapter else "",
        chapter_url=reverse("chapter", args=[course.slug, chapter.slug]) if chapter and not chapter.planned else "",
        difficulty=lab.difficulty,
        minutes=lab.minutes,
    )


@dataclass(frozen=True, slots=True)
class Starter:
    name: str
    url: str


@dataclass(frozen=True, slots=True)
class Limit:
    title: str
    value: str


@dataclass(frozen=True, slots=True)
class MarkLine:
    """A line of the mark sheet."""

    name: str
    title: str
    points: int


@dataclass(frozen=True, slots=True)
class LabPage:
    """A lab's own page. `link` has what other pages show of it too."""

    link: LabLink
    goals: list[SafeString]
    statement: SafeString
    cases: list[MarkLine]
    hints: list[SafeString]
    starters: list[Starter]
    files: list[str]
    modules: list[str]
    limits: list[Limit]
    entry_point: str
    solution_lines: int
    offline_command: str


def lab_page(found: selectors.LabPage) -> LabPage:
    """A lab, in the language in which it was asked for."""
    lab = found.lab
    definition: dict[str, Any] = lab.item.published.definition if lab.item.published else {}
    return LabPage(
        link=lab_link(lab, course=lab.course, chapter=lab.chapter),
        goals=[mark_safe(goal) for goal in found.goals],  # noqa: S308 - as `content_html`
        statement=mark_safe(found.statement),  # noqa: S308 - as `content_html`
        cases=[MarkLine(case["name"], case["title"], case["points"]) for case in found.cases],
        hints=[mark_safe(hint) for hint in found.hints],  # noqa: S308 - as `content_html`
        starters=starters(lab, found.starter),
        files=list(lab.files_allowed),
        modules=list(definition.get("modules_allowed", [])),
        limits=_limits(definition.get("limits", {})),
        entry_point=lab.entry_point,
        solution_lines=lab.solution_lines,
        offline_command=offline_command(lab.slug, lab.files_allowed),
    )


def starters(lab: Any, names: Iterable[str]) -> list[Starter]:
    """Where the starter files can be had."""
    return [Starter(name, reverse("lab_starter", args=[lab.course.slug, lab.slug, name])) for name in names]


def offline_command(slug: str, files: Iterable[str]) -> str:
    """What grades these files on one's own machine."""
    return f"drillyard grade {slug} {' '.join(files)}"


def _limits(limits: dict[str, int]) -> list[Limit]:
    """The limits in words. What a lab does not set is as the schema says."""
    shown = (
        ("run_wall_ms_max", _("Whole run"), lambda value: _("%(count)s s") % {"count": number_format(value / 1000, 0)}),
        ("step_wall_ms_max", _("One step"), lambda value: _("%(count)s s") % {"count": number_format(value / 1000, 0)}),
        ("memory_mb_max", _("Memory"), lambda value: f"{value} MB"),
        ("output_bytes_max", _("Output"), lambda value: f"{value // 1024} KB"),
        ("callbacks_per_step_max", _("Callbacks a step"), "{:,}".format),
        ("events_per_schedule_max", _("Events a schedule"), "{:,}".format),
    )
    defaults = LimitsFile().model_dump()
    return [Limit(title, str(words(limits.get(name, defaults[name])))) for name, title, words in shown]
