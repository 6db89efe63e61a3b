from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from django.template.loader import render_to_string
from django.test import Client, RequestFactory
from django.urls import path
from django.utils.module_loading import import_string
from django.utils.translation import override
from django.views import defaults

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("language", "said"), [("en", "Nothing here"), ("zh-hans", "这里什么也没有")])
def test_404_is_a_page_of_ours(client: Client, language: str, said: str) -> None:
    response = client.get(f"/{language}/nothing/at/all/")
    assert response.status_code == 404
    assert said in response.content.decode()
    assert 'class="top"' in response.content.decode()


def test_an_address_without_a_language_is_not_found_politely(client: Client) -> None:
    response = client.get("/nothing/at/all.html")
    assert response.status_code == 404
    assert "Nothing here" in response.content.decode()


@pytest.mark.parametrize(
    ("view", "status", "said"),
    [
        (lambda request: defaults.bad_request(request, Exception()), 400, ("not understood", "无法识别")),
        (lambda request: defaults.permission_denied(request, Exception()), 403, ("Not allowed", "不允许")),
        (defaults.server_error, 500, ("broke on our side", "平台出了故障")),
    ],
)
def test_the_other_errors_speak_both_languages(view: Callable[[Any], Any], status: int, said: tuple[str, str]) -> None:
    """As Django calls them: 400 and 500 without any context, since nothing may be relied on by then."""
    for language, words in zip(("en", "zh-hans"), said, strict=True):
        with override(language):
            response = view(RequestFactory().get(f"/{language}/"))
        assert response.status_code == status
        assert words in response.content.decode()
        assert 'rel="stylesheet"' in response.content.decode()


def test_500_needs_no_database_and_no_request(django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(0):
        assert "broke on our side" in render_to_string("500.html")


def _breaks(_request: Any) -> Any:
    raise RuntimeError("secret detail")


urlpatterns = [path("breaks/", _breaks), *import_string(f"{settings.ROOT_URLCONF}.urlpatterns")]


@pytest.mark.urls("drillyard.web.tests.test_error_pages")
def test_what_broke_is_not_told(client: Client) -> None:
    client.raise_request_exception = False
    response = client.get("/breaks/")
    assert response.status_code == 500
    assert "secret detail" not in response.content.decode()
