"""Middleware of no particular room. Each works in both worlds, so that a stream costs no thread."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, TypeAlias

import structlog
from asgiref.sync import iscoroutinefunction
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.decorators import sync_and_async_middleware
from whitenoise.middleware import WhiteNoiseMiddleware

from drillyard.common import clock

_log = structlog.get_logger(__name__)
Handler: TypeAlias = Callable[[HttpRequest], HttpResponseBase] | Callable[[HttpRequest], Awaitable[HttpResponseBase]]


@sync_and_async_middleware
def no_store_with_nonce_middleware(get_response: Any) -> Handler:
    """A page that carries a nonce is kept by nobody: a 304 would bring the old nonce under a new header.

    It stands outside the CSP middleware, which decides while the response goes out.
    """

    def mend(request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        if isinstance(getattr(request, "_csp_nonce", None), str):
            response.headers["Cache-Control"] = "no-store"
        return response

    if iscoroutinefunction(get_response):

        async def answer_async(request: HttpRequest) -> HttpResponseBase:
            return mend(request, await get_response(request))

        return answer_async

    def answer(request: HttpRequest) -> HttpResponseBase:
        return mend(request, get_response(request))

    return answer


@sync_and_async_middleware
def static_files_middleware(get_response: Any) -> Handler:
    """Our own static files, by WhiteNoise.

    Its own middleware is synchronous, which costs every request of an ASGI server a thread, and streams files, which
    such a server can only collect first, with a warning. Ours are small: each is one answer.
    """
    shelf = WhiteNoiseMiddleware(get_response)

    def found(request: HttpRequest) -> HttpResponse | None:
        path = request.path_info
        file = shelf.find_file(path) if shelf.autorefresh else shelf.files.get(path)
        return None if file is None else _file_response(file.get_response(request.method, request.META))

    if iscoroutinefunction(get_response):

        async def answer_async(request: HttpRequest) -> HttpResponseBase:
            response: HttpResponseBase = found(request) or await get_response(request)
            return response

        return answer_async

    def answer(request: HttpRequest) -> HttpResponseBase:
        response: HttpResponseBase = found(request) or get_response(request)
        return response

    return answer


def _file_response(file: Any) -> HttpResponse:
    """WhiteNoise's answer (200, 206, 304 or 405) as one of Django's."""
    content = b""
    if file.file is not None:
        with file.file:
            content = file.file.read()
    response = HttpResponse(content, status=int(file.status))
    del response.headers["Content-Type"]
    for name, value in file.headers:
        response.headers[name] = value
    return response


@sync_and_async_middleware
def request_log_middleware(get_response: Any) -> Handler:
    """One line a request that was slow or failed; the rest is silent."""

    def note(request: HttpRequest, response: HttpResponseBase, began: float) -> HttpResponseBase:
        duration_ms = round((clock.monotonic() - began) * 1000)
        if response.status_code >= 500 or duration_ms >= 1000:
            _log.warning(
                "request", method=request.method, path=request.path, status=response.status_code, ms=duration_ms
            )
        return response

    if iscoroutinefunction(get_response):

        async def answer_async(request: HttpRequest) -> HttpResponseBase:
            began = clock.monotonic()
            return note(request, await get_response(request), began)

        return answer_async

    def answer(request: HttpRequest) -> HttpResponseBase:
        began = clock.monotonic()
        return note(request, get_response(request), began)

    return answer
