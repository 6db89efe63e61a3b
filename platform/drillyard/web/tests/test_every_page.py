"""What holds for every page: strict headers, nobody else's hosts, no inline script or style."""

from __future__ import annotations

import re
from collections.abc import Callable
from html.parser import HTMLParser

import pytest
from django.test import Client

from drillyard.accounts.models import User
from drillyard.catalog.models import Lab
from drillyard.web.submissions.tests.support import graded, submitted

PUBLIC = (
    "", "ftdr/", "ftdr/chapters/first-steps/", "ftdr/labs/", "ftdr/labs/counter/", "ftdr/labs/counter/leaderboard/",
    "accounts/login/", "accounts/signup/", "accounts/password/reset/", "nothing/at/all/",
)  # fmt: skip
PERSONAL = ("ftdr/labs/counter/submit/", "submissions/", "profile/", "accounts/email/", "accounts/logout/")
LANGUAGES = {"en": "en", "zh-hans": "zh-Hans"}


class _Reader(HTMLParser):
    """Gathers what the tests ask for."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.ids: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = dict(attrs)
        self.tags.append((tag, attributes))
        if attributes.get("id"):
            self.ids.append(str(attributes["id"]))


def _read(html: str) -> _Reader:
    reader = _Reader()
    reader.feed(html)
    return reader


@pytest.fixture
def pages(lab: Lab, alice: User, client: Client, as_user: Callable[[User], Client]) -> list[tuple[str, str, str]]:
    """(language, address, HTML) of every page."""
    submission = submitted(alice, lab)
    graded(submission, passed=False)
    waiting = submitted(alice, lab, "y = 2\n")
    own = (*PERSONAL, f"submissions/{submission.uuid}/", f"submissions/{waiting.uuid}/")
    signed_in, found = as_user(alice), []
    for language in LANGUAGES:
        for reader, addresses in ((client, PUBLIC), (signed_in, own)):
            for address in addresses:
                response = reader.get(f"/{language}/{address}")
                assert response.status_code == (404 if "nothing" in address else 200), address
                _check_headers(response.headers["Content-Security-Policy"])
                found.append((language, address, response.content.decode()))
    return found


def _check_headers(policy: str) -> None:
    assert "unsafe" not in policy
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "http" not in policy


def test_every_page_is_whole_and_asks_nobody_else(pages: list[tuple[str, str, str]]) -> None:
    for language, address, html in pages:
        reader = _read(html)
        tags = [tag for tag, _ in reader.tags]
        assert tags.count("h1") == 1, address
        assert tags.count("main") == 1, address
        assert len(reader.ids) == len(set(reader.ids)), f"{address}: an id stands twice"
        assert f'<html lang="{LANGUAGES[language]}"' in html
        for tag, attributes in reader.tags:
            _check_tag(address, tag, attributes)


def _check_tag(address: str, tag: str, attributes: dict[str, str | None]) -> None:
    where = f"{address}: <{tag} {attributes}>"
    assert "style" not in attributes, where
    assert not [name for name in attributes if name.startswith("on")], where
    assert tag != "style", where
    if tag == "script":
        assert (attributes.get("src") or "").startswith("/static/"), where
    if tag in ("img", "link", "script", "source", "iframe") and not (tag == "link" and attributes.get("hreflang")):
        target = attributes.get("src") or attributes.get("href") or ""
        assert not re.match(r"(https?:)?//", target), where
    if tag == "input" and attributes.get("type") not in ("hidden", "radio", "checkbox", "submit"):
        assert attributes.get("id"), where


def test_reading_pages_have_no_secret_in_them(pages: list[tuple[str, str, str]]) -> None:
    for _, address, html in pages:
        if address in ("", "ftdr/", "ftdr/chapters/first-steps/", "ftdr/labs/", "ftdr/labs/counter/"):
            assert "csrfmiddlewaretoken" not in html, address
            assert "nonce" not in html, address


def test_the_language_switch_of_every_page_stays_there(pages: list[tuple[str, str, str]]) -> None:
    for language, address, html in pages:
        other = "zh-hans" if language == "en" else "en"
        there = "" if "nothing" in address else address
        assert f'href="/{other}/{there}"' in html, address


def test_a_chinese_page_has_no_english_left_in_its_frame(pages: list[tuple[str, str, str]]) -> None:
    for language, address, html in pages:
        if language == "zh-hans":
            for word in ("Contents", "My submissions", "Skip to", "Labs<", "Sign in", "Leaderboard"):
                assert word not in html, f"{address}: {word}"
