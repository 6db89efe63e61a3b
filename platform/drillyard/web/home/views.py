"""The first page: what this is, and where to begin."""

from __future__ import annotations

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_GET

from drillyard.catalog import selectors
from drillyard.common.errors import NotFound
from drillyard.web.book.pages import course_page
from drillyard.web.context_processors import COURSE_DEFAULT
from drillyard.web.headers import reading_response

_SHOWN_MAX = 2


def _context() -> dict[str, object]:
    """Without a course (nothing was synced yet) the page still says what Drillyard is."""
    try:
        found = selectors.course_get(COURSE_DEFAULT)
    except NotFound:
        return {}
    page = course_page(found, selectors.contents(found))
    written = [chapter for chapter in page.chapters if chapter.url]
    labs = [lab for chapter in page.chapters for lab in chapter.labs]
    return {
        "course": page,
        "start": written[0] if written else None,
        "written_chapters": written[:_SHOWN_MAX],
        "written_labs": labs[:_SHOWN_MAX],
    }


@require_GET
def home(request: HttpRequest) -> HttpResponseBase:
    """For everybody, the same."""
    return reading_response(request, lambda: render(request, "web/home/home.html", _context()))
