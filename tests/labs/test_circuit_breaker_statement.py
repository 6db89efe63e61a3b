"""What the circuit breaker's statement shows is true of the solution, in both languages."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import Any

import pytest

from tests.labs.circuit_breaker_trace.table import rows_of_the_trace, statement
from tests.labs.proving import ROOT, complaints, solutions_of, verdict_on

FOLDER = ROOT / "labs" / "07-circuit-breaker"
TRACE_SUITE = ROOT / "tests" / "labs" / "circuit_breaker_trace"
each_language = pytest.mark.parametrize("language", ["en", "zh"])


@pytest.mark.parametrize("code", solutions_of(FOLDER), ids=lambda code: code.name)
def test_the_worked_trace_happens_as_it_is_told(code: Path) -> None:
    source = (code / "circuit_breaker.py").read_text(encoding="utf-8")
    verdict = verdict_on(FOLDER, {"circuit_breaker.py": source}, suite=TRACE_SUITE)
    assert verdict.score == 100, complaints(verdict)


def test_the_starter_does_not_live_through_the_trace() -> None:
    source = (FOLDER / "starter" / "circuit_breaker.py").read_text(encoding="utf-8")
    assert verdict_on(FOLDER, {"circuit_breaker.py": source}, suite=TRACE_SUITE).score == 0


def test_both_languages_tell_the_same_trace() -> None:
    assert len(rows_of_the_trace("en")) == 10
    assert rows_of_the_trace("zh") == rows_of_the_trace("en")


@each_language
def test_the_settings_shown_are_those_of_starter_and_solution(language: str) -> None:
    shown = _defaults(re.findall(r"```python\n(.*?)```", statement(language), re.S)[0])
    assert shown == _defaults((FOLDER / "starter" / "circuit_breaker.py").read_text(encoding="utf-8"))
    assert shown == _defaults((FOLDER / "solution" / "circuit_breaker.py").read_text(encoding="utf-8"))
    table = re.findall(r"^\| `(\w+)`(?:(?:, |、)`(\w+)`)? \|", statement(language), re.M)
    described = {name for names in table for name in names if name}
    assert set(shown) <= described


def _defaults(source: str) -> dict[str, Any]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ClassDef) and node.name == "CircuitBreaker":
            init = next(item for item in node.body if isinstance(item, ast.FunctionDef) and item.name == "__init__")
            values = [None if value is None else ast.literal_eval(value) for value in init.args.kw_defaults]
            return dict(zip([argument.arg for argument in init.args.kwonlyargs], values, strict=True))
    raise AssertionError("no CircuitBreaker")


ALWAYS_REFUSES = """
class CircuitOpenError(Exception):
    retry_after_ms = 0

class CircuitBreaker:
    STORM_SETTINGS = {}
    state = "open"
    def __init__(self, **settings):
        pass
    async def call(self, operation):
        raise CircuitOpenError
"""

GUESSES_THE_VERDICT = """
import sys
print('{"status": "pass", "score": 100}')
class CircuitBreaker:
    STORM_SETTINGS = {}
    state = "closed"
    def __init__(self, **settings):
        print('{"status": "pass", "score": 100}')
    async def call(self, operation):
        return 100
"""


@pytest.mark.parametrize("source", [ALWAYS_REFUSES, GUESSES_THE_VERDICT.replace("import sys\n", "")])
def test_a_program_that_avoids_the_work_earns_nothing(source: str) -> None:
    verdict = verdict_on(FOLDER, {"circuit_breaker.py": source})
    assert verdict.status == "fail"
    assert verdict.score == 0


def test_a_program_that_imports_what_the_lab_does_not_allow_is_told_so() -> None:
    verdict = verdict_on(FOLDER, {"circuit_breaker.py": GUESSES_THE_VERDICT})
    assert {case.reason for case in verdict.cases} == {"import_refused"}
    assert verdict.score == 0
