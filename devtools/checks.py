"""`./dev check`: what can be said about the project without running it. All checks run; the end names what failed."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from devtools import frontend, places
from devtools.console import Failure, say, text

_AT_ONCE: Final = 2
_TIMEOUT_S: Final = 900


@dataclass(frozen=True, slots=True)
class Check:
    """One program that finds fault by its exit status."""

    name: str
    command: Sequence[str]
    env: Mapping[str, str] = field(default_factory=dict)


def run(chosen: Sequence[str]) -> int:
    """Run all checks, or those named. Returns 0 when none finds fault. Raises `Failure` for an unknown name."""
    known = every_check()
    unknown = set(chosen) - {check.name for check in known}
    if unknown:
        names = ", ".join(check.name for check in known)
        raise Failure(
            text(f"There is no check {', '.join(sorted(unknown))}.", f"没有这项检查：{sorted(unknown)}"), names
        )
    wanted = [check for check in known if not chosen or check.name in chosen]
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        failed = [check.name for check, good in zip(wanted, pool.map(_passes, wanted), strict=True) if not good]
    if failed:
        say(text(f"\nFound fault: {', '.join(failed)}", f"\n未通过：{', '.join(failed)}"))
        return 1
    say(text("\nNo fault found.", "\n全部通过。"))
    return 0


def every_check() -> list[Check]:
    """The checks, the slow ones first, so that both cores stay busy to the end."""
    return [
        Check("mypy", _tool("mypy", "platform", "graders", "devtools", "tests", "bench", "manage.py")),
        *(_lab_types(folder) for folder in sorted(places.ROOT.glob("labs/[0-9]*")) if (folder / "suite").is_dir()),
        Check("layers", _tool("lint-imports")),
        Check("architecture", [str(places.PYTHON), "-m", "pytest", "-q", "-p", "no:randomly", "tests/architecture"]),
        Check("migrations", _manage("makemigrations", "--check", "--dry-run")),
        Check("django", _manage("check", "--fail-level", "WARNING")),
        Check("templates", _tool("djlint", "--check", "--lint", "platform/drillyard")),
        Check("templates-style", _tool("djade", "--check", "--target-version", "5.2", *_templates())),
        Check("front-end", frontend.npm("run", "check"), frontend.environment()),
        Check("style", _tool("ruff", "check", ".", "dev")),
        Check("format", _tool("ruff", "format", "--check", ".", "dev")),
    ]


def _tool(name: str, *arguments: str) -> list[str]:
    return [str(places.VENV / "bin" / name), *arguments]


def _manage(*arguments: str) -> list[str]:
    return [str(places.PYTHON), str(places.ROOT / "manage.py"), *arguments]


def _templates() -> list[str]:
    return [str(path) for path in sorted((places.ROOT / "platform" / "drillyard").rglob("templates/**/*.html"))]


def _lab_types(folder: Path) -> Check:
    """Types of one lab. One run each, since every lab calls its files by the same names; its suite is a package."""
    solutions = sorted({path.parent for path in folder.glob("solution*/**/*.py")})
    paths = [folder / "suite", *solutions[:1]]
    found = os.pathsep.join(str(path) for path in [folder, *solutions[:1]])
    command = _tool("mypy", "--cache-dir", f".mypy_cache/{folder.name}", *(str(path) for path in paths))
    return Check(f"mypy-{folder.name}", command, {"MYPYPATH": found})


def _passes(check: Check) -> bool:
    """Run one check; show what it says only if it finds fault."""
    started_s = time.monotonic()
    env = {**places.environment(), **check.env}
    try:
        done = subprocess.run(
            list(check.command),
            env=env,
            cwd=places.ROOT,
            capture_output=True,
            text=True,
            check=False,
            timeout=_TIMEOUT_S,
        )
        good, output = done.returncode == 0, done.stdout + done.stderr
    except subprocess.TimeoutExpired:
        good, output = False, text("took too long", "超时")
    verdict = text("ok", "通过") if good else text("FOUND FAULT", "未通过")
    lines = [] if good else [f"    {line}" for line in output.splitlines()]
    say("\n".join([f"  {check.name:<26} {time.monotonic() - started_s:6.1f} s  {verdict}", *lines]))
    return good
