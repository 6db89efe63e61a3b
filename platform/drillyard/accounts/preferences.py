"""Language and time zone on their way to the pages.

A reading page is the same for everybody and may be cached, so showing it must not ask who the reader is: touching the
session would make every page vary by cookie and cost a query. The profile is therefore copied into two cookies at
sign-in and at every change; Django's own middleware reads the first, ours the second.
"""

from __future__ import annotations

import zoneinfo
from functools import cache
from typing import Any, Final

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase

TIME_ZONE_COOKIE: Final = "drillyard_time_zone"


def preferences_remember(*, response: HttpResponseBase, user: Any) -> None:
    """Copy `user`'s language and time zone into the browser's cookies."""
    for name, value in ((settings.LANGUAGE_COOKIE_NAME, user.language), (TIME_ZONE_COOKIE, user.time_zone)):
        response.set_cookie(
            name,
            value,
            max_age=settings.LANGUAGE_COOKIE_AGE,
            samesite="Lax",
            secure=settings.SESSION_COOKIE_SECURE,
            httponly=name == TIME_ZONE_COOKIE,
        )


def time_zone_of(request: HttpRequest) -> zoneinfo.ZoneInfo | None:
    """The time zone that the browser's cookie names, or None for a missing or made-up one."""
    name = request.COOKIES.get(TIME_ZONE_COOKIE, "")
    return zoneinfo.ZoneInfo(name) if name in _time_zones() else None


@cache
def _time_zones() -> frozenset[str]:
    """Every zone's name. Finding them walks a folder of six hundred files, once a process and not once a request."""
    return frozenset(zoneinfo.available_timezones())
