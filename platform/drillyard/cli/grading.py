"""`drillyard grade`: one submission, one verdict, shown to a person or as JSON."""

from __future__ import annotations

import json
import platform
import shlex
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.table import Table
from rich.text import Text

from drillyard.cli.judge import Judge
from drillyard.cli.labs import Lab, UsageFault
from drillyard.cli.texts import text
from graders.protocol import jobs
from graders.protocol.jobs import Job, LabDefinition, LabLimits, Outcome, SandboxMode

PASSED: Final = 0
FAILED: Final = 1
OUR_FAULT: Final = 2

OFFICIAL_PYTHON: Final = "3.13"
MODES: Final = ("auto", "bwrap", "plain", "inprocess")
_STYLES: Final = {"pass": "green", "fail": "red", "unknown": "yellow"}
_SEED_MAX: Final = (1 << 63) - 1


@dataclass(frozen=True, slots=True)
class Request:
    """What the command line asked for, checked."""

    lab: Lab
    paths: list[Path]
    files: dict[str, str]
    seed: int
    cases: tuple[str, ...]
    choices: tuple[int, ...] | None
    mode: str

    def job(self, mode: SandboxMode) -> Job:
        return job_of(self.lab, self.files, self.seed, mode, cases=self.cases, choices=self.choices)


def job_of(
    lab: Lab,
    files: dict[str, str],
    seed: int,
    mode: SandboxMode,
    *,
    cases: tuple[str, ...] = (),
    choices: tuple[int, ...] | None = None,
) -> Job:
    """The same job that the server would make of this lab's revision."""
    definition = lab.content.definition(str((lab.folder / "suite").resolve()))
    definition["limits"] = LabLimits(**definition["limits"])
    for name in ("files_allowed", "modules_allowed"):
        definition[name] = tuple(definition[name])
    return Job(
        id="command-line",
        lab=LabDefinition(**definition),
        files=files,
        seed=seed,
        sandbox=mode,
        cases=cases,
        choices=choices,
    )


def request_check(request: Request, lang: str) -> None:
    """Raises `UsageFault` for what the judge would refuse anyway, with better words."""
    if not 0 <= request.seed <= _SEED_MAX:
        raise UsageFault(text("bad_seed", lang))
    if request.mode not in MODES:
        raise UsageFault(text("bad_sandbox", lang, mode=request.mode))
    known = [case.name for case in request.lab.content.cases]
    for name in request.cases:
        if name not in known:
            raise UsageFault(text("no_case", lang, name=name, known=", ".join(known)))
    if request.choices is not None and len(request.cases) != 1:
        raise UsageFault(text("choices_need_case", lang))


def choices_parse(value: str | None, lang: str) -> tuple[int, ...] | None:
    """`1,2,3`; nothing between the commas is no choice at all. Raises `UsageFault`."""
    if value is None:
        return None
    try:
        return tuple(int(part) for part in value.split(",") if part.strip())
    except ValueError:
        raise UsageFault(text("bad_choices", lang)) from None


def grade_command(request: Request, *, as_json: bool, lang: str) -> int:
    """Grade, show, and return the exit status."""
    console = Console(stderr=as_json, highlight=False)
    with Judge() as judge:
        outcome = _grade(judge, request, console, lang, quiet=as_json)
    if as_json:
        sys.stdout.write(json.dumps(outcome.to_json(), ensure_ascii=False, indent=2, sort_keys=True) + "\n")
    else:
        _show(console, request, outcome, lang)
    return {"pass": PASSED, "fail": FAILED}.get(str(outcome.verdict["status"]), OUR_FAULT)


def _grade(judge: Judge, request: Request, console: Console, lang: str, *, quiet: bool) -> Outcome:
    mode: SandboxMode = "bwrap" if request.mode == "auto" else _mode(request.mode)
    outcome = _run(judge, request.job(mode), console, lang, quiet=quiet)
    error = outcome.run.get("error", {})
    if request.mode == "auto" and error.get("kind") == "sandbox_unavailable":
        Console(stderr=True, highlight=False).print(
            Text(text("falls_back", lang, reason=error["text"]), style="yellow")
        )
        outcome = _run(judge, request.job("plain"), console, lang, quiet=quiet)
    return outcome


def _mode(word: str) -> SandboxMode:
    for mode in jobs.SANDBOX_MODES:
        if mode == word:
            return mode
    raise AssertionError(word)


def _run(judge: Judge, job: Job, console: Console, lang: str, *, quiet: bool) -> Outcome:
    if quiet or not console.is_terminal:
        return judge.run(job)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task(text("running", lang), total=None)

        def progress(item: jobs.Progress) -> None:
            done = item.index if item.status == "running" else item.index + 1
            bar.update(task, description=item.case, completed=done, total=item.total)

        return judge.run(job, progress)


# ---------------------------------------------------------------------------------------------------- showing


def _show(console: Console, request: Request, outcome: Outcome, lang: str) -> None:
    verdict = outcome.verdict
    mode = str(outcome.run.get("mode", request.mode))
    python = platform.python_version()
    title = request.lab.title(lang)
    console.print(Text(text("heading", lang, title=title, seed=request.seed, mode=mode, python=python), style="bold"))
    if "error" in outcome.run:
        console.print(Text(text("system_fault", lang, text=outcome.run["error"]["text"]), style="yellow"))
    if verdict["cases"]:
        console.print(_table(verdict["cases"], lang))
    for case in verdict["cases"]:
        if case["status"] != "pass":
            _show_failure(console, request, case, outcome.run, lang)
    for item in outcome.run.get("set_order", []):
        console.print(Text(text("set_order", lang, case=item["case"]), style="yellow"))
    if verdict["cases"]:
        style = _STYLES[verdict["status"]]
        console.print(Text(text("score", lang, score=verdict["score"]), style=f"bold {style}"))
    for note in _notes(mode, python, lang):
        console.print(Text(note, style="dim"))


def _table(cases: list[dict[str, Any]], lang: str) -> Table:
    table = Table(box=None, pad_edge=False)
    table.add_column(text("result", lang))
    table.add_column(text("points", lang), justify="right")
    table.add_column(text("case", lang))
    for case in cases:
        style = _STYLES[case["status"]]
        points = f"{case['points']}/{case['points_max']}"
        table.add_row(Text(text(case["status"], lang), style=style), points, Text(case["title"][lang]))
    return table


def _show_failure(console: Console, request: Request, case: dict[str, Any], run: dict[str, Any], lang: str) -> None:
    console.print()
    console.print(Text(f"{case['name']}: {case['reason']}", style=_STYLES[case["status"]]))
    if case["contradiction"]:
        console.print(Text(case["contradiction"][lang]), soft_wrap=not console.is_terminal)
    detail = run.get("cases", {}).get(case["name"], {}).get("detail", "")
    if detail:
        console.print(Text(detail.rstrip(), style="dim"))
    if case["schedules"]:
        console.print(Text(text("replay", lang, command=replay_command(request, case)), style="cyan"), soft_wrap=True)


def replay_command(request: Request, case: dict[str, Any]) -> str:
    """What to paste to run exactly the failing schedule again."""
    words = ["drillyard", "grade", request.lab.slug, *map(str, request.paths)]
    words += ["--seed", str(request.seed), "--case", case["name"]]
    if case["choices"]:
        words += ["--choices", ",".join(map(str, case["choices"]))]
    return shlex.join(words)


def _notes(mode: str, python: str, lang: str) -> list[str]:
    notes = []
    if mode not in jobs.OFFICIAL_MODES:
        notes.append(text("mode_unofficial", lang, mode=mode))
    if not python.startswith(f"{OFFICIAL_PYTHON}."):
        notes.append(text("python_unofficial", lang, python=python, official=OFFICIAL_PYTHON))
    return notes
