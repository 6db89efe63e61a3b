"""What the tests of the labs share: the labs of this tree, and a run of a lab's judge on a folder of student code.

Runs are in this process, which gives the same canonical verdict as a sandbox and costs a tenth of it; one test holds
that the two agree. Runs are remembered, since several tests look at the same matrix.
"""

from __future__ import annotations

import ast
import io
import tokenize
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from drillyard.catalog.content.labs import LabContent, lab_read, mutants_read
from drillyard.catalog.schemas import MutantFile
from graders.harness import grade, load_suite
from graders.protocol.jobs import Job, SandboxMode
from graders.protocol.verdict import Verdict
from graders.sandbox import open_sandbox

ROOT = Path(__file__).resolve().parents[2]
LABS = sorted(path.parent for path in (ROOT / "labs").glob("*/lab.yaml"))
SEED = 20_260_101


@cache
def lab_of(folder: Path) -> LabContent:
    """The lab in `folder`; an `AssertionError` lists what is wrong with its files."""
    lab, errors = lab_read(folder, str(folder.relative_to(ROOT)))
    assert lab is not None, "\n".join(map(str, errors))
    return lab


@cache
def mutants_of(folder: Path) -> dict[str, MutantFile]:
    """The lab's mutants by name."""
    mutants, errors = mutants_read(folder, str(folder.relative_to(ROOT)), lab_of(folder))
    assert not errors, "\n".join(map(str, errors))
    return mutants


def solutions_of(folder: Path) -> list[Path]:
    """The folders of all correct programs: the solution first."""
    return [folder / "solution", *sorted(path for path in (folder / "solutions").glob("*") if path.is_dir())]


def cases_with_chance(folder: Path) -> tuple[str, ...]:
    """The cases that draw their schedules: those that run under more than one seed."""
    return tuple(case.name for case in load_suite(folder / "suite").cases if case.schedules > 1)


@cache
def verdict_of(
    folder: Path, code: Path, *, seed: int = SEED, cases: Sequence[str] = (), sandbox: SandboxMode = "inprocess"
) -> Verdict:
    """The verdict of the lab in `folder` on the files in `code`."""
    lab = lab_of(folder)
    files = {name: (code / name).read_text(encoding="utf-8") for name in lab.file.files_allowed}
    return verdict_on(folder, files, seed=seed, cases=cases, sandbox=sandbox)


def verdict_on(
    folder: Path,
    files: dict[str, str],
    *,
    seed: int = SEED,
    cases: Sequence[str] = (),
    sandbox: SandboxMode = "inprocess",
    suite: Path | None = None,
) -> Verdict:
    """The verdict of the lab in `folder`, or of another suite under its rules, on these sources."""
    job = Job.from_json(
        {
            "id": "proof",
            "lab": lab_of(folder).definition(str(suite or folder / "suite")),
            "files": files,
            "seed": seed,
            "sandbox": sandbox,
            "cases": list(cases),
            "choices": None,
        }
    )
    limits, modules = job.lab.limits, job.lab.modules_allowed
    verdict, _ = grade(job, lambda: open_sandbox(sandbox, limits=limits, modules=modules))
    return verdict


def failed_cases(verdict: Verdict) -> list[str]:
    """The names of the cases that did not pass."""
    return [case.name for case in verdict.cases if case.status != "pass"]


def complaints(verdict: Verdict) -> str:
    """Why the cases that did not pass did not, for an assertion's message."""
    return "\n".join(
        f"{case.name} ({case.reason}, seed {case.seed}): {(case.contradiction or {}).get('en')}"
        for case in verdict.cases
        if case.status != "pass"
    )


def normalised(source: str) -> str:
    """The program without its comments, docstrings and layout."""
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) and _docstring(node):
            node.body = node.body[1:] or [ast.Pass()]
    return ast.unparse(tree)


def code_lines(source: str) -> int:
    """Lines that hold code: no blank lines, comments or docstrings."""
    told: set[int] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) and _docstring(node):
            first = node.body[0]
            told.update(range(first.lineno, (first.end_lineno or first.lineno) + 1))
    silent = (tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER)
    code: set[int] = set()
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type not in silent:
            code.update(range(token.start[0], token.end[0] + 1))
    return len(code - told)


def _docstring(node: ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    return ast.get_docstring(node, clean=False) is not None
