"""`make content`: every fault on the terminal in the author's language, and an exit status that stops a build."""

from __future__ import annotations

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from tests.content.fixtures import broken, good_tree, materialise


def test_good_content_is_counted_and_measured(tmp_path: Path) -> None:
    said = StringIO()
    call_command("check_content", good_tree(tmp_path / "tree") / "courses/mini", stdout=said)
    assert "index.en.md: 86 words, 1 min to read" in said.getvalue()
    assert said.getvalue().endswith("1 chapters, 1 labs, 4 questions: no faults.\n")


@pytest.mark.parametrize(
    ("language", "words"), [("en", "Give both texts the same blocks"), ("zh", "请使两种语言的段落")]
)
def test_faults_are_said_with_their_place_in_the_language_asked_for(tmp_path: Path, language: str, words: str) -> None:
    said = StringIO()
    course = materialise(broken("parity-blocks"), tmp_path / "tree") / "courses/mini"
    with pytest.raises(CommandError, match="1 faults"):
        call_command("check_content", course, language=language, stdout=StringIO(), stderr=said)
    assert "index.zh.md:58:1: parity-blocks:" in said.getvalue()
    assert words in said.getvalue()


def test_code_is_left_alone_when_asked(tmp_path: Path) -> None:
    course = materialise(broken("code-failed"), tmp_path / "tree") / "courses/mini"
    call_command("check_content", course, no_run=True, stdout=StringIO())


def test_no_database_is_needed(tmp_path: Path) -> None:
    # This test asks for none, and pytest-django refuses a connection to one that does not.
    call_command("check_content", good_tree(tmp_path / "tree") / "courses/mini", no_run=True, stdout=StringIO())
