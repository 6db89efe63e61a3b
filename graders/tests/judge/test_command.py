"""`python -m graders.judge` as others start it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[3]
SUITE = """
from graders.harness import Lab, case


@case(points=100, en="Twice 21 is 42", zh="21 的两倍是 42")
def doubles(lab: Lab) -> None:
    value = lab.finish(lab.component().call("double", 21), limit_ms=100).value
    lab.require(value == 42, en="Another value.", zh="别的值。")
    print("a suite may print")
"""
RIGHT = "class A:\n    async def double(self, number):\n        return number * 2\n"
WRONG = RIGHT.replace("* 2", "* 3")


@pytest.fixture
def suite(tmp_path: Path) -> Path:
    (tmp_path / "suite").mkdir()
    (tmp_path / "suite" / "doubles.py").write_text(SUITE, "utf-8")
    return tmp_path / "suite"


def _judge(*arguments: str, job: Any = None, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "graders.judge", *arguments],
        input="" if job is None else json.dumps(job) + "\n",
        capture_output=True,
        text=True,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
        timeout=60,
        check=False,
    )


def _job(suite: Path, source: str, sandbox: str = "plain") -> dict[str, Any]:
    lab = {
        "slug": "doubles",
        "revision": "r",
        "kind": "component",
        "entry_point": "a:A",
        "files_allowed": ["a.py"],
        "suite_dir": str(suite),
    }
    return {"id": "1", "lab": lab, "files": {"a.py": source}, "seed": 7, "sandbox": sandbox}


@pytest.mark.parametrize(("source", "status", "word"), [(RIGHT, 0, "pass"), (WRONG, 1, "fail")])
def test_a_job_comes_in_and_an_outcome_goes_out(suite: Path, source: str, status: int, word: str) -> None:
    done = _judge(job=_job(suite, source))
    assert done.returncode == status, done.stderr
    outcome = json.loads(done.stdout)
    assert outcome["verdict"]["status"] == word
    assert outcome["run"]["mode"] == "plain"
    assert not outcome["run"]["official_mode"]


def test_the_verdict_is_the_same_in_every_mode_and_under_any_hash_seed_of_the_caller(suite: Path) -> None:
    verdicts = [
        json.loads(_judge(job=_job(suite, RIGHT, mode), PYTHONHASHSEED=seed).stdout)["verdict"]
        for mode, seed in (("inprocess", "0"), ("plain", "1"), ("plain", "random"))
    ]
    assert verdicts[0] == verdicts[1] == verdicts[2]


def test_a_mode_that_is_not_here_is_unknown_and_our_fault(suite: Path) -> None:
    done = _judge(job=_job(suite, RIGHT, "docker"))
    assert done.returncode == 2
    outcome = json.loads(done.stdout)
    assert outcome["verdict"]["status"] == "unknown"
    assert outcome["run"]["error"]["kind"] == "sandbox_unavailable"


def test_a_suite_that_cannot_be_read_is_our_fault(suite: Path) -> None:
    (suite / "doubles.py").write_text("import nothing_of_that_name\n", "utf-8")
    done = _judge(job=_job(suite, RIGHT))
    assert done.returncode == 2
    assert json.loads(done.stdout)["run"]["error"]["kind"] == "suite_error"


@pytest.mark.parametrize("job", [{}, [], {"id": 3}])
def test_what_is_no_job_is_a_wrong_command(job: Any) -> None:
    assert _judge(job=job).returncode == 64


def test_a_wrong_option_is_a_wrong_command() -> None:
    assert _judge("--no-such-option").returncode == 64


def test_a_suite_is_described_without_being_run(suite: Path) -> None:
    described = json.loads(_judge("--describe", str(suite)).stdout)
    assert described["cases"] == [
        {
            "name": "doubles",
            "points": 100,
            "title": {"en": "Twice 21 is 42", "zh": "21 的两倍是 42"},
            "schedules": 1,
        }
    ]
    assert not (suite / "__pycache__").exists(), "and nothing is written beside it"


def test_the_self_test_says_what_can_run_here() -> None:
    report = json.loads(_judge("--self-test").stdout)
    assert report["modes"]["plain"] == {"available": True, "official": False, "reason": ""}
    assert not report["modes"]["docker"]["available"]
    assert report["modes"]["docker"]["reason"]


def test_a_server_refuses_a_folder_that_others_can_enter(tmp_path: Path) -> None:
    (tmp_path / "open").mkdir()
    (tmp_path / "open").chmod(0o755)
    done = _judge("--serve", str(tmp_path / "open" / "judge.sock"), "--pool", "0")
    assert done.returncode == 2
    assert "0700" in done.stderr
