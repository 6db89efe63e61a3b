"""A function fits on a screen and a file has one subject. The numbers below only ever go down."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from tests.architecture.source import ROOT, files, place, tree

FUNCTION_LINES_MAX = 70
FILE_LINES_MAX = 500
FUNCTION_LINES_LONGEST = 45
"""What the longest function may have today. It follows the code downwards, five lines at a time, and never goes up."""
FILE_LINES_LONGEST = 370
"""The same for files, twenty lines at a time."""


def _sources() -> Iterator[Path]:
    for path in files("*.py", "dev"):
        parts = path.relative_to(ROOT).parts
        if "migrations" not in parts and "mutants" not in parts:
            yield path


def _functions() -> Iterator[tuple[int, str]]:
    for path in _sources():
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                yield (node.end_lineno or node.lineno) - node.lineno + 1, f"{place(path, node)} {node.name}"


def _files() -> Iterator[tuple[int, str]]:
    for path in (*_sources(), *files("*.ts", "*.mjs")):
        yield len(path.read_text("utf-8").splitlines()), place(path)


def test_no_function_is_longer_than_a_screen() -> None:
    assert [one for one in _functions() if one[0] > FUNCTION_LINES_MAX] == []


def test_no_file_is_longer_than_one_subject() -> None:
    assert [one for one in _files() if one[0] > FILE_LINES_MAX] == []


def test_the_longest_function_only_ever_gets_shorter() -> None:
    longest = max(_functions())
    assert longest[0] <= FUNCTION_LINES_LONGEST, f"{longest}: shorten the function"
    assert longest[0] > FUNCTION_LINES_LONGEST - 5, f"{longest}: lower FUNCTION_LINES_LONGEST"


def test_the_longest_file_only_ever_gets_shorter() -> None:
    longest = max(_files())
    assert longest[0] <= FILE_LINES_LONGEST, f"{longest}: split the file"
    assert longest[0] > FILE_LINES_LONGEST - 20, f"{longest}: lower FILE_LINES_LONGEST"


def test_the_numbers_stay_below_the_house_limit() -> None:
    assert FUNCTION_LINES_LONGEST <= FUNCTION_LINES_MAX
    assert FILE_LINES_LONGEST <= FILE_LINES_MAX
