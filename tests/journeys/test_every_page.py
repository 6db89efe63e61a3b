"""Every page, in both languages and both themes: accessible, fitting a telephone, quiet, and asking nobody else."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.journeys.stack import Stack
from tests.journeys.visitor import Visitor

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("journeys")]

PUBLIC = {
    "home": "",
    "contents": "ftdr/",
    "chapter": "ftdr/chapters/circuit-breaker-bulkhead/",
    "labs": "ftdr/labs/",
    "lab": "ftdr/labs/circuit-breaker/",
    "board": "ftdr/labs/circuit-breaker/leaderboard/",
    "signup": "accounts/signup/",
    "login": "accounts/login/",
    "password": "accounts/password/reset/",
}
PERSONAL = {"submit": "ftdr/labs/circuit-breaker/submit/", "submissions": "submissions/", "profile": "profile/"}
LANGUAGES = {"en": "en", "zh": "zh-hans"}


@pytest.fixture(params=["light", "dark"])
def themed(request: pytest.FixtureRequest, browser: Browser, stack: Stack) -> Iterator[tuple[Visitor, str]]:
    person = Visitor(browser, stack.address, color_scheme=request.param)
    try:
        yield person, request.param
    finally:
        person.close()
    assert not person.troubles, "\n".join(person.troubles)


@pytest.mark.parametrize("language", LANGUAGES)
def test_public_pages(themed: tuple[Visitor, str], language: str) -> None:
    visitor, theme = themed
    for name, path in PUBLIC.items():
        visitor.go(f"/{LANGUAGES[language]}/{path}")
        visitor.look(f"{name}.{language}.{theme}")


@pytest.mark.parametrize("language", LANGUAGES)
def test_personal_pages(themed: tuple[Visitor, str], language: str) -> None:
    visitor, theme = themed
    visitor.sign_up(f"erin-{language}-{theme}@example.org", LANGUAGES[language])
    for name, path in PERSONAL.items():
        visitor.go(f"/{LANGUAGES[language]}/{path}")
        visitor.look(f"{name}.{language}.{theme}")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_page_that_is_not_there(themed: tuple[Visitor, str], language: str) -> None:
    visitor, theme = themed
    answer = visitor.page.goto(f"/{LANGUAGES[language]}/nowhere/")
    assert answer is not None
    assert answer.status == 404
    visitor.look(f"absent.{language}.{theme}")
    visitor.troubles = [trouble for trouble in visitor.troubles if "404" not in trouble]
