"""The labs of a course, a lab, its starter files, its leaderboard, and submitting to it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Final

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from drillyard.catalog import selectors
from drillyard.common import ids
from drillyard.common.errors import DrillyardError, NotFound
from drillyard.labwork.selectors import latest_files
from drillyard.labwork.services import submission_create
from drillyard.progress.selectors import Board, BoardRow
from drillyard.progress.selectors import leaderboard as board_of
from drillyard.web.book.views import file_response
from drillyard.web.headers import personal, reading_response
from drillyard.web.labs.forms import TEXT_PREFIX, submitted_files
from drillyard.web.labs.pages import lab_link, lab_page, starters
from drillyard.web.submissions.pages import draft_prefix
from drillyard.web.templatetags.web import in_language

TOP_ROWS: Final = 5


@require_GET
def labs(request: HttpRequest, course: str) -> HttpResponseBase:
    """The published labs of a course."""
    try:
        found = selectors.course_get(course)
    except NotFound:
        raise Http404 from None
    return reading_response(request, lambda: render(request, "web/labs/labs.html", _labs_context(found)))


def _labs_context(course: Any) -> dict[str, Any]:
    published = list(selectors.labs(course))
    listed = {
        slug for part in selectors.contents(course) for chapter in part.chapters.all() for slug in chapter.labs_listed
    }
    links = [lab_link(lab, course=course, chapter=lab.chapter) for lab in published]
    return {"labs": links, "planned_count": len(listed - {lab.slug for lab in published})}


@require_GET
def lab(request: HttpRequest, course: str, slug: str) -> HttpResponseBase:
    """A lab: what is asked for, how it is marked, and who has done it."""
    try:
        found = selectors.lab_page(course, slug, get_language() or "en")
    except NotFound:
        raise Http404 from None
    board = board_of(lab=found.lab, rows_max=TOP_ROWS)
    context = {"lab": lab_page(found), "top": board.rows}
    return reading_response(request, lambda: render(request, "web/labs/lab.html", context))


@require_GET
def starter(request: HttpRequest, course: str, slug: str, name: str) -> HttpResponseBase:  # noqa: ARG001
    """A starter file, to be saved."""
    found = _lab(course, slug)
    text = selectors.lab_starter(found).get(name)
    if text is None:
        raise Http404
    response = HttpResponse(text, content_type="text/x-python; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@require_GET
def figure(request: HttpRequest, course: str, slug: str, name: str) -> HttpResponseBase:
    """A figure of a lab's statement."""
    try:
        found = selectors.lab_file_get(course, slug, name)
    except NotFound:
        raise Http404 from None
    return file_response(request, found)


def _lab(course: str, slug: str) -> Any:
    try:
        return selectors.lab_get(course, slug)
    except NotFound:
        raise Http404 from None


# -------------------------------------------------------------------------------------------------------- leaderboard


@require_GET
@personal
def leaderboard(request: HttpRequest, course: str, slug: str) -> HttpResponseBase:
    """The board, public, with the reader's own row marked."""
    found = _lab(course, slug)
    board = board_of(lab=found, user=request.user)
    context = {
        "lab": lab_link(found, course=found.course, chapter=found.chapter),
        "board": board,
        "rows": _rows(board),
        "metrics": [in_language(metric["title"]) for metric in board.metrics],
        "has_unofficial": any(not row.official for row in board.rows),
    }
    return render(request, "web/labs/board.html", context)


def _rows(board: Board) -> list[BoardRow]:
    """The first rows, and below them the reader's own if it stands further down."""
    beyond = board.own is not None and all(not row.own for row in board.rows)
    return [*board.rows, board.own] if beyond and board.own else board.rows


# ------------------------------------------------------------------------------------------------------------- submit


@dataclass(frozen=True, slots=True)
class EditedFile:
    name: str
    text: str
    starter_url: str


@require_http_methods(["GET", "POST"])
@login_required
@personal
def submit(request: HttpRequest, course: str, slug: str) -> HttpResponseBase:
    """Write or upload a solution. What was refused stays in the form, with the reason."""
    found = _lab(course, slug)
    if request.method == "GET":
        key = ids.secret_new(24)
        texts = {**selectors.lab_starter(found), **latest_files(user=request.user, lab=found)}
        return _form(request, found, texts=texts, key=key)
    files = submitted_files(request, allowed=found.files_allowed)
    key = request.POST.get("key", "")
    try:
        submission = submission_create(user=request.user, lab=found, files=files, idempotency_key=key)
    except NotFound:
        raise Http404 from None
    except DrillyardError as error:
        shown = {name: request.POST.get(TEXT_PREFIX + name, "") for name in found.files_allowed}
        response = _form(
            request, found, texts=shown, key=ids.secret_new(24), errors=[error.text(get_language() or "en")]
        )
        response.status_code = error.status
        return response
    return redirect("submission", uuid=submission.uuid)


def _form(
    request: HttpRequest, lab: Any, *, texts: dict[str, str], key: str, errors: list[str] | None = None
) -> HttpResponse:
    addresses = {one.name: one.url for one in starters(lab, lab.files_allowed)}
    context = {
        "lab": lab_link(lab, course=lab.course, chapter=lab.chapter),
        "files": [EditedFile(name, texts.get(name, ""), addresses[name]) for name in lab.files_allowed],
        "file_names": ", ".join(lab.files_allowed),
        "limit_kb": settings.DRILLYARD.submissions.file_bytes_max // 1024,
        "key": key,
        "errors": errors or [],
        "draft_prefix": draft_prefix(request.user, lab.slug),
        "phrases": json.dumps(_phrases(), ensure_ascii=False),
    }
    return render(request, "web/labs/submit.html", context)


def _phrases() -> dict[str, str]:
    """What the editor says by itself, in the page's language."""
    return {
        "Find": _("Find"),
        "Replace": _("Replace"),
        "next": _("next"),
        "previous": _("previous"),
        "all": _("all"),
        "match case": _("match case"),
        "by word": _("by word"),
        "regexp": _("regular expression"),
        "replace": _("replace"),
        "replace all": _("replace all"),
        "close": _("close"),
        "current match": _("current match"),
        "on line": _("on line"),
        "replaced match on line $": _("replaced match on line $"),
        "replaced $ matches": _("replaced $ matches"),
        "Go to line": _("Go to line"),
        "go": _("go"),
        "Control character": _("Control character"),
        "Completions": _("Completions"),
    }
