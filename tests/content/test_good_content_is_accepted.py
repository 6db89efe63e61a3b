"""The good tree, which uses everything that the format has, and the real course."""

from __future__ import annotations

from dataclasses import asdict, fields
from pathlib import Path

import pytest

from drillyard.catalog.content.labs import lab_read
from drillyard.catalog.content.snippets import snippet_faults
from drillyard.catalog.content.tree import Places
from drillyard.catalog.content.whole import tree_check
from graders.protocol.jobs import LabDefinition, LabLimits
from tests.content.fixtures import GOOD, ROOT, check, good_tree, places


def test_the_good_tree_has_no_faults(tmp_path: Path) -> None:
    assert check({}, good_tree(tmp_path / "tree")) == []


def test_line_ends_of_windows_change_nothing_that_is_seen(tmp_path: Path) -> None:
    base = good_tree(tmp_path / "tree")
    for path in base.rglob("*.md"):
        path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    assert check({}, base) == []


def test_caches_and_hidden_files_do_not_belong_to_the_content(tmp_path: Path) -> None:
    base = good_tree(tmp_path / "tree")
    before = lab_read(base / "labs/01-counter")[0]
    (base / "labs/01-counter/suite/__pycache__").mkdir()
    (base / "labs/01-counter/suite/__pycache__/x.pyc").write_bytes(b"x")
    (base / "labs/01-counter/.DS_Store").write_bytes(b"x")
    after = lab_read(base / "labs/01-counter")[0]
    assert before is not None
    assert after is not None
    assert before.content_hash == after.content_hash


def test_a_better_mutant_makes_no_new_revision_and_a_better_case_does(tmp_path: Path) -> None:
    base = good_tree(tmp_path / "tree")
    lab = base / "labs/01-counter"
    hashes = [_hash(lab)]
    for name in ("mutants/forgets_one/counter.py", "solution/counter.py", "suite/10_counting.py"):
        with (lab / name).open("a") as file:
            file.write("# More.\n")
        hashes.append(_hash(lab))
    assert hashes[0] == hashes[1] == hashes[2] != hashes[3]


def _hash(lab: Path) -> str:
    content, errors = lab_read(lab)
    assert content is not None, errors
    return content.content_hash


def test_a_lab_is_told_to_the_judge_in_the_judges_own_fields() -> None:
    lab, _ = lab_read(GOOD / "labs/01-counter")
    assert lab is not None
    definition = lab.definition("/suite")
    assert definition["limits"] == asdict(LabLimits(memory_mb_max=128))
    assert set(definition) == {field.name for field in fields(LabDefinition)}


def test_chapters_are_measured_in_words_of_english_and_characters_of_chinese() -> None:
    tree, _ = tree_check(places(GOOD))
    texts = tree.chapters["first-steps"].texts
    assert 80 <= texts.en.words() <= 95
    assert 110 <= texts.zh.words() <= 135


@pytest.mark.slow
def test_the_real_course_has_no_faults_and_its_code_runs() -> None:
    real = Places(ROOT / "courses/ftdr", ROOT / "labs", ROOT / "question_bank/ftdr")
    tree, errors = tree_check(real)
    for chapter in tree.chapters.values():
        errors += snippet_faults(chapter.texts.en, ROOT)
    assert [one.as_text() for one in errors] == []
    assert tree.chapters
    assert tree.labs
