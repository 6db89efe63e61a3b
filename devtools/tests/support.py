"""What the tests of `./dev` share."""

from __future__ import annotations

import os
import subprocess
import sys

from devtools import places


def sources_on_path(**more: str) -> dict[str, str]:
    """This process's environment, with the project importable."""
    return {**os.environ, "PYTHONPATH": str(places.ROOT), "LC_ALL": "C.UTF-8", **more}


def dev(*arguments: str, timeout_s: float = 60, **more: str) -> subprocess.CompletedProcess[str]:
    """Run `./dev` as a person would."""
    command = [sys.executable, str(places.ROOT / "dev"), *arguments]
    return subprocess.run(
        command, capture_output=True, text=True, timeout=timeout_s, check=False, env=sources_on_path(**more)
    )
