"""Middleware of no particular room. Each works in both worlds, so that a stream costs no thread."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, TypeAlias

import structlog
from asgiref.sync import iscoroutinefunction
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.decorators import sync_and_async_middleware

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
