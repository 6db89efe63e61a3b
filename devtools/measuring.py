"""`./dev bench`: run measurements, and keep what they found with the date, the commit and the machine.

A measurement is a program `bench/NAME.py` that prints a table for people and, with `--json FILE`, writes its results.
Its record is one line of `bench/results/NAME.jsonl`. Times differ between machines, so results are ratios first: to a
baseline that was measured in the same run.
"""

from __future__ import annotations

import json
import os
import platform
import subprocess
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from devtools import places
from devtools.console import Failure, say, text

FOLDER: Final = places.ROOT / "bench"
RESULTS: Final = FOLDER / "results"


def run(chosen: Sequence[str], program: Callable[[Sequence[str]], int]) -> int:
    """Run the measurements, or those named, one after the other. Returns 1 if one missed its target or failed."""
    known = sorted(path.stem for path in FOLDER.glob("*.py") if not path.stem.startswith("_"))
    if not known:
        raise Failure(text("bench/ is empty: this work comes later.", "bench/ 是空的：这部分工作尚未开始。"))
    unknown = [name for name in chosen if name not in known]
    if unknown:
        what = text(f"There is no measurement {unknown[0]}.", f"没有名为 {unknown[0]} 的测量。")
        raise Failure(what, ", ".join(known))
    statuses = [_measure(name, program) for name in chosen or known]
    return 1 if any(statuses) else 0


def _measure(name: str, program: Callable[[Sequence[str]], int]) -> int:
    say(f"\n== {name}")
    found = places.VAR / "bench" / f"{name}.json"
    found.parent.mkdir(parents=True, exist_ok=True)
    found.unlink(missing_ok=True)
    load = round(os.getloadavg()[0], 2)  # what else the machine had to do, in the minute before
    status = program(["-m", f"bench.{name}", "--json", str(found)])
    if found.exists():
        _keep(name, json.loads(found.read_text("utf-8")), load)
    return status


def _keep(name: str, results: Any, load: float) -> None:
    record = {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "commit": _commit(),
        "machine": {**machine(), "load": load},
        "results": results,
    }
    RESULTS.mkdir(exist_ok=True)
    with (RESULTS / f"{name}.jsonl").open("a", encoding="utf-8") as sink:
        sink.write(json.dumps(record, ensure_ascii=False) + "\n")


def _commit() -> str:
    """The commit that was measured. Changed files are marked, except the records that measuring itself writes."""
    git = ["git", "-C", str(places.ROOT)]
    commit = subprocess.run([*git, "rev-parse", "--short=12", "HEAD"], capture_output=True, text=True, check=False)
    others = [*git, "status", "--porcelain", "--", ".", ":!bench/results"]
    changed = subprocess.run(others, capture_output=True, text=True, check=False).stdout.strip()
    return commit.stdout.strip() + ("-dirty" if changed else "")


def machine() -> dict[str, Any]:
    """What a number depends on, without naming anyone's machine: cores, processor, kernel, Python."""
    return {
        "cores": os.cpu_count(),
        "processor": _processor(),
        "kernel": f"{platform.system()} {platform.release()}",
        "python": _python(),
    }


def _python() -> str:
    """The version that measurements run under, which is that of `.venv` and not of `./dev`."""
    command = [str(places.PYTHON), "-c", "import platform; print(platform.python_version())"]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


def _processor() -> str:
    listed = Path("/proc/cpuinfo")
    if listed.exists():
        for line in listed.read_text("utf-8", "replace").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()
