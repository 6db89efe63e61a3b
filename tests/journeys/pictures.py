"""Take the README's pictures anew: `python -m tests.journeys.pictures` writes `docs/images/`.

They are taken of the real program, like everything here, so that they show what it looks like and not what it once did.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Final

from playwright.sync_api import sync_playwright

from devtools import places
from tests.journeys.stack import Stack, running
from tests.journeys.visitor import Visitor, browser_of, starter

IMAGES: Final = places.ROOT / "docs" / "images"
SIZE: Final = (1120, 700)
CHAPTER: Final = "ftdr/chapters/circuit-breaker-bulkhead/"
SUBMIT: Final = "ftdr/labs/circuit-breaker/submit/"


def _take(visitor: Visitor, name: str) -> None:
    IMAGES.mkdir(parents=True, exist_ok=True)
    visitor.page.screenshot(path=IMAGES / f"{name}.png")


def _chapter(visitor: Visitor, language: str, name: str) -> None:
    visitor.go(f"/{language}/{CHAPTER}")
    picture = visitor.page.locator(".prose figure img:visible").first
    picture.scroll_into_view_if_needed()
    visitor.wait_for_picture(picture)
    picture.evaluate("img => img.scrollIntoView({block: 'center'})")
    _take(visitor, f"chapter.{name}")


def _submission(visitor: Visitor, language: str, name: str) -> None:
    visitor.sign_up(f"reader-{name}@example.org", language)
    visitor.go(f"/{language}/{SUBMIT}")
    visitor.page.set_input_files("input[type=file]", starter())
    visitor.page.locator("form[data-editor] button[type=submit]").click()
    visitor.page.locator("[data-verdict]").wait_for()
    _take(visitor, f"submission.{name}")


def take(stack: Stack) -> None:
    """Both languages: the home page, a figure of the chapter, a submission that failed."""
    with sync_playwright() as playwright, browser_of(playwright) as browser:
        for language, name, theme in (("en", "en", "light"), ("zh-hans", "zh", "dark")):
            visitor = Visitor(browser, stack.address, size=SIZE, color_scheme=theme)
            visitor.go(f"/{language}/")
            _take(visitor, f"home.{name}")
            _chapter(visitor, language, name)
            _submission(visitor, language, name)
            visitor.close()


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder, running(Path(folder) / "var") as running_stack:
        take(running_stack)
