"""One running program for all journeys; a browser for each file of them.

Playwright's synchronous interface keeps an event loop running in its thread, and Django refuses database work there. So
the browser is closed at the end of a file, before another room's tests use the database.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from devtools.tests.support import dev
from tests.journeys.stack import Stack, running
from tests.journeys.visitor import Visitor, browser_of


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A state folder with tables, course and demo accounts, to be copied: making it takes most of a first start."""
    var = tmp_path_factory.mktemp("prepared") / "var"
    done = dev("setup", timeout_s=300, DRILLYARD_VAR_DIR=str(var))
    assert done.returncode == 0, done.stdout + done.stderr
    return var


@pytest.fixture(scope="session")
def stack(prepared: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """The program that all journeys visit."""
    with running(shutil.copytree(prepared, tmp_path_factory.mktemp("journeys") / "var")) as started:
        yield started


@pytest.fixture
def var(prepared: Path, tmp_path: Path) -> Path:
    """A prepared state folder for a program of the test's own."""
    return Path(shutil.copytree(prepared, tmp_path / "var"))


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
    assert not person.troubles, "\n".join(person.troubles)
