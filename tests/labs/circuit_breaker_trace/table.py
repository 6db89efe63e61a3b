"""The worked trace as the statement's table tells it."""

from __future__ import annotations

import re

from tests.labs.proving import ROOT

STATES = {
    "closed": "closed",
    "open": "open",
    "half-open": "half_open",
    "关闭": "closed",
    "打开": "open",
    "半开": "half_open",
}


def statement(language: str) -> str:
    path = ROOT / "labs" / "07-circuit-breaker" / f"statement.{language}.md"
    return path.read_text(encoding="utf-8")


def rows_of_the_trace(language: str) -> list[tuple[int, str, str]]:
    """(ms, who, state) of every row below the heading `trace`, in the words of the API."""
    section = statement(language).split("{#trace}")[1].split("\n## ")[0]
    cells = [line.strip("|").split("|") for line in section.splitlines() if re.match(r"\| \d", line)]
    return [(int(at), what.strip()[0], STATES[state.strip()]) for at, what, state, _ in cells]
