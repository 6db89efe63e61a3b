"""Journey: everything that matters works without JavaScript."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.journeys.stack import Stack
from tests.journeys.visitor import PATIENCE_MS, Visitor, solution

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("journeys")]


@pytest.fixture
def plain_visitor(browser: Browser, stack: Stack) -> Iterator[Visitor]:
    person = Visitor(browser, stack.address, java_script_enabled=False)
    try:
        yield person
    finally:
        person.close()
    assert not person.troubles, "\n".join(person.troubles)


def test_a_submission_is_written_sent_and_graded(plain_visitor: Visitor) -> None:
    page = plain_visitor.page
    plain_visitor.sign_up("dora@example.org", "zh-hans")
    plain_visitor.go("/zh-hans/ftdr/labs/circuit-breaker/submit/")
    page.fill("textarea", solution().read_text("utf-8"))
    page.locator("form[data-editor] button[type=submit]").click()
    page.wait_for_url(re.compile(r"/submissions/[0-9a-f-]{36}/"))
    expect(page.locator("[data-verdict]")).to_be_visible(timeout=PATIENCE_MS)
    assert plain_visitor.score() == 100


def test_a_quick_check_is_answered_without_an_account(plain_visitor: Visitor) -> None:
    page = plain_visitor.page
    plain_visitor.go("/en/ftdr/chapters/circuit-breaker-bulkhead/")
    check = page.locator("form", has=page.locator("input[type=radio], input[type=checkbox]")).first
    check.locator("input[type=radio], input[type=checkbox]").first.check()
    check.locator("button[type=submit]").click()
    expect(page.locator("main")).to_contain_text(re.compile(r"correct|right|wrong|not", re.IGNORECASE))


def test_the_language_and_the_theme_can_be_chosen(plain_visitor: Visitor) -> None:
    page = plain_visitor.page
    plain_visitor.go("/en/")
    page.locator(".top-tools a[hreflang]").click()
    expect(page.locator("html")).to_have_attribute("lang", "zh-Hans")
    page.locator(".theme-form button:visible").first.click()
    expect(page.locator("html")).to_have_attribute("data-theme", re.compile("light|dark"))
