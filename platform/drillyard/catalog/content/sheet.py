"""The mark sheet of a lab, read from its suite without running a line of it.

A suite is trusted code, but the web process that shows the sheet has no business importing it, and an author who writes
`points=3 * 2` or builds a title at run time should hear so with a line number. `ast` gives both. `graders.harness`
loads the same suite by import; a test of the labs holds that the two agree.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import Any, Final

from drillyard.catalog.content.faults import error
from drillyard.catalog.content.files import ItemFiles
from drillyard.common.yamlfile import ContentError, Position

POINTS_TOTAL: Final = 100
_KEYWORDS: Final[dict[str, type]] = {"points": int, "en": str, "zh": str, "schedules": int}
_REQUIRED: Final = ("points", "en", "zh")


@dataclass(frozen=True, slots=True)
class Case:
    """One line of the mark sheet, in the order of the suite's files and of their text."""

    name: str
    points: int
    en: str
    zh: str

    def as_json(self) -> dict[str, Any]:
        return {"name": self.name, "points": self.points, "en": self.en, "zh": self.zh}


def mark_sheet(item: ItemFiles) -> tuple[list[Case], list[ContentError]]:
    """Every `@case` of `suite/*.py`; errors for what is not literal, missing, doubled, or does not add up to 100."""
    cases: list[Case] = []
    errors: list[ContentError] = []
    seen: dict[str, str] = {}
    paths = sorted(path for path in item.files if path.startswith("suite/") and path.endswith(".py"))
    for path in paths:
        for case, line, faults in _cases_of(item, path):
            errors += faults
            if case is None:
                continue
            if case.name in seen:
                where = Position(line, 1)
                errors.append(
                    error(item.shown_path(path), where, "suite-name-twice", name=case.name, other=seen[case.name])
                )
            seen[case.name] = f"{path}:{line}"
            cases.append(case)
    if errors:
        return cases, errors
    total = sum(case.points for case in cases)
    if not cases:
        errors.append(error(item.shown_path("suite"), Position(), "suite-empty"))
    elif total != POINTS_TOTAL:
        errors.append(error(item.shown_path(paths[0]), Position(), "suite-points", total=total, wanted=POINTS_TOTAL))
    return cases, errors


def _cases_of(item: ItemFiles, path: str) -> list[tuple[Case | None, int, list[ContentError]]]:
    shown = item.shown_path(path)
    source, faults = item.text(path)
    if faults:
        return [(None, 1, faults)]
    try:
        tree = ast.parse(source)
    except SyntaxError as failure:
        where = Position(failure.lineno or 1, failure.offset or 1)
        return [(None, where.line, [error(shown, where, "suite-syntax", problem=failure.msg)])]
    found = []
    for node in tree.body:
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        for decorator in node.decorator_list:
            if _is_case(decorator):
                found.append((*_case(shown, node, decorator), node.lineno))
    return [(case, line, errors) for case, errors, line in found]


def _is_case(decorator: ast.expr) -> bool:
    target = decorator.func if isinstance(decorator, ast.Call) else decorator
    return (isinstance(target, ast.Name) and target.id == "case") or (
        isinstance(target, ast.Attribute) and target.attr == "case"
    )


def _case(
    shown: str, node: ast.FunctionDef | ast.AsyncFunctionDef, decorator: ast.expr
) -> tuple[Case | None, list[ContentError]]:
    where = Position(decorator.lineno, decorator.col_offset + 1)
    if not isinstance(decorator, ast.Call) or decorator.args:
        return None, [error(shown, where, "suite-keywords", keywords=", ".join(_REQUIRED))]
    values: dict[str, Any] = {}
    errors: list[ContentError] = []
    for keyword in decorator.keywords:
        place = Position(keyword.value.lineno, keyword.value.col_offset + 1)
        value = _literal(keyword.value)
        wanted = _KEYWORDS.get(keyword.arg or "")
        if wanted is None:
            errors.append(error(shown, place, "suite-keyword-unknown", keyword=keyword.arg or "**"))
        elif type(value) is not wanted or (wanted is str and not str(value).strip()):
            errors.append(error(shown, place, "suite-literal", keyword=keyword.arg or ""))
        elif keyword.arg == "points" and not 1 <= int(str(value)) <= POINTS_TOTAL:
            errors.append(error(shown, place, "suite-literal", keyword="points"))
        else:
            values[keyword.arg or ""] = value
    given = {keyword.arg for keyword in decorator.keywords}
    for name in _REQUIRED:
        if name not in given:
            errors.append(error(shown, where, "suite-keywords", keywords=name))
    if errors:
        return None, errors
    return Case(node.name, values["points"], values["en"], values["zh"]), []


def _literal(node: ast.expr) -> object:
    """The value of a literal, adjacent strings joined as Python does; `None` for anything that would have to run."""
    return node.value if isinstance(node, ast.Constant) else None
