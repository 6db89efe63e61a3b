"""Journey: what scripts add to pages that work without them: in place, by keyboard, and kept where it should be."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.journeys.visitor import Visitor, starter

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("journeys")]

CHAPTER = "/en/ftdr/chapters/circuit-breaker-bulkhead/"
SUBMIT = "/en/ftdr/labs/circuit-breaker/submit/"


def test_the_theme_changes_at_once_is_kept_and_the_keyboard_stays(visitor: Visitor) -> None:
    page = visitor.page
    visitor.go(CHAPTER)
    page.evaluate("() => { window.sameDocument = true; }")
    for theme in ("light", "dark", "auto", "light"):
        page.locator(".theme-form button:visible").press("Enter")
        expect(page.locator("html")).to_have_attribute("data-theme", theme)
        assert page.evaluate("() => document.activeElement.matches('.theme-form button')")
    assert page.evaluate("() => window.sameDocument === true")
    page.reload()
    expect(page.locator("html")).to_have_attribute("data-theme", "light")


def test_a_quick_check_answers_in_place(visitor: Visitor) -> None:
    page = visitor.page
    visitor.go(CHAPTER)
    check = page.locator("form[data-quick-check]", has=page.locator("input[type=radio]")).first
    check.locator("input[type=radio]").first.check()
    check.locator("button[type=submit]").click()
    expect(check.locator(".feedback")).to_be_visible()
    assert page.url.endswith(CHAPTER)
    check.locator("input[type=radio]").nth(1).check()
    expect(check.locator(".feedback")).to_have_count(0)


def test_the_section_that_is_read_is_marked(visitor: Visitor) -> None:
    page = visitor.page
    visitor.go(CHAPTER)
    link = page.locator(".toc-aside a").nth(3)
    link.click()
    expect(link).to_have_attribute("aria-current", "true")


def test_who_is_signed_in_is_greeted_on_a_page_that_does_not_know_them(visitor: Visitor) -> None:
    visitor.go(CHAPTER)
    expect(visitor.page.locator("[data-me] a")).to_have_text("Sign in")
    visitor.sign_up("frida@example.org")
    visitor.go(CHAPTER)
    expect(visitor.page.locator("[data-me] .me-name")).to_be_visible()


def test_a_draft_outlives_the_page_can_be_thrown_away_and_ends_with_the_submission(visitor: Visitor) -> None:
    page = visitor.page
    visitor.sign_up("gustav@example.org")
    visitor.go(SUBMIT)
    page.locator(".cm-content").click()
    page.keyboard.press("Control+Home")
    page.keyboard.type("# my draft\n")
    page.wait_for_timeout(600)  # the draft is written when the typing pauses
    page.reload()
    expect(page.locator(".cm-content")).to_contain_text("# my draft")
    page.locator("[data-draft-notice] button").click()
    expect(page.locator(".cm-content")).not_to_contain_text("# my draft")
    page.set_input_files("input[type=file]", starter())
    page.wait_for_timeout(600)
    page.locator("form[data-editor] button[type=submit]").click()
    page.locator("[data-verdict]").wait_for()
    assert page.evaluate("() => Object.keys(localStorage)") == []


def test_the_keyboard_leaves_the_editor(visitor: Visitor) -> None:
    page = visitor.page
    visitor.sign_up("hilda@example.org")
    visitor.go(SUBMIT)
    page.locator(".cm-content").click()
    page.keyboard.press("Escape")
    page.keyboard.press("Tab")
    assert page.evaluate("() => !document.activeElement.closest('.cm-editor')")


def test_where_the_stream_is_swallowed_the_page_asks(visitor: Visitor) -> None:
    """A proxy that answers the stream with an error: the verdict comes all the same."""
    page = visitor.page
    page.route("**/events/", lambda route: route.fulfill(status=502, body="bad gateway"))
    visitor.sign_up("ida@example.org")
    visitor.go(SUBMIT)
    page.locator("form[data-editor] button[type=submit]").click()
    page.locator("[data-verdict]").wait_for()
    visitor.troubles = [trouble for trouble in visitor.troubles if "502" not in trouble]
