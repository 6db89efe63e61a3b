"""What the machine must have for a test, and what a run says about tests that it could not run.

A test that needs something marks it (`bwrap`, `browser`, `root`). Where the machine lacks it the test is skipped, and
the end of the run says loudly what was not tested and how to get it. With `DRILLYARD_REQUIRE_ALL=1`, as in CI, whatever
is skipped, for any reason, fails the run: a green CI has tested everything.
"""

from __future__ import annotations

import functools
import os
import shutil
import subprocess
from collections.abc import Callable
from typing import Final

import pytest

REQUIRE_ALL: Final = os.environ.get("DRILLYARD_REQUIRE_ALL") == "1"
_NOBODY: Final = 65534


def _without_bwrap() -> str:
    """Why bubblewrap does not run here; empty where it does. It never runs as root, so root tries as nobody."""
    program = shutil.which("bwrap")
    if program is None:
        return "no bubblewrap (Debian: apt install bubblewrap)"
    command = [program, "--unshare-all", "--unshare-user", "--ro-bind", "/", "/", "--cap-drop", "ALL", "true"]
    if os.geteuid() == 0:
        command = ["setpriv", f"--reuid={_NOBODY}", f"--regid={_NOBODY}", "--clear-groups", *command]
    tried = subprocess.run(command, capture_output=True, text=True, cwd="/", timeout=20, check=False)
    return "" if tried.returncode == 0 else f"bubblewrap cannot start here: {tried.stderr.strip()}"


def _without_browser() -> str:
    names = [os.environ.get("CHROMIUM", ""), "chromium", "chromium-browser", "google-chrome"]
    found = any(shutil.which(name) for name in names if name)
    return "" if found else "no Chromium (Debian: apt install chromium; or CHROMIUM=/path/to/it)"


def _without_root() -> str:
    return "" if os.geteuid() == 0 else "not root (these tests drop rights, so they need some)"


_NEEDS: Final[dict[str, Callable[[], str]]] = {
    "bwrap": functools.cache(_without_bwrap),
    "browser": functools.cache(_without_browser),
    "root": functools.cache(_without_root),
}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip what the machine cannot run, with the reason."""
    for item in items:
        for name, lacking in _NEEDS.items():
            if item.get_closest_marker(name) and lacking():
                item.add_marker(pytest.mark.skip(reason=lacking()))


def _skipped(config: pytest.Config) -> dict[str, int]:
    """How many tests were skipped, by reason."""
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    counts: dict[str, int] = {}
    for report in reporter.stats.get("skipped", []) if reporter else []:
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
        reason = reason.removeprefix("Skipped: ")
        counts[reason] = counts.get(reason, 0) + 1
    return counts


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """In CI a test that was skipped is a failure."""
    if REQUIRE_ALL and exitstatus == pytest.ExitCode.OK and _skipped(session.config):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Say loudly what was not tested."""
    counts = _skipped(config)
    if not counts:
        return
    terminalreporter.section("NOT TESTED HERE", sep="!", red=True, bold=True)
    for reason, count in sorted(counts.items()):
        terminalreporter.line(f"  {count} tests: {reason}")
    if REQUIRE_ALL:
        terminalreporter.line("  DRILLYARD_REQUIRE_ALL=1: this run counts as failed.", red=True)
