"""One's own submissions, and one of them: live while it is graded, then with its verdict."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from asgiref.sync import sync_to_async
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, JsonResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from drillyard.common.errors import NotFound
from drillyard.labwork.live import subscribe
from drillyard.labwork.models import Submission, SubmissionState
from drillyard.labwork.selectors import Status, status_get_for, submission_get_for, submissions_of
from drillyard.web.headers import personal
from drillyard.web.labs.pages import title_of
from drillyard.web.submissions.pages import files_of, state_of, submission_page

ROWS_A_PAGE: Final = 25


@dataclass(frozen=True, slots=True)
class Row:
    url: str
    lab_title: str
    number: int
    state: str
    score: int | None
    unofficial: bool
    created_at: datetime


def _row(submission: Submission) -> Row:
    done = submission.state == SubmissionState.DONE
    return Row(
        url=reverse("submission", args=[submission.uuid]),
        lab_title=title_of(submission.lab),
        number=submission.number,
        state=state_of(submission),
        score=submission.score if done else None,
        unofficial=done and not submission.official,
        created_at=submission.created_at,
    )


@require_GET
@login_required
@personal
def submissions(request: HttpRequest) -> HttpResponseBase:
    """One's own submissions, latest first."""
    pages = Paginator(submissions_of(user=request.user), ROWS_A_PAGE).get_page(request.GET.get("page"))
    context = {"rows": [_row(submission) for submission in pages], "pages": pages}
    return render(request, "web/submissions/list.html", context)


def _submission(request: HttpRequest, uuid: UUID) -> Submission:
    try:
        return submission_get_for(user=request.user, uuid=uuid)
    except NotFound:
        raise Http404 from None


@require_GET
@login_required
@personal
def submission(request: HttpRequest, uuid: UUID) -> HttpResponseBase:
    """The page of one submission."""
    found = _submission(request, uuid)
    context = {"submission": submission_page(found, reader=request.user), "files": files_of(found)}
    return render(request, "web/submissions/submission.html", context)


@require_GET
@login_required
@personal
def panel(request: HttpRequest, uuid: UUID) -> HttpResponseBase:
    """The part of the page that changes when the verdict is there."""
    context = {"submission": submission_page(_submission(request, uuid), reader=request.user)}
    return render(request, "web/submissions/panel.html", context)


@require_GET
@personal
def status(request: HttpRequest, uuid: UUID) -> HttpResponseBase:
    """How far it is, as JSON, for pages that cannot keep a stream open."""
    try:
        return JsonResponse(status_get_for(user=request.user, uuid=uuid).as_json())
    except NotFound:
        raise Http404 from None


async def events(request: HttpRequest, uuid: UUID) -> HttpResponseBase:
    """The same as a stream of server-sent events that ends when the verdict is there.

    The reader's right is checked once, in a thread; the stream itself holds neither a thread nor a connection.
    """
    try:
        await sync_to_async(_check)(request, uuid)
    except NotFound:
        raise Http404 from None
    response = StreamingHttpResponse(_events(uuid), content_type="text/event-stream")
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Accel-Buffering"] = "no"
    return response


def _check(request: HttpRequest, uuid: UUID) -> None:
    status_get_for(user=request.user, uuid=uuid)


async def _events(uuid: UUID) -> AsyncIterator[bytes]:
    async for status in subscribe(uuid):
        yield b": still here\n\n" if status is None else _event(status)


def _event(status: Status) -> bytes:
    data: dict[str, Any] = status.as_json()
    return f"data: {json.dumps(data, ensure_ascii=False)}\n\n".encode()
