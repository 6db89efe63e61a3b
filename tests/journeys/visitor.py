"""A person in front of Chromium who notices everything: errors, strangers' addresses, pages that do not fit."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]  # it has no types
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Error, Locator, Page, Playwright, Request

from devtools import places

SCREENSHOTS: Final = places.ROOT / "test-results" / "screenshots"
WIDE: Final = (1280, 900)
NARROW: Final = (360, 780)
PATIENCE_MS: Final = 60_000
ARGUMENTS: Final = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
PASSWORD: Final = "correct-horse-battery"


def chromium() -> str:
    """The browser's program."""
    names = (os.environ.get("CHROMIUM", ""), "chromium", "chromium-browser", "google-chrome")
    return next(found for name in names if name and (found := shutil.which(name)))


@contextmanager
def browser_of(playwright: Playwright) -> Iterator[Browser]:
    """The system's Chromium, without a window."""
    browser = playwright.chromium.launch(executable_path=chromium(), args=list(ARGUMENTS))
    try:
        yield browser
    finally:
        browser.close()


class Visitor:
    """One person with one browser window. `troubles` is what they had to put up with."""

    def __init__(self, browser: Browser, address: str, **choices: Any) -> None:
        self.address = address
        self.troubles: list[str] = []
        width, height = choices.pop("size", WIDE)
        self.context: BrowserContext = browser.new_context(
            base_url=address, viewport={"width": width, "height": height}, **{"locale": "en-GB", **choices}
        )
        self.context.set_default_timeout(PATIENCE_MS)
        self.context.on("request", self._request)
        self.page: Page = self.context.new_page()
        self.page.on("console", self._console)
        self.page.on("pageerror", self._error)

    def close(self) -> None:
        self.context.close()

    def _request(self, request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme in {"http", "https", "ws", "wss"} and f"{parts.scheme}://{parts.netloc}" != self.address:
            self.troubles.append(f"asked a stranger: {request.url}")

    def _console(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            self.troubles.append(f"{self.page.url}: {message.type}: {message.text}")

    def _error(self, error: Error) -> None:
        self.troubles.append(f"{self.page.url}: {error}")

    def go(self, path: str) -> None:
        """Open a page. Anything but 200 is an AssertionError."""
        answer = self.page.goto(path)
        assert answer is not None
        assert answer.status == 200, f"{path}: {answer.status}"

    def sign_up(self, email: str, language: str = "en") -> None:
        """Make an account, by the form."""
        self.go(f"/{language}/accounts/signup/")
        self.page.fill("input[name=email]", email)
        self.page.fill("input[name=password1]", PASSWORD)
        self.page.fill("input[name=password2]", PASSWORD)
        self.page.click("main form[action*=signup] button[type=submit]")
        self.page.wait_for_url(lambda url: "signup" not in url)

    def score(self) -> int:
        """The points that the page of a submission shows."""
        words = self.page.locator(".score b").inner_text()
        return int(next(iter(re.findall(r"\d+", words))))

    def look(self, name: str, *, narrow: bool = True) -> None:
        """Look at the page as it is: is it accessible, does it fit a telephone? Keeps screenshots of both widths."""
        self._pictures_are_there()
        self._picture(name)
        self._accessible(name)
        if narrow:
            before = self.page.viewport_size
            self.page.set_viewport_size({"width": NARROW[0], "height": NARROW[1]})
            self._fits(name)
            self._picture(f"{name}.narrow")
            self._accessible(f"{name}.narrow")
            assert before is not None
            self.page.set_viewport_size(before)

    def _pictures_are_there(self) -> None:
        """Bring every picture that is shown into view, since they load lazily, and see that it has come."""
        for picture in self.page.locator("main img:visible").all():
            picture.scroll_into_view_if_needed()
            self.wait_for_picture(picture)
        self.page.evaluate("() => window.scrollTo(0, 0)")

    def wait_for_picture(self, picture: Locator) -> None:
        """Wait until a picture has been loaded, or note that it is broken."""
        loaded = "img => img.decode().then(() => true, () => false)"
        if not picture.evaluate(loaded):
            self.troubles.append(f"{self.page.url}: no picture at {picture.get_attribute('src')}")

    def _picture(self, name: str) -> None:
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=SCREENSHOTS / f"{name}.png", full_page=True)

    def _accessible(self, name: str) -> None:
        found = Axe().run(self.page)
        for violation in found.response["violations"]:
            where = "; ".join(str(node["target"]) for node in violation["nodes"][:3])
            self.troubles.append(f"{name}: {violation['id']} ({violation['help']}): {where}")

    def _fits(self, name: str) -> None:
        question = "() => [document.documentElement.scrollWidth, document.documentElement.clientWidth]"
        wanted, given = self.page.evaluate(question)
        if wanted > given:
            self.troubles.append(f"{name}: {wanted} pixels wide, {given} are there")


def solution() -> Path:
    """The reference solution of the lab."""
    return places.ROOT / "labs" / "07-circuit-breaker" / "solution" / "circuit_breaker.py"


def starter() -> Path:
    """What a student begins with."""
    return places.ROOT / "labs" / "07-circuit-breaker" / "starter" / "circuit_breaker.py"
