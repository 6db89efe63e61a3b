"""The graders must give the same bytes on every machine: standard library only, no libm, no order of a set."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.architecture import unordered
from tests.architecture.source import ROOT, files, place, tree

INEXACT = {"math", "cmath", "statistics"}
"""libm's last digit differs between C libraries. `decimal` and `fractions` are exact, so they may stay."""


def _sources() -> list[Path]:
    return [path for path in files("graders/*.py") if "tests" not in path.relative_to(ROOT).parts]


def _imports(path: Path) -> Iterator[tuple[str, int]]:
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            yield node.module or "", node.lineno


def test_graders_import_only_the_standard_library() -> None:
    allowed = sys.stdlib_module_names | {"graders"}
    found = [
        f"{place(path, line)} {name}"
        for path in _sources()
        for name, line in _imports(path)
        if name.partition(".")[0] not in allowed
    ]
    assert found == []


def test_graders_use_no_floating_point_library() -> None:
    found = [
        f"{place(path, line)} {name}"
        for path in _sources()
        for name, line in _imports(path)
        if name.partition(".")[0] in INEXACT
    ]
    assert found == []


def test_graders_let_out_no_order_of_a_set() -> None:
    found = [place(path, line) for path in _sources() for line in unordered.lines(tree(path))]
    assert found == []


@pytest.mark.parametrize(
    "text",
    [
        "for one in {1, 2}: pass",
        "known = set()\nfor one in known: pass",
        "def f(known: set[str]) -> list[str]:\n    return list(known)",
        "known: Final[frozenset[str]] = frozenset()\nprint(*known)",
        "names = {'a'}\ntext = ','.join(names)",
        "names = {'a'}\none = names.pop()",
        "first = set('ab')\nboth = [one for one in first | set('c')]",
    ],
)
def test_the_lint_sees_the_order_of_a_set(text: str) -> None:
    assert list(unordered.lines(ast.parse(text)))


@pytest.mark.parametrize(
    "text",
    [
        "known = {'a'}\nfor one in sorted(known): pass",
        "known = {'a'}\nok = 'a' in known and len(known) > 0",
        "known = {'a'}\nok = any(one == 'a' for one in known)",
        "known = {'a': 1}\nfor one in known: pass",
        "known = ['a']\nlast = known.pop()",
    ],
)
def test_the_lint_lets_ordered_uses_pass(text: str) -> None:
    assert list(unordered.lines(ast.parse(text))) == []
