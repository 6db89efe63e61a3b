"""What is published goes back to files, byte for byte, and syncs as if nothing had happened."""

from __future__ import annotations

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from drillyard.catalog.models import Course
from drillyard.catalog.services import course_sync
from drillyard.catalog.tests.support import counts, item_of, publish_from_web
from tests.content.fixtures import ROOT, places

pytestmark = pytest.mark.django_db
_NOT_SERVED = ("solution/", "solutions/", "mutants/")


def files_of(base: Path) -> dict[str, bytes]:
    """Everything below `base` that is served or judged."""
    found = {}
    for path in sorted(base.rglob("*")):
        name = path.relative_to(base).as_posix()
        hidden = any(part.startswith((".", "__")) for part in path.relative_to(base).parts)
        if path.is_file() and not hidden and not any(f"/{folder}" in name for folder in _NOT_SERVED):
            found[name] = path.read_bytes()
    return found


def test_the_exported_tree_is_the_synced_one_byte_for_byte(course: Course, tree: Path, tmp_path: Path) -> None:
    call_command("export_course", "mini", tmp_path / "out", stdout=StringIO())
    assert files_of(tmp_path / "out") == files_of(tree)


def test_the_exported_tree_syncs_back_and_changes_nothing(course: Course, tmp_path: Path) -> None:
    call_command("export_course", "mini", tmp_path / "out", stdout=StringIO())
    before = counts()
    report = course_sync(places=places(tmp_path / "out"))
    assert not report.changed
    assert counts() == before


def test_what_was_written_in_the_web_comes_to_the_files(course: Course, tree: Path, tmp_path: Path) -> None:
    publish_from_web(item_of("first-steps"), "index.en.md", "Use your fingers.", "Use your toes.")
    call_command("export_course", "mini", tree, stdout=StringIO())
    assert b"Use your toes." in (tree / "courses/mini/chapters/01-first-steps/index.en.md").read_bytes()
    assert (tree / "labs/01-counter/solution/counter.py").is_file()
    report = course_sync(places=places(tree))
    assert not report.updated
    assert not report.ahead
    item = item_of("first-steps")
    assert item.published == item.synced


def test_a_course_that_is_not_there_cannot_be_exported(db: None, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="no course"):
        call_command("export_course", "mini", tmp_path / "out")


@pytest.mark.slow
def test_the_real_course_goes_there_and_back(db: None, tmp_path: Path) -> None:
    call_command("sync_course", ROOT / "courses/ftdr", stdout=StringIO())
    call_command("export_course", "ftdr", tmp_path / "out", stdout=StringIO())
    exported = files_of(tmp_path / "out")
    for folder in ("courses/ftdr/chapters", "labs", "question_bank/ftdr"):
        there = files_of(ROOT / folder)
        here = {name.removeprefix(f"{folder}/"): data for name, data in exported.items() if name.startswith(folder)}
        assert here == there
