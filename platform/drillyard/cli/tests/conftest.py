"""A lab small enough to see whole: a component that doubles."""

from __future__ import annotations

from pathlib import Path

import pytest

LAB_YAML = """
uuid: 2f6f8f5e-3d0b-4d43-9a3c-0f8f6ff3c1aa
slug: doubler
course: ftdr
chapter: doubling
title: {en: Doubler, zh: 翻倍}
summary: {en: Doubles., zh: 翻倍。}
kind: component
entry_point: doubler:Doubler
files_allowed: [doubler.py]
modules_allowed: [asyncio]
limits: {run_wall_ms_max: 10000}
goals:
  - {en: Double., zh: 翻倍。}
difficulty: 1
minutes: 5
solution_lines: 3
"""
SUITE = """
from graders.harness import Lab, case


@case(points=60, en="Twice 21 is 42", zh="21 的两倍是 42")
def doubles(lab: Lab) -> None:
    value = lab.finish(lab.component().call("double", 21), limit_ms=100).value
    lab.require(value == 42, en="Something else came back.", zh="返回的是别的值。")


@case(points=40, en="Twice nothing is nothing", zh="零的两倍是零")
def nothing(lab: Lab) -> None:
    value = lab.finish(lab.component().call("double", lab.choices.below(1)), limit_ms=100).value
    lab.require(value == 0, en="Something came of nothing.", zh="无中生有。")
"""
RIGHT = "class Doubler:\n    async def double(self, number):\n        return number * 2\n"
PLUS = RIGHT.replace("number * 2", "number + 21")
ODD = RIGHT.replace("number * 2", "number * 2 or 1")
MUTANT_YAML = """
bug: own
promise: {{en: "It doubles.", zh: "它会翻倍。"}}
killed_by: {killed_by}
"""


def write_mutant(lab: Path, name: str, source: str, killed_by: str) -> None:
    folder = lab / "mutants" / name
    folder.mkdir(parents=True)
    (folder / "doubler.py").write_text(source, "utf-8")
    (folder / "mutant.yaml").write_text(MUTANT_YAML.format(killed_by=killed_by), "utf-8")


@pytest.fixture
def lab(tmp_path: Path) -> Path:
    """The lab's folder; its parent is what `--labs` names."""
    folder = tmp_path / "labs" / "01-doubler"
    for name, text in {
        "lab.yaml": LAB_YAML,
        "suite/suite.py": SUITE,
        "starter/doubler.py": "class Doubler:\n    async def double(self, number):\n        return None\n",
        "solution/doubler.py": RIGHT,
    }.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, "utf-8")
    write_mutant(folder, "adds", PLUS.replace("21", "20"), "doubles")
    write_mutant(folder, "never_zero", ODD, "nothing")
    return folder
