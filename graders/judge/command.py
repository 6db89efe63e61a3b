"""What `python -m graders.judge` does, once its hash seed is fixed."""

from __future__ import annotations

import argparse
import gc
import json
import os
import sys
from pathlib import Path
from typing import Any, Final

from graders.harness import SuiteError, load_suite
from graders.judge.run import OFFICIAL_PYTHON, log, run_job
from graders.judge.server import ServerError, serve
from graders.protocol import frames
from graders.protocol.errors import ProtocolError
from graders.protocol.jobs import OFFICIAL_MODES, Job
from graders.protocol.version import JUDGE_VERSION, PROTOCOL_VERSION
from graders.sandbox import available_modes
from graders.sandbox.launch import Mode

PASSED: Final = 0
FAILED: Final = 1
OUR_FAULT: Final = 2
USAGE: Final = 64


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> Any:
        self.print_usage(sys.stderr)
        self.exit(USAGE, f"{self.prog}: {message}\n")


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="python -m graders.judge", description="Grade a job: JSON on standard input, JSON out.")
    action = parser.add_mutually_exclusive_group()
    action.add_argument("--serve", metavar="PATH", type=Path, help="serve jobs on this UNIX socket")
    action.add_argument("--self-test", action="store_true", help="print which sandbox modes can run here")
    action.add_argument(
        "--describe", metavar="SUITE", type=Path, help="print the mark sheet of the suite in this folder"
    )
    parser.add_argument("--pool", type=int, default=1, metavar="N", help="sandboxes that the server keeps ready")
    parser.add_argument("--pool-mode", choices=["plain", "bwrap"], default=None, help="their mode (default: best here)")
    return parser


def main(arguments: list[str]) -> int:
    """The exit status."""
    options = _parser().parse_args(arguments)
    sys.dont_write_bytecode = True  # a suite's folder may be read-only, and is not ours to write in
    if options.serve is not None:
        return _serve(options.serve, options.pool_mode, options.pool)
    if options.self_test:
        return _self_test()
    if options.describe is not None:
        return _describe(options.describe)
    return _grade()


def _serve(path: Path, pool_mode: Mode | None, pool_size: int) -> int:
    if pool_mode is None and pool_size > 0:
        modes = available_modes()
        pool_mode = "bwrap" if modes["bwrap"] is None else "plain" if modes["plain"] is None else None
    gc.freeze()
    try:
        serve(path, pool_mode=pool_mode, pool_size=pool_size)
    except ServerError as error:
        log(str(error))
        return OUR_FAULT
    return PASSED


def _self_test() -> int:
    modes = available_modes()
    report = {
        "judge_version": JUDGE_VERSION,
        "protocol_version": PROTOCOL_VERSION,
        "python": ".".join(map(str, sys.version_info[:3])),
        "python_official": OFFICIAL_PYTHON,
        "modes": {
            mode: {"available": reason is None, "official": mode in OFFICIAL_MODES, "reason": reason or ""}
            for mode, reason in modes.items()
        },
    }
    sys.stdout.write(json.dumps(report, indent=2) + "\n")
    return PASSED if modes["bwrap"] is None or modes["plain"] is None else OUR_FAULT


def _describe(directory: Path) -> int:
    try:
        suite = load_suite(directory)
    except SuiteError as error:
        log(str(error))
        return OUR_FAULT
    cases = [
        {"name": case.name, "points": case.points, "title": case.title, "schedules": case.schedules}
        for case in suite.cases
    ]
    sys.stdout.write(json.dumps({"cases": cases}, ensure_ascii=False, indent=2) + "\n")
    return PASSED


def _grade() -> int:
    try:
        job = Job.from_json(frames.decode(sys.stdin.buffer.read(frames.JOB_BYTES_MAX + 1).strip()))
    except ProtocolError as error:
        log(f"no job: {error}")
        return USAGE
    answer = os.dup(1)
    os.dup2(2, 1)  # what a suite prints is not the outcome
    outcome = run_job(job, lambda _progress: None)
    with os.fdopen(answer, "wb") as file:
        file.write(frames.canonical(outcome.to_json()) + b"\n")
    return {"pass": PASSED, "fail": FAILED}.get(str(outcome.verdict["status"]), OUR_FAULT)
