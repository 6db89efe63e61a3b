"""A lab proves itself: correct programs pass, wrong ones die of the right case, and nothing depends on luck."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from graders.harness import load_suite
from tests.labs.proving import (
    LABS,
    SEED,
    cases_with_chance,
    code_lines,
    complaints,
    failed_cases,
    lab_of,
    mutants_of,
    normalised,
    solutions_of,
    verdict_of,
)

each_lab = pytest.mark.parametrize("folder", LABS, ids=lambda folder: folder.name)
each_solution = pytest.mark.parametrize(
    ("folder", "code"),
    [pytest.param(folder, code, id=f"{folder.name}/{code.name}") for folder in LABS for code in solutions_of(folder)],
)
each_mutant = pytest.mark.parametrize(
    ("folder", "name"),
    [pytest.param(folder, name, id=f"{folder.name}/{name}") for folder in LABS for name in sorted(mutants_of(folder))],
)


def test_there_is_a_lab_to_prove() -> None:
    assert LABS


# ------------------------------------------------------------------------------------------------ correct programs


@each_solution
def test_a_correct_program_scores_100_on_many_seeds(folder: Path, code: Path) -> None:
    for seed in range(SEED, SEED + 5):
        verdict = verdict_of(folder, code, seed=seed)
        assert (verdict.status, verdict.score) == ("pass", 100), complaints(verdict)


@each_solution
def test_a_correct_program_is_not_accused_on_several_hundred_fresh_schedules(folder: Path, code: Path) -> None:
    cases = cases_with_chance(folder)
    schedules = 0
    for seed in range(15):
        verdict = verdict_of(folder, code, seed=seed, cases=cases)
        assert not failed_cases(verdict), complaints(verdict)
        schedules += sum(case.schedules for case in verdict.cases)
    assert schedules >= 300


@pytest.mark.slow
@each_solution
def test_a_correct_program_is_not_accused_on_10_000_fresh_schedules(folder: Path, code: Path) -> None:
    cases = cases_with_chance(folder)
    schedules = 0
    seed = 1_000
    while schedules < 10_000:
        verdict = verdict_of(folder, code, seed=seed, cases=cases)
        assert not failed_cases(verdict), complaints(verdict)
        schedules += sum(case.schedules for case in verdict.cases)
        seed += 1


@each_lab
def test_there_are_correct_programs_of_at_least_three_builds(folder: Path) -> None:
    programs = {
        normalised("".join((code / name).read_text(encoding="utf-8") for name in lab_of(folder).file.files_allowed))
        for code in solutions_of(folder)
    }
    assert len(programs) >= 3


@each_lab
def test_the_yardstick_is_measured(folder: Path) -> None:
    lab = lab_of(folder)
    lines = sum(code_lines((folder / "solution" / name).read_text(encoding="utf-8")) for name in lab.file.files_allowed)
    assert lab.file.solution_lines == lines
    for language in ("en", "zh"):
        assert str(lines) in (folder / f"statement.{language}.md").read_text(encoding="utf-8")


# -------------------------------------------------------------------------------------------------- wrong programs


@each_lab
def test_the_starter_comes_up_and_does_not_pass(folder: Path) -> None:
    verdict = verdict_of(folder, folder / "starter")
    assert verdict.status == "fail"
    assert verdict.score < 20
    assert {case.reason for case in verdict.cases} <= {None, "contradiction"}, complaints(verdict)


@each_mutant
def test_a_mutant_dies_on_the_case_named_after_its_promise(folder: Path, name: str) -> None:
    verdict = verdict_of(folder, folder / "mutants" / name)
    assert mutants_of(folder)[name].killed_by in failed_cases(verdict), complaints(verdict)
    assert {case.status for case in verdict.cases} <= {"pass", "fail"}, complaints(verdict)


@each_mutant
def test_a_mutant_dies_under_another_seed_too(folder: Path, name: str) -> None:
    named = mutants_of(folder)[name].killed_by
    verdict = verdict_of(folder, folder / "mutants" / name, seed=2**63 - 1, cases=(named,))
    assert failed_cases(verdict) == [named]


@each_lab
def test_every_case_kills_some_mutant(folder: Path) -> None:
    kills: Counter[str] = Counter()
    for name in mutants_of(folder):
        kills.update(failed_cases(verdict_of(folder, folder / "mutants" / name)))
    assert [case.name for case in lab_of(folder).cases if not kills[case.name]] == []


@each_lab
def test_no_mutant_is_the_solution_or_another_mutant(folder: Path) -> None:
    files = lab_of(folder).file.files_allowed
    seen = {_program(folder / "solution", files): "solution"}
    for name in sorted(mutants_of(folder)):
        program = _program(folder / "mutants" / name, files)
        assert program not in seen, f"{name} is {seen[program]} in other words"
        seen[program] = name


def _program(code: Path, files: list[str]) -> str:
    return "\n".join(normalised((code / name).read_text(encoding="utf-8")) for name in files)


@each_lab
def test_a_failure_tells_the_student_in_both_languages_and_can_be_replayed(folder: Path) -> None:
    for name in mutants_of(folder):
        for case in verdict_of(folder, folder / "mutants" / name).cases:
            if case.status == "fail":
                assert case.contradiction is not None
                assert case.contradiction["en"]
                assert case.contradiction["zh"]
                assert case.seed is not None
                assert case.choices is not None


# ----------------------------------------------------------------------------------------------------- determinism


@each_lab
def test_the_same_seed_gives_the_same_bytes(folder: Path) -> None:
    for code in (folder / "solution", folder / "starter"):
        first = verdict_of.__wrapped__(folder, code).canonical_bytes()
        assert verdict_of.__wrapped__(folder, code).canonical_bytes() == first


@each_lab
def test_another_seed_gives_other_schedules(folder: Path) -> None:
    cases = cases_with_chance(folder)
    traces = [
        [case.trace_hash for case in verdict_of(folder, folder / "solution", seed=seed, cases=cases).cases]
        for seed in (SEED, SEED + 1)
    ]
    assert all(one != other for one, other in zip(*traces, strict=True))


@each_lab
def test_the_mark_sheet_reads_as_the_suite_loads(folder: Path) -> None:
    read = [(case.name, case.points, case.en, case.zh) for case in lab_of(folder).cases]
    loaded = [
        (case.name, case.points, case.title["en"], case.title["zh"]) for case in load_suite(folder / "suite").cases
    ]
    assert read == loaded


@each_lab
def test_the_metrics_of_the_board_are_those_the_suite_reports(folder: Path) -> None:
    named = sorted(metric.name for metric in lab_of(folder).file.leaderboard_metrics)
    assert sorted(verdict_of(folder, folder / "solution").metrics) == named


@pytest.mark.bwrap
@each_solution
def test_the_sandbox_gives_the_same_verdict_byte_for_byte(folder: Path, code: Path) -> None:
    sandboxed = verdict_of(folder, code, sandbox="bwrap").canonical_bytes()
    assert sandboxed == verdict_of(folder, code).canonical_bytes()
