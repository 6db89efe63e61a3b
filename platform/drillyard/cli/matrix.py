"""`drillyard labs verify`: a lab proves itself.

Every program of a lab (solutions, starter, mutants) meets every case under every seed. The lab is green when every
solution scores 100 and gives the same bytes twice, the starter does not pass, every mutant dies and dies on the case
that names its bug, every case is failed by some mutant (one that no mutant fails is dead weight), no two programs are
the same, and the points add up to 100.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from drillyard.catalog.content.labs import mutants_read
from drillyard.cli.grading import job_of
from drillyard.cli.judge import Judge
from drillyard.cli.labs import Lab, UsageFault
from drillyard.cli.texts import text
from graders.protocol.frames import canonical
from graders.protocol.jobs import Outcome, SandboxMode

POINTS: Final = 100
Role = Literal["solution", "starter", "mutant"]


@dataclass(slots=True)
class Program:
    """One program and what became of it: by seed, the verdict and whether our side failed (`error`)."""

    role: Role
    name: str
    files: dict[str, str]
    killed_by: str = ""
    verdicts: dict[int, dict[str, Any]] = field(default_factory=dict)
    errors: dict[int, str] = field(default_factory=dict)
    differs: list[int] = field(default_factory=list)

    def failed(self, seed: int) -> list[str]:
        return [case["name"] for case in self.verdicts[seed]["cases"] if case["status"] == "fail"]

    def failed_ever(self) -> list[str]:
        return list(dict.fromkeys(name for seed in self.verdicts for name in self.failed(seed)))

    def as_json(self) -> dict[str, Any]:
        return {
            "role": self.role,
            "name": self.name,
            "killed_by": self.killed_by,
            "score": {str(seed): verdict["score"] for seed, verdict in self.verdicts.items()},
            "failed": {str(seed): self.failed(seed) for seed in self.verdicts},
            "errors": {str(seed): error for seed, error in self.errors.items()},
        }


@dataclass(slots=True)
class Matrix:
    """A lab's programs by its cases, and what is wrong with it."""

    lab: Lab
    seeds: tuple[int, ...]
    programs: list[Program]
    faults: list[tuple[str, dict[str, object]]] = field(default_factory=list)

    @property
    def mutants(self) -> list[Program]:
        return [program for program in self.programs if program.role == "mutant"]

    @property
    def killed(self) -> list[Program]:
        return [item for item in self.mutants if item.verdicts and all(item.failed(seed) for seed in item.verdicts)]

    @property
    def killed_by_name(self) -> list[Program]:
        return [item for item in self.killed if all(item.killed_by in item.failed(seed) for seed in item.verdicts)]

    @property
    def dead_cases(self) -> list[str]:
        failed = [name for mutant in self.mutants for name in mutant.failed_ever()]
        return [case.name for case in self.lab.content.cases if case.name not in failed]

    @property
    def unknown(self) -> bool:
        return any(program.errors for program in self.programs)

    def as_json(self) -> dict[str, Any]:
        return {
            "lab": self.lab.slug,
            "revision": self.lab.content.content_hash,
            "seeds": list(self.seeds),
            "cases": [case.name for case in self.lab.content.cases],
            "programs": [program.as_json() for program in self.programs],
            "mutants": len(self.mutants),
            "killed": len(self.killed),
            "killed_by_name": len(self.killed_by_name),
            "kill_rate": len(self.killed) / len(self.mutants) if self.mutants else 0.0,
            "dead_cases": self.dead_cases,
            "faults": [text(word, "en", **values) for word, values in self.faults],
            "green": not self.faults,
        }


def programs_of(lab: Lab, lang: str) -> list[Program]:
    """The lab's programs, solutions first; raises `UsageFault` if a mutant's folder has faults."""
    shown = str(lab.folder)
    mutants, errors = mutants_read(lab.folder, shown, lab.content)
    if errors:
        raise UsageFault("\n".join(error.as_text(lang) for error in errors))
    programs = [Program("solution", "solution", _files(lab, "solution"))]
    for folder in sorted((lab.folder / "solutions").glob("*/")):
        programs.append(Program("solution", f"solutions/{folder.name}", _files(lab, f"solutions/{folder.name}")))
    programs.append(Program("starter", "starter", _files(lab, "starter")))
    for name, mutant in mutants.items():
        programs.append(Program("mutant", name, _files(lab, f"mutants/{name}"), killed_by=mutant.killed_by))
    return programs


def _files(lab: Lab, folder: str) -> dict[str, str]:
    try:
        return {
            name: (lab.folder / folder / name).read_text(encoding="utf-8") for name in lab.content.file.files_allowed
        }
    except (OSError, UnicodeDecodeError) as error:
        raise UsageFault(f"{lab.folder / folder}: {error}") from None


def verify(
    lab: Lab, judge: Judge, *, mode: SandboxMode, seeds: int, workers: int, lang: str, told: Callable[[int, int], None]
) -> Matrix:
    """Run everything and judge it. `told` hears how many of how many runs are done."""
    matrix = Matrix(lab, tuple(range(seeds)), programs_of(lab, lang))
    runs = list(_runs(matrix))

    def grade(run: tuple[Program, int]) -> Outcome:
        program, seed = run
        return judge.run(job_of(lab, program.files, seed, mode))

    with ThreadPoolExecutor(workers) as pool:
        for done, ((program, seed), outcome) in enumerate(zip(runs, pool.map(grade, runs), strict=True), 1):
            _note(program, seed, outcome)
            told(done, len(runs))
    matrix.faults = list(_faults(matrix))
    return matrix


def _runs(matrix: Matrix) -> Iterator[tuple[Program, int]]:
    """Each program under each seed; solutions a second time under the first, for the same bytes."""
    for program in matrix.programs:
        for seed in matrix.seeds:
            yield program, seed
        if program.role == "solution":
            yield program, matrix.seeds[0]


def _note(program: Program, seed: int, outcome: Outcome) -> None:
    verdict = outcome.verdict
    if verdict["status"] == "unknown":
        program.errors[seed] = _why_unknown(outcome)
        return
    before = program.verdicts.get(seed)
    if before is not None and canonical(before) != canonical(verdict):
        program.differs.append(seed)
    program.verdicts[seed] = verdict


def _why_unknown(outcome: Outcome) -> str:
    error = outcome.run.get("error")
    if error:
        return str(error["text"])
    details = [str(record["detail"]) for record in outcome.run.get("cases", {}).values() if record.get("detail")]
    return (details or ["unknown"])[0].strip()


# ----------------------------------------------------------------------------------------------------- faults

Fault = tuple[str, dict[str, object]]


def _faults(matrix: Matrix) -> Iterator[Fault]:
    points = sum(case.points for case in matrix.lab.content.cases)
    if points != POINTS:
        yield "red_points", {"points": points}
    if not matrix.mutants:
        yield "red_no_mutants", {}
    for program in matrix.programs:
        yield from _unknown_faults(program)
        yield from _role_faults(program)
    yield from _sameness_faults(matrix.programs)
    if matrix.mutants:
        for name in matrix.dead_cases:
            yield "red_dead_case", {"case": name}


def _unknown_faults(program: Program) -> Iterator[Fault]:
    for seed, error in program.errors.items():
        yield "red_unknown", {"name": program.name, "seed": seed, "text": error}
    for seed in program.differs:
        yield "red_bytes", {"name": program.name, "seed": seed}


def _role_faults(program: Program) -> Iterator[Fault]:
    for seed, verdict in program.verdicts.items():
        failed = program.failed(seed)
        if program.role == "solution" and (failed or verdict["score"] != POINTS):
            yield "red_solution", {"name": program.name, "seed": seed, "cases": ", ".join(failed)}
        elif program.role == "starter" and not failed:
            yield "red_starter", {}
        elif program.role == "mutant" and not failed:
            yield "red_mutant_lives", {"name": program.name, "seed": seed}
        elif program.role == "mutant" and program.killed_by not in failed:
            values = {"name": program.name, "case": program.killed_by, "seed": seed, "cases": ", ".join(failed)}
            yield "red_mutant_other", dict(values)


def _sameness_faults(programs: list[Program]) -> Iterator[Fault]:
    seen: dict[str, str] = {}
    for program in programs:
        source = "\n".join(normalised(item) for _, item in sorted(program.files.items()))
        if not source.strip():
            yield "red_empty", {"name": program.name}
        elif source in seen:
            yield "red_same", {"first": seen[source], "second": program.name}
        seen.setdefault(source, program.name)


def normalised(source: str) -> str:
    """A program without comments, docstrings and layout, so that a changed comment makes no new mutant."""
    try:
        tree = ast.parse(source)
    except SyntaxError:
        return source
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            node.body = [item for item in node.body if not _is_text(item)]
    return ast.unparse(tree)


def _is_text(item: ast.stmt) -> bool:
    return isinstance(item, ast.Expr) and isinstance(item.value, ast.Constant) and isinstance(item.value.value, str)
