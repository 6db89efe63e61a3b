"""The matrix and the list of labs on a terminal."""

from __future__ import annotations

from rich.console import Console
from rich.table import Table
from rich.text import Text

from drillyard.cli.labs import Lab
from drillyard.cli.matrix import Matrix, Program
from drillyard.cli.texts import text


def wide_console() -> Console:
    """The terminal as wide as it is; a file or a log as wide as a matrix needs."""
    console = Console(highlight=False)
    return console if console.is_terminal else Console(highlight=False, width=160)


def show_matrix(console: Console, matrix: Matrix, lang: str) -> None:
    """A row a program, a column a case: a dot passed, a cross failed, a ring where the mutant's bug is named."""
    names = [case.name for case in matrix.lab.content.cases]
    table = Table(box=None, pad_edge=False, title=matrix.lab.title(lang), title_justify="left")
    table.add_column(text("program", lang), no_wrap=True)
    table.add_column(text("points", lang), justify="right")
    table.add_column(text("killed_by", lang), justify="right")
    table.add_column("".join(str(number % 10) for number in range(1, len(names) + 1)), no_wrap=True)
    for program in matrix.programs:
        style = {"solution": "green", "starter": "blue"}.get(program.role, "")
        column = str(names.index(program.killed_by) + 1) if program.killed_by in names else ""
        table.add_row(Text(program.name, style=style), _score(program), column, _marks(program, names))
    console.print(table, soft_wrap=True)
    for number, name in enumerate(names, 1):
        console.print(Text(f"{number:>3} {name}", style="dim"), soft_wrap=True)
    counts = {"killed": len(matrix.killed), "total": len(matrix.mutants), "named": len(matrix.killed_by_name)}
    console.print(text("kill_rate", lang, **counts))
    for word, values in matrix.faults:
        console.print(Text(text(word, lang, **values), style="red"))
    verdict = "red" if matrix.faults else "green"
    message = text(verdict, lang, lab=matrix.lab.slug, count=len(matrix.faults))
    console.print(Text(message, style=f"bold {verdict}"))


def _marks(program: Program, names: list[str]) -> Text:
    failed = program.failed_ever()
    marks = Text()
    for name in names:
        if name not in failed:
            marks.append("·" if program.verdicts else "?", style="dim")
        else:
            named = name == program.killed_by
            marks.append("◉" if named else "×", style="bold green" if named else "red")
    return marks


def _score(program: Program) -> str:
    scores = [verdict["score"] for verdict in program.verdicts.values()]
    return str(min(scores)) if scores else "?"


def show_labs(console: Console, labs: list[Lab], lang: str) -> None:
    table = Table(box=None, pad_edge=False)
    for word in ("slug", "title"):
        table.add_column(text(word, lang))
    for word in ("cases", "minutes"):
        table.add_column(text(word, lang), justify="right")
    for lab in labs:
        file = lab.content.file
        table.add_row(lab.slug, lab.title(lang), str(len(lab.content.cases)), str(file.minutes))
    console.print(table)
