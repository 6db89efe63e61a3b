"""Journey: a person signs up, reads chapter 7 in both languages, fails the lab, passes it, and is on the board."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.journeys.stack import Stack
from tests.journeys.visitor import PATIENCE_MS, Visitor, solution

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("journeys")]

CHAPTER = "ftdr/chapters/circuit-breaker-bulkhead/"


def _wait_for_the_verdict(page: Page) -> None:
    """The verdict comes by itself: a page that was loaded anew would have lost the mark that is left here."""
    page.evaluate("() => { window.sameDocument = true; }")
    page.locator("[data-verdict]").wait_for(timeout=PATIENCE_MS)
    assert page.evaluate("() => window.sameDocument === true"), "the page was loaded anew: nothing was live"


def _open_the_lab_from_the_chapter(visitor: Visitor) -> None:
    visitor.page.locator(".to-lab a.button").click()
    expect(visitor.page.locator("h1")).to_contain_text("Circuit Breaker")


def _submit(page: Page) -> None:
    page.locator("form[data-editor] button[type=submit]").click()
    page.wait_for_url(re.compile(r"/submissions/[0-9a-f-]{36}/"))


def test_a_student_goes_from_the_chapter_to_the_board(visitor: Visitor) -> None:
    page = visitor.page
    visitor.go("/en/")
    visitor.look("home.en")
    visitor.sign_up("alice@example.org")

    visitor.go(f"/en/{CHAPTER}")
    expect(page.locator("h1")).to_contain_text("Circuit Breaker & Bulkhead")
    expect(page.locator(".prose h2").first).to_be_visible()
    visitor.look("chapter.en")
    visitor.go(f"/zh-hans/{CHAPTER}")
    expect(page.locator("h1")).to_contain_text("熔断器")
    visitor.look("chapter.zh")

    visitor.go(f"/en/{CHAPTER}")
    _open_the_lab_from_the_chapter(visitor)
    visitor.look("lab.en")
    lab = page.url
    page.locator("a.button.primary").first.click()
    expect(page.locator(".cm-content")).to_be_visible()
    visitor.look("submit.en")

    _submit(page)
    _wait_for_the_verdict(page)
    assert 0 <= visitor.score() < 100
    expect(page.locator(".contradiction").first).to_be_visible()
    visitor.look("failed.en")

    page.goto(f"{lab}submit/")
    page.set_input_files("input[type=file]", solution())
    _submit(page)
    _wait_for_the_verdict(page)
    assert visitor.score() == 100
    visitor.look("passed.en")

    page.locator("a[href*=leaderboard], a[href*=board]").first.click()
    row = page.locator("table.board tbody tr").first
    expect(row.locator(".score-cell")).to_contain_text("100")
    visitor.look("board.en")
    visitor.go("/en/submissions/")
    assert page.locator("main table tbody tr").count() == 2
    visitor.look("submissions.en")


def test_a_stranger_sees_neither_the_submission_nor_that_it_exists(
    visitor: Visitor, browser: Browser, stack: Stack
) -> None:
    """Charlie has the address of Bob's submission and gets what an address of nothing gets."""
    visitor.sign_up("bob@example.org")
    visitor.go("/en/ftdr/labs/circuit-breaker/submit/")
    _submit(visitor.page)
    address = visitor.page.url
    charlie = Visitor(browser, stack.address)
    try:
        charlie.sign_up("charlie@example.org")
        answers = [charlie.page.goto(url) for url in (address, address[:-37] + "00000000-0000-4000-8000-000000000000/")]
        assert [answer.status for answer in answers if answer] == [404, 404]
        assert charlie.page.locator("main").inner_text()
    finally:
        charlie.close()
