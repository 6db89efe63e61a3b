"""`drillyard grade` gives the same canonical bytes however, wherever and after whatever it is run."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from graders.protocol.frames import canonical

ROOT = Path(__file__).resolve().parents[2]
SOLUTION = ROOT / "labs" / "07-circuit-breaker" / "solution" / "circuit_breaker.py"
MODES = ["inprocess", "plain", pytest.param("bwrap", marks=pytest.mark.bwrap)]


def _grade(source: Path, mode: str, hash_seed: str) -> dict[str, Any]:
    """The verdict that the command prints, run under this hash seed by a person who set it."""
    done = subprocess.run(
        [sys.executable, "-m", "drillyard.cli", "grade", "circuit-breaker", str(source), "--json", "--seed", "11",
         "--sandbox", mode, "--labs", str(ROOT / "labs")],
        env={**os.environ, "PYTHONHASHSEED": hash_seed, "PYTHONPATH": f"{ROOT / 'platform'}{os.pathsep}{ROOT}"},
        stdout=subprocess.PIPE,
        timeout=240,
        check=False,
    )  # fmt: skip
    assert done.returncode == 0, done
    verdict: dict[str, Any] = json.loads(done.stdout)["verdict"]
    return verdict


@pytest.fixture(scope="module")
def expected() -> dict[str, Any]:
    verdict = _grade(SOLUTION, "inprocess", "0")
    assert verdict["score"] == 100
    return verdict


@pytest.mark.parametrize("mode", MODES)
def test_twice_in_every_mode_under_two_hash_seeds(mode: str, expected: dict[str, Any]) -> None:
    for hash_seed in ("0", "1"):
        assert canonical(_grade(SOLUTION, mode, hash_seed)) == canonical(expected)


@pytest.mark.parametrize("mode", MODES)
def test_a_thousand_objects_more_in_the_students_process_change_nothing(
    mode: str, expected: dict[str, Any], tmp_path: Path
) -> None:
    """They move every later object to another address, which is what an id-based hash would show."""
    source = tmp_path / "circuit_breaker.py"
    source.write_text(SOLUTION.read_text("utf-8") + "\n\n_BALLAST = [object() for _ in range(1_000)]\n", "utf-8")
    verdict = _grade(source, mode, "0")
    assert verdict.pop("code_hash") != expected["code_hash"]
    assert canonical(verdict) == canonical({name: value for name, value in expected.items() if name != "code_hash"})
