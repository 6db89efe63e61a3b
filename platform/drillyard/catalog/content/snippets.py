"""The code of a chapter, run: what the text says it prints is what it prints.

Each `.run` block is a program of its own, `.more` goes on where the last one ended, and an `.output` block after either
says what that piece prints. A program is written to a file whose line numbers are those of the text, so that Python's
own traceback names the line to mend. Authors' code is trusted as a suite is; the process and its time limit are there
against mistakes, and a sync never runs any.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from drillyard.catalog.content.faults import error
from drillyard.catalog.content.prose import Prose
from drillyard.catalog.content.scan import Block
from drillyard.common.yamlfile import ContentError, Position

WALL_S_MAX: Final = 10.0
_LINE: Final = re.compile(r'File "[^"]*snippet\.py", line (\d+)')


@dataclass(frozen=True, slots=True)
class _Ran:
    output: str
    problem: str | None
    line: int | None


def snippet_faults(prose: Prose, root: Path) -> list[ContentError]:
    """Runs the text's code with `root` (the project) on the path; every failure and every wrong output is an error."""
    errors: list[ContentError] = []
    program: list[Block] = []
    before, last = "", ""
    runnable = False
    for block in prose.scanned.all_blocks():
        if block.kind != "code":
            runnable = False
            continue
        if "output" in block.classes:
            errors += _compare(prose, block, last) if runnable else [_lonely(prose, block, "output")]
            runnable = False
        elif "more" in block.classes and not program:
            errors.append(_lonely(prose, block, "more"))
        elif "run" in block.classes or "more" in block.classes:
            program = [*program, block] if "more" in block.classes else [block]
            ran = _run(program, root)
            if ran.problem is not None:
                errors.append(_failed(prose, block, ran))
            before = before if "more" in block.classes else ""
            last, before = ran.output.removeprefix(before), ran.output
            runnable = ran.problem is None
        else:
            runnable = False
    return errors


def _lonely(prose: Prose, block: Block, name: str) -> ContentError:
    return error(prose.shown, Position(block.line, 1), "code-order", name=name)


def _failed(prose: Prose, block: Block, ran: _Ran) -> ContentError:
    where = Position(ran.line or block.line, 1)
    if ran.problem == "":
        return error(prose.shown, where, "code-timeout", seconds=WALL_S_MAX)
    return error(prose.shown, where, "code-failed", problem=ran.problem)


def _compare(prose: Prose, block: Block, output: str) -> list[ContentError]:
    """The first line in which the text and the program differ."""
    seen, wanted = output.rstrip().split("\n"), block.code.rstrip().split("\n")
    for index in range(max(len(seen), len(wanted))):
        here = seen[index].rstrip() if index < len(seen) else ""
        there = wanted[index].rstrip() if index < len(wanted) else ""
        if here != there:
            where = Position(block.line + 1 + min(index, len(wanted)), 1)
            return [error(prose.shown, where, "code-output", seen=here, wanted=there)]
    return []


def _run(program: list[Block], root: Path) -> _Ran:
    lines: list[str] = []
    for block in program:
        lines += [""] * (block.line - len(lines))
        lines += block.code.rstrip("\n").split("\n")
    environment = {
        "PATH": os.environ.get("PATH", ""),
        "PYTHONPATH": str(root),
        "PYTHONHASHSEED": "0",
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONUTF8": "1",
    }
    with tempfile.TemporaryDirectory(prefix="drillyard-snippet-") as folder:
        script = Path(folder, "snippet.py")
        script.write_text("\n".join(lines) + "\n", encoding="utf-8")
        try:
            done = subprocess.run(  # noqa: S603 - the author's own code, see above
                [sys.executable, "-s", str(script)],
                cwd=folder,
                env=environment,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                timeout=WALL_S_MAX,
                check=False,
                text=True,
                encoding="utf-8",
                errors="replace",
            )
        except subprocess.TimeoutExpired:
            return _Ran("", "", None)
    if done.returncode == 0:
        return _Ran(done.stdout, None, None)
    found = _LINE.findall(done.stderr)
    last = done.stderr.strip().rpartition("\n")[2]
    return _Ran(done.stdout, last or f"exit status {done.returncode}", int(found[-1]) if found else None)
