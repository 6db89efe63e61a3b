"""The reader's time zone, for as long as a request is answered."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, TypeAlias

from asgiref.sync import iscoroutinefunction
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.decorators import sync_and_async_middleware

from drillyard.accounts.preferences import time_zone_of

Handler: TypeAlias = Callable[[HttpRequest], HttpResponseBase] | Callable[[HttpRequest], Awaitable[HttpResponseBase]]


@sync_and_async_middleware
def time_zone_middleware(get_response: Any) -> Handler:
    """Show instants in the zone that the reader chose; without one, in the installation's."""
    if iscoroutinefunction(get_response):

        async def answer_async(request: HttpRequest) -> HttpResponseBase:
            with timezone.override(time_zone_of(request)):
                response: HttpResponseBase = await get_response(request)
            return response

        return answer_async

    def answer(request: HttpRequest) -> HttpResponseBase:
        with timezone.override(time_zone_of(request)):
            response: HttpResponseBase = get_response(request)
        return response

    return answer
