"""Use case: a second start does nothing again, and does again what has changed."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from devtools import places, stamps


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(places, "ROOT", tmp_path)
    sources = tmp_path / "sources"
    sources.mkdir()
    (sources / "a.txt").write_text("one")
    return sources


def test_what_did_not_change_is_fresh_even_if_it_was_touched(folder: Path) -> None:
    before = stamps.digest([folder])
    stamps.write(folder.parent / "stamp", before)
    os.utime(folder / "a.txt", (0, 0))
    assert stamps.fresh(folder.parent / "stamp", stamps.digest([folder]))


def test_a_changed_a_renamed_and_a_new_file_are_each_noticed(folder: Path) -> None:
    seen = {stamps.digest([folder])}
    (folder / "a.txt").write_text("two")
    seen.add(stamps.digest([folder]))
    (folder / "a.txt").rename(folder / "b.txt")
    seen.add(stamps.digest([folder]))
    (folder / "c.txt").write_text("")
    seen.add(stamps.digest([folder]))
    assert len(seen) == 4


def test_what_a_run_writes_is_no_source(folder: Path) -> None:
    before = stamps.digest([folder])
    (folder / "__pycache__").mkdir()
    (folder / "__pycache__" / "a.pyc").write_text("x")
    assert stamps.digest([folder]) == before


def test_a_stamp_that_is_missing_or_broken_is_not_fresh(folder: Path) -> None:
    assert not stamps.fresh(folder / "none", "x")
    (folder / "broken").write_bytes(b"\xff\xfe")
    assert not stamps.fresh(folder / "broken", "x")
