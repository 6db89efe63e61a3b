"""The contents, the chapters and their quick checks: pages for everybody, the same for everybody."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.views.decorators.http import require_GET, require_POST

from drillyard.catalog import selectors
from drillyard.common.errors import NotFound, Refused
from drillyard.practice.services import Feedback, quick_check_answer
from drillyard.web.book.pages import chapter_page, course_page, feedback_lines
from drillyard.web.headers import personal, reading_response, same_site_only

_YEAR_S: Final = 31_536_000


@require_GET
def contents(request: HttpRequest, course: str) -> HttpResponseBase:
    """The whole course; what is planned is marked so and leads nowhere."""
    try:
        found = selectors.course_get(course)
    except NotFound:
        raise Http404 from None
    return reading_response(
        request,
        lambda: render(request, "web/book/contents.html", {"course": course_page(found, selectors.contents(found))}),
    )


@require_GET
def chapter(request: HttpRequest, course: str, slug: str) -> HttpResponseBase:
    """A written chapter. A reader who has it already costs two queries and no rendering."""
    try:
        found = selectors.chapter_get(course, slug, get_language() or "en")
    except NotFound:
        raise Http404 from None
    part = found.chapter.part
    around = [found.chapter.course, part, found.chapter, found.previous, found.next, *found.labs]
    titles = [f"{thing.title_en} {thing.title_zh}" for thing in around if thing is not None]
    summaries = [f"{lab.summary_en} {lab.summary_zh}" for lab in found.labs]
    return reading_response(
        request,
        lambda: render(request, "web/book/chapter.html", {"chapter": chapter_page(found)}),
        content=(found.etag, part.number, *titles, *summaries),
    )


@require_GET
def figure(request: HttpRequest, course: str, slug: str, name: str) -> HttpResponseBase:
    """A figure of a chapter."""
    try:
        found = selectors.chapter_file_get(course, slug, name)
    except NotFound:
        raise Http404 from None
    return file_response(request, found)


def file_response(request: HttpRequest, found: selectors.FileView) -> HttpResponseBase:
    """A file of a revision. An address that carries its hash is kept for ever."""
    response = HttpResponse(found.data, content_type=found.content_type)
    current = request.GET.get("v", "")
    kept = bool(current) and found.sha256.startswith(current)
    response.headers["Cache-Control"] = f"public, max-age={_YEAR_S}, immutable" if kept else "no-cache"
    response.headers["ETag"] = f'"{found.sha256}"'
    # An SVG that is opened by itself is a document: it may have its own styles and nothing else.
    response.headers["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    return response


@require_POST
@same_site_only
@personal
def quick_check(request: HttpRequest, course: str, slug: str, question: UUID) -> HttpResponseBase:
    """Say what is right of an answer, and why: a fragment for the page's script, else a page of its own."""
    language = get_language() or "en"
    try:
        asked = selectors.question_get(question, use="quick_check")
        answer: str | list[str] = request.POST.get("answer", "")
        if asked.type == "multiple":
            answer = request.POST.getlist("answer")
        feedback = quick_check_answer(user=request.user, question_uuid=question, answer=answer, language=language)
    except NotFound:
        raise Http404 from None
    except Refused as error:
        return _answered(request, course, slug, asked, problem=error.text(language))
    return _answered(request, course, slug, asked, feedback=feedback)


def _answered(
    request: HttpRequest, course: str, slug: str, asked: Any, *, feedback: Feedback | None = None, problem: str = ""
) -> HttpResponseBase:
    view = selectors.question_view(asked, get_language() or "en")
    context = {
        "feedback": feedback,
        "lines": feedback_lines(feedback, view) if feedback else [],
        "problem": problem,
        "prompt": view["prompt"],
        "back_url": f"{reverse('chapter', args=[course, slug])}#check-{asked.slug}",
    }
    fragment = request.headers.get("X-Fragment") == "1"
    template = "web/book/feedback.html" if fragment else "web/book/answered.html"
    return render(request, template, context, status=200 if fragment or feedback else 400)
