"""The commands and their options. Everything a person reads is in `texts`; everything that is done, elsewhere.

Annotations are evaluated where they stand (no `annotations` future here): typer reads them, and the help's language
is a local name of the functions that build the commands.
"""

import json
import sys
from pathlib import Path
from typing import Annotated, Any, Final

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from drillyard.cli import grading, showing
from drillyard.cli.judge import Judge, JudgeLost
from drillyard.cli.labs import UsageFault, lab_folders, lab_get, lab_open, labs_folder, submission_read
from drillyard.cli.matrix import Matrix, verify
from drillyard.cli.texts import LANGUAGES, language, text
from graders.protocol.jobs import SandboxMode

USAGE: Final = 64


def _asked_language(arguments: list[str]) -> str:
    """`--lang` is needed before the commands are built, since their help is in a language too."""
    for index, word in enumerate(arguments):
        if word.startswith("--lang="):
            return language(word.partition("=")[2])
        if word == "--lang" and index + 1 < len(arguments):
            return language(arguments[index + 1])
    return language()


def build(lang: str) -> typer.Typer:
    """The command line, with its help in `lang`."""
    app = typer.Typer(
        help=text("app", lang), add_completion=False, no_args_is_help=True, pretty_exceptions_enable=False
    )
    labs = typer.Typer(help=text("labs", lang), no_args_is_help=True)
    app.add_typer(labs, name="labs")
    app.command("grade", help=text("grade", lang))(_grade_command(lang))
    labs.command("list", help=text("labs_list", lang))(_list_command(lang))
    labs.command("verify", help=text("labs_verify", lang))(_verify_command(lang))
    return app


def _option(word: str, lang: str, *names: str) -> Any:
    return typer.Option(*names, help=text(word, lang))


def _grade_command(default_lang: str) -> Any:
    def grade(  # noqa: PLR0917 - typer names them on the command line
        lab: Annotated[str, typer.Argument(help=text("arg_lab", default_lang))],
        files: Annotated[list[Path], typer.Argument(help=text("arg_files", default_lang))],
        seed: Annotated[int, _option("opt_seed", default_lang)] = 0,
        case: Annotated[list[str] | None, _option("opt_case", default_lang)] = None,
        choices: Annotated[str | None, _option("opt_choices", default_lang)] = None,
        sandbox: Annotated[str, _option("opt_sandbox", default_lang)] = "auto",
        as_json: Annotated[bool, _option("opt_json", default_lang, "--json")] = False,
        lang: Annotated[str | None, _option("opt_lang", default_lang)] = None,
        labs: Annotated[Path | None, _option("opt_labs", default_lang)] = None,
    ) -> None:
        spoken = _spoken(lang, default_lang)
        found = lab_get(lab, labs, spoken)
        request = grading.Request(
            lab=found,
            paths=files,
            files=submission_read(found, files, spoken),
            seed=seed,
            cases=tuple(case or ()),
            choices=grading.choices_parse(choices, spoken),
            mode=sandbox,
        )
        grading.request_check(request, spoken)
        raise _Done(grading.grade_command(request, as_json=as_json, lang=spoken))

    return grade


def _list_command(default_lang: str) -> Any:
    def list_labs(
        as_json: Annotated[bool, _option("opt_json", default_lang, "--json")] = False,
        lang: Annotated[str | None, _option("opt_lang", default_lang)] = None,
        labs: Annotated[Path | None, _option("opt_labs", default_lang)] = None,
    ) -> None:
        spoken = _spoken(lang, default_lang)
        found = [lab_open(folder, spoken) for folder in lab_folders(labs_folder(labs, spoken))]
        if as_json:
            rows = [{"slug": item.slug, "title": item.content.file.title.model_dump()} for item in found]
            _print_json(rows)
        else:
            showing.show_labs(Console(highlight=False), found, spoken)

    return list_labs


def _verify_command(default_lang: str) -> Any:
    def verify_labs(  # noqa: PLR0917 - typer names them on the command line
        lab: Annotated[str | None, typer.Argument(help=text("arg_lab", default_lang))] = None,
        as_json: Annotated[bool, _option("opt_json", default_lang, "--json")] = False,
        jobs: Annotated[int, typer.Option(min=1, max=16, help=text("opt_jobs", default_lang))] = 2,
        seeds: Annotated[int, typer.Option(min=1, help=text("opt_seeds", default_lang))] = 3,
        sandbox: Annotated[str, _option("opt_sandbox", default_lang)] = "inprocess",
        lang: Annotated[str | None, _option("opt_lang", default_lang)] = None,
        labs: Annotated[Path | None, _option("opt_labs", default_lang)] = None,
    ) -> None:
        spoken = _spoken(lang, default_lang)
        modes: dict[str, SandboxMode] = {"inprocess": "inprocess", "plain": "plain", "bwrap": "bwrap", "auto": "bwrap"}
        if sandbox not in modes:
            raise UsageFault(text("bad_sandbox", spoken, mode=sandbox))
        folders = lab_folders(labs_folder(labs, spoken)) if lab is None else [lab_get(lab, labs, spoken).folder]
        with Judge() as judge:
            matrices = [
                _verify_one(folder, judge, mode=modes[sandbox], seeds=seeds, workers=jobs, lang=spoken)
                for folder in folders
            ]
        if as_json:
            _print_json([matrix.as_json() for matrix in matrices])
        else:
            for matrix in matrices:
                showing.show_matrix(showing.wide_console(), matrix, spoken)
        raise _Done(_matrix_status(matrices))

    return verify_labs


def _verify_one(folder: Path, judge: Judge, *, mode: SandboxMode, seeds: int, workers: int, lang: str) -> Matrix:
    lab = lab_open(folder, lang)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(text("verifying", lang, lab=lab.slug), total=None)

        def told(done: int, total: int) -> None:
            bar.update(task, completed=done, total=total)

        return verify(lab, judge, mode=mode, seeds=seeds, workers=workers, lang=lang, told=told)


def _matrix_status(matrices: list[Matrix]) -> int:
    if any(matrix.unknown for matrix in matrices):
        return grading.OUR_FAULT
    return grading.FAILED if any(matrix.faults for matrix in matrices) else grading.PASSED


def _spoken(lang: str | None, default: str) -> str:
    if lang is not None and lang not in LANGUAGES:
        raise UsageFault(text("bad_lang", default, lang=lang))
    return lang or default


def _print_json(value: Any) -> None:
    sys.stdout.write(json.dumps(value, ensure_ascii=False, indent=2) + "\n")


class _Done(Exception):
    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


_TYPER_STATUS: Final = {0: 0, 1: 130, 2: USAGE}
"""What typer itself exits with: help, interruption, a wrong command. Here 2 would be our fault."""


def main(arguments: list[str] | None = None) -> None:
    """Run the command and exit."""
    words = sys.argv[1:] if arguments is None else arguments
    lang = _asked_language(words)
    try:
        build(lang)(words, prog_name="drillyard")
        status = grading.PASSED
    except _Done as done:
        status = done.status
    except UsageFault as fault:
        sys.stderr.write(f"{fault}\n")
        status = USAGE
    except JudgeLost as lost:
        sys.stderr.write(text("judge_lost", lang, problem=lost) + "\n")
        status = grading.OUR_FAULT
    except SystemExit as ended:
        status = _TYPER_STATUS.get(ended.code if isinstance(ended.code, int) else 1, USAGE)
    sys.exit(status)
