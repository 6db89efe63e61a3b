"""What a page says about itself to caches and to forms of other sites.

Three kinds of page. A *reading* page is the same for everybody who has the same theme and language: it carries no
nonce, no token, nothing about the reader, and answers 304 to who has it already. A *personal* page is kept by nobody.
A form that stands on a reading page has no CSRF token; its view is guarded by `same_site_only` instead, which believes
what the browser itself says about where a request comes from and which no page can forge.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import lru_cache, wraps
from pathlib import Path
from typing import Any, Final, TypeAlias
from urllib.parse import urlsplit

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.utils.translation import get_language
from django.views.decorators.csrf import csrf_exempt

from drillyard.web.context_processors import theme_of

View: TypeAlias = Callable[..., HttpResponseBase]
_HERE: Final = Path(__file__).parent


_GZIP: Final = GZipMiddleware(lambda _request: HttpResponse())
"""For reading pages only: they hold no secret that compression could give away (BREACH)."""


@lru_cache(maxsize=1)
def look() -> str:
    """Changes with our templates, styles and scripts: the part of a page that is not its content."""
    digest = hashlib.sha256()
    for folder in ("templates", "static", "templatetags"):
        for path in sorted((_HERE / folder).rglob("*")):
            if path.is_file():
                status = path.stat()
                digest.update(f"{path.relative_to(_HERE)} {status.st_size} {status.st_mtime_ns}\n".encode())
    return digest.hexdigest()[:16]


def reading_response(
    request: HttpRequest, make: Callable[[], HttpResponse], *, content: tuple[str, ...] | None = None
) -> HttpResponseBase:
    """The page that `make` renders, or 304 for who has it already.

    `content` names everything the page is made from besides its look (hashes, titles); then a page that is known
    already is not rendered. Without it the page's own bytes decide.
    """
    response: HttpResponseBase | None
    if content is None:
        made = make()
        etag = _etag(request, made.content.decode())
        response = get_conditional_response(request, etag=etag, response=made)
    else:
        etag = _etag(request, look(), *content)
        response = get_conditional_response(request, etag=etag) or make()
    assert response is not None
    response.headers["ETag"] = etag
    response.headers["Cache-Control"] = "no-cache"
    patch_vary_headers(response, ("Cookie",))  # the theme is a cookie
    return _GZIP.process_response(request, response)


def _etag(request: HttpRequest, *content: str) -> str:
    words = [get_language() or "", theme_of(request), request.get_full_path(), *content]
    return '"' + hashlib.sha256("\0".join(words).encode()).hexdigest()[:32] + '"'


def personal(view: View) -> View:
    """Kept by nobody, not even by the browser's own cache."""

    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        response = view(request, *args, **kwargs)
        response.headers["Cache-Control"] = "no-store"
        return response

    return answer


def same_site_only(view: View) -> View:
    """For forms of reading pages: no token, but only from our own pages. Raises `PermissionDenied`."""

    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.method not in ("GET", "HEAD", "OPTIONS") and not _from_here(request):
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return csrf_exempt(answer)


def _from_here(request: HttpRequest) -> bool:
    """`Sec-Fetch-Site` where the browser sends it (all do since 2023), else `Origin`, else `Referer`; else no."""
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site == "same-origin"
    origin = request.headers.get("Origin") or request.headers.get("Referer") or ""
    return urlsplit(origin).netloc == request.get_host()
