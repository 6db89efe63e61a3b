from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory

from drillyard.config.middleware import no_store_with_nonce_middleware


def test_every_answer_carries_the_strict_headers(client: Client) -> None:
    answer = client.get("/healthz")
    policy = answer["Content-Security-Policy"]
    directives = [part.strip() for part in policy.split(";")]
    for directive in ("default-src 'none'", "script-src 'self'", "style-src 'self'"):
        assert directive in directives
    assert "unsafe" not in policy
    assert "nonce" not in policy
    assert answer["Referrer-Policy"] == "same-origin"
    assert answer["Cross-Origin-Opener-Policy"] == "same-origin"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["X-Frame-Options"] == "DENY"
    assert "camera=()" in answer["Permissions-Policy"]


def test_a_page_with_a_nonce_is_kept_by_nobody() -> None:
    def view(request: HttpRequest, *, with_nonce: bool) -> HttpResponse:
        if with_nonce:
            request._csp_nonce = "abc"  # type: ignore[attr-defined]
        return HttpResponse(headers={"Cache-Control": "max-age=60"})

    for with_nonce, expected in ((True, "no-store"), (False, "max-age=60")):
        answer = no_store_with_nonce_middleware(lambda request, n=with_nonce: view(request, with_nonce=n))
        assert answer(RequestFactory().get("/"))["Cache-Control"] == expected  # type: ignore[index]
