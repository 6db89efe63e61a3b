from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from drillyard.accounts.models import User
from drillyard.catalog.models import Course, Revision

CHAPTER = "/en/ftdr/chapters/first-steps/"


def test_the_page_has_its_text_contents_and_way_on(course: Course, client: Client) -> None:
    html = client.get(CHAPTER).content.decode()
    assert "First Steps" in html
    assert "Chapter 1" in html
    assert 'class="toc-aside"' in html
    assert 'href="#counting"' in html
    assert 'href="/en/ftdr/labs/counter/"' in html


def test_the_language_switch_stays_at_the_chapter(course: Course, client: Client) -> None:
    english, chinese = client.get(CHAPTER), client.get("/zh-hans/ftdr/chapters/first-steps/")
    assert 'href="/zh-hans/ftdr/chapters/first-steps/"' in english.content.decode()
    assert 'href="/en/ftdr/chapters/first-steps/"' in chinese.content.decode()
    assert "第 1 章" in chinese.content.decode()


def test_reading_carries_nothing_personal_even_for_who_is_signed_in(
    course: Course, client: Client, alice: User, as_user: Callable[[User], Client]
) -> None:
    signed_in = as_user(alice).get(CHAPTER)
    assert signed_in.content == client.get(CHAPTER).content
    assert "csrf" not in signed_in.content.decode().lower()
    assert "nonce" not in signed_in.headers["Content-Security-Policy"]
    assert not signed_in.cookies
    assert signed_in.headers["Cache-Control"] == "no-cache"


def test_nothing_in_the_page_says_which_answer_is_right(course: Course, client: Client) -> None:
    """The fixture's rationales say SECRET; the options' `correct` flags may not be there in any disguise."""
    html = client.get(CHAPTER).content.decode()
    form = html[html.index('id="check-how-many"') :]
    form = form[: form.index("</form>")]
    assert "SECRET" not in html
    assert "correct" not in form
    assert "rationale" not in form
    inputs = re.findall(r"<input[^>]*>", form)
    assert len(inputs) == 3
    assert len({re.sub(r'value="[abc]"', "", one) for one in inputs}) == 1, "the options differ in more than their id"


def test_a_known_chapter_is_neither_rendered_nor_sent_again(
    course: Course, client: Client, django_assert_max_num_queries: Any
) -> None:
    with django_assert_max_num_queries(2):
        first = client.get(CHAPTER)
    with django_assert_max_num_queries(2):
        again = client.get(CHAPTER, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_the_theme_of_the_cookie_is_rendered_and_is_another_page_to_caches(course: Course, client: Client) -> None:
    automatic = client.get(CHAPTER)
    client.cookies["theme"] = "dark"
    dark = client.get(CHAPTER, headers={"If-None-Match": automatic.headers["ETag"]})
    assert dark.status_code == 200
    assert 'data-theme="dark"' in dark.content.decode()
    client.cookies["theme"] = '"><script>'
    assert 'data-theme="auto"' in client.get(CHAPTER).content.decode()


def test_a_browser_that_takes_gzip_gets_it(course: Course, client: Client) -> None:
    response = client.get(CHAPTER, headers={"Accept-Encoding": "gzip"})
    assert response.headers["Content-Encoding"] == "gzip"
    again = client.get(CHAPTER, headers={"Accept-Encoding": "gzip", "If-None-Match": response.headers["ETag"]})
    assert again.status_code == 304


def test_a_planned_chapter_and_an_unknown_one_are_not_found(course: Course, client: Client) -> None:
    for slug in ("next-steps", "nothing"):
        assert client.get(f"/en/ftdr/chapters/{slug}/").status_code == 404


def test_figures_are_served_for_ever_under_their_hash_and_may_run_nothing(course: Course, client: Client) -> None:
    html = client.get(CHAPTER).content.decode()
    figures = re.findall(r'src="(figures/[^"]+)"', html)
    assert figures
    for address in figures:
        response = client.get(CHAPTER + address)
        assert response.status_code == 200
        assert response.headers["Content-Type"] == "image/svg+xml"
        assert "immutable" in response.headers["Cache-Control"]
        assert "default-src 'none'" in response.headers["Content-Security-Policy"]
        assert "sandbox" in response.headers["Content-Security-Policy"]
    stale = client.get(CHAPTER + figures[0].partition("?")[0] + "?v=000000000000")
    assert stale.headers["Cache-Control"] == "no-cache"


@pytest.mark.parametrize("name", ["nothing.svg", "wheel.mmd", "chapter.yaml", "..%2Fchapter.yaml"])
def test_other_files_of_a_revision_are_not_served(course: Course, client: Client, name: str) -> None:
    assert Revision.objects.exists()
    assert client.get(f"{CHAPTER}figures/{name}").status_code == 404
