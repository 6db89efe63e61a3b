"""One running program for all journeys; a browser for each file of them.

Playwright's synchronous interface keeps an event loop running in its thread, and Django refuses database work there. So
the browser is closed at the end of a file, before another room's tests use the database.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.journeys.stack import Stack, running
from tests.journeys.visitor import Visitor, browser_of


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    with running(tmp_path_factory.mktemp("journeys") / "var") as started:
        yield started


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright, browser_of(playwright) as started:
        yield started


@pytest.fixture
def visitor(browser: Browser, stack: Stack) -> Iterator[Visitor]:
    """Someone with a new browser profile. At the end they must have had no trouble."""
    person = Visitor(browser, stack.address)
    try:
        yield person
    finally:
        person.close()
    assert person.troubles == []
