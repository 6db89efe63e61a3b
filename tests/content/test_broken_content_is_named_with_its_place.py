"""Every fault that content can have is shown by a tree that has it, and said with file, line, column and a way out."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pytest

from drillyard.catalog.content.texts_prose import PROSE
from drillyard.catalog.content.texts_tree import TREE
from drillyard.common import yamlfile
from tests.content.fixtures import BROKEN, broken, check, materialise

FAULTS: Final = sorted(path.stem for path in BROKEN.glob("*.yaml"))
ONLY_WITH_A_DATABASE: Final = {"slug-changed", "uuid-changed"}
RULES_OF_SHAPES: Final = {
    "text-empty",
    "source-accessed-missing",
    "lab-entry-point",
    "question-options",
    "question-mistake-is-right",
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_broken_tree_gets_exactly_its_faults_each_at_its_place(fault: str, tmp_path: Path) -> None:
    spec = broken(fault)
    found = check(spec, materialise(spec, tmp_path / "tree"))
    places = [{"id": one.id, "file": one.file, "line": one.line, "column": one.column} for one in found]
    assert places == spec["expect"]
    assert fault in {one.id for one in found}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_says_what_is_wrong_and_how_to_mend_it_in_both_languages(fault: str, tmp_path: Path) -> None:
    spec = broken(fault)
    for one in check(spec, materialise(spec, tmp_path / "tree")):
        for text in (one.message, one.mend):
            assert set(text) == {"en", "zh"}
            assert all(words.strip() and "{en" not in words for words in text.values())
        assert one.as_text("zh").startswith(f"{one.file}:{one.line}:{one.column}: {one.id}: ")


def test_every_fault_has_a_broken_tree_and_every_broken_tree_a_fault() -> None:
    known = set(PROSE) | set(TREE) | set(yamlfile.TEXTS) | RULES_OF_SHAPES
    assert set(FAULTS) == known - ONLY_WITH_A_DATABASE


def test_all_faults_are_collected_not_only_the_first(tmp_path: Path) -> None:
    faults = ("chapter-part", "zh-italics", "suite-points", "question-tag")
    edits = [edit for fault in faults for edit in broken(fault)["edits"]]
    found = check({}, materialise({"edits": edits}, tmp_path / "tree"))
    assert sorted(one.id for one in found) == sorted(faults)
