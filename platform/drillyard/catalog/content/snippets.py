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


def snippet_faults(prose: Prose, root: Path, wall_s: float = WALL_S_MAX) -> list[ContentError]:
    """Runs the text's code with `root` (the project) on the path; every failure and every wrong output is an error."""
    runner = _Runner(prose, root, wall_s)
    for block in prose.scanned.all_blocks():
        runner.block(block)
    return runner.errors


class _Runner:
    """Goes through a text's blocks; a program that failed is not gone on with."""

    def __init__(self, prose: Prose, root: Path, wall_s: float) -> None:
        self.errors: list[ContentError] = []
        self._prose = prose
        self._root = root
        self._wall_s = wall_s
        self._program: list[Block] = []
        self._whole = ""
        self._piece: str | None = None
        self._failed = False

    def block(self, block: Block) -> None:
        if block.kind != "code":
            self._piece = None
        elif "output" in block.classes:
            self._output(block)
        elif "more" in block.classes:
            if self._program:
                self._run(block)
            else:
                self._lonely(block, "more")
        elif "run" in block.classes:
            self._program, self._whole, self._failed = [], "", False
            self._run(block)
        else:
            self._piece = None

    def _output(self, block: Block) -> None:
        if self._piece is not None:
            self.errors += _compare(self._prose, block, self._piece)
        elif not self._failed:
            self._lonely(block, "output")
        self._piece = None

    def _run(self, block: Block) -> None:
        if self._failed:
            return
        self._program.append(block)
        ran = _run(self._program, self._root, self._wall_s)
        if ran.problem is not None:
            self._failed, self._piece = True, None
            self._say_failed(block, ran)
            return
        self._piece, self._whole = ran.output.removeprefix(self._whole), ran.output

    def _say_failed(self, block: Block, ran: _Ran) -> None:
        where = Position(ran.line or block.line, 1)
        if ran.problem == "":
            self.errors.append(error(self._prose.shown, where, "code-timeout", seconds=self._wall_s))
        else:
            self.errors.append(error(self._prose.shown, where, "code-failed", problem=ran.problem))

    def _lonely(self, block: Block, name: str) -> None:
        self._failed = True
        self.errors.append(error(self._prose.shown, Position(block.line, 1), "code-order", name=name))


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


def _run(program: list[Block], root: Path, wall_s: float) -> _Ran:
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
                timeout=wall_s,
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
