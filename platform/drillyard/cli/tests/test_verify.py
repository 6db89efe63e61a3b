"""`drillyard labs verify` and `labs list`: a lab proves itself, or says why not."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from drillyard.cli.app import main
from drillyard.cli.matrix import normalised
from drillyard.cli.tests.conftest import ODD, RIGHT, write_mutant


def _verify(lab: Path, capsys: pytest.CaptureFixture[str]) -> tuple[int, dict[str, Any]]:
    with pytest.raises(SystemExit) as ended:
        main(["labs", "verify", "doubler", "--labs", str(lab.parent), "--seeds", "1", "--json"])
    (matrix,) = json.loads(capsys.readouterr().out)
    return int(ended.value.code or 0), matrix


def test_a_lab_that_proves_itself_is_green(lab: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, matrix = _verify(lab, capsys)
    assert status == 0, matrix["faults"]
    assert matrix["green"]
    assert matrix["kill_rate"] == 1.0
    assert matrix["dead_cases"] == []


def test_a_solution_that_fails_is_red(lab: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (lab / "solution" / "doubler.py").write_text(ODD.replace("or 1", "or 2"), "utf-8")
    status, matrix = _verify(lab, capsys)
    assert status == 1
    assert matrix["faults"] == ["solution does not pass under seed 0: nothing"]


def test_a_starter_that_passes_is_red(lab: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (lab / "starter" / "doubler.py").write_text(RIGHT.replace("number * 2", "number + number"), "utf-8")
    assert _verify(lab, capsys)[1]["faults"] == ["The starter passes."]


def test_a_mutant_that_lives_is_red(lab: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_mutant(lab, "harmless", RIGHT.replace("number * 2", "2 * number"), "doubles")
    status, matrix = _verify(lab, capsys)
    assert status == 1
    assert matrix["faults"] == ["The mutant harmless survives under seed 0."]
    assert matrix["killed"] == 2


def test_a_mutant_that_dies_on_another_case_is_red(lab: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_mutant(lab, "misnamed", RIGHT.replace("number * 2", "number * 2 or 3"), "doubles")
    assert _verify(lab, capsys)[1]["faults"] == [
        "The mutant misnamed does not die on doubles under seed 0, but on: nothing."
    ]


def test_two_mutants_that_differ_in_a_comment_are_one(lab: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_mutant(lab, "once_more", ODD + "# another comment\n", "nothing")
    assert _verify(lab, capsys)[1]["faults"] == ["never_zero and once_more are the same program."]


def test_a_case_that_no_mutant_fails_is_dead_weight(lab: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (lab / "mutants" / "never_zero" / "mutant.yaml").unlink()
    (lab / "mutants" / "never_zero" / "doubler.py").unlink()
    (lab / "mutants" / "never_zero").rmdir()
    (lab / "mutants" / "adds" / "doubler.py").write_text(RIGHT.replace("* 2", "* 3"), "utf-8")
    status, matrix = _verify(lab, capsys)
    assert status == 1
    assert matrix["dead_cases"] == ["nothing"]


def test_a_suite_that_breaks_is_our_fault_and_not_a_red_lab(lab: Path, capsys: pytest.CaptureFixture[str]) -> None:
    suite = lab / "suite" / "suite.py"
    suite.write_text(suite.read_text("utf-8") + "\nraise ValueError\n", "utf-8")
    assert _verify(lab, capsys)[0] == 2


def test_a_faulty_lab_is_told_with_file_and_line(lab: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = lab / "lab.yaml"
    file.write_text(file.read_text("utf-8").replace("difficulty: 1", "difficulty: 11"), "utf-8")
    with pytest.raises(SystemExit) as ended:
        main(["labs", "verify", "doubler", "--labs", str(lab.parent), "--lang", "en"])
    assert ended.value.code == 64
    assert "lab.yaml:15:" in capsys.readouterr().err


def test_labs_are_listed(lab: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["labs", "list", "--labs", str(lab.parent), "--json"])
    assert ended.value.code == 0
    assert json.loads(capsys.readouterr().out) == [{"slug": "doubler", "title": {"en": "Doubler", "zh": "翻倍"}}]


def test_normalised_source_has_no_comments_docstrings_or_layout() -> None:
    assert normalised('"""Text."""\nx = 1  # one\n') == normalised("x=1")
    assert normalised("x = 1") != normalised("x = 2")


def test_the_command_line_imports_no_django() -> None:
    script = "import sys, drillyard.cli; sys.exit(any(name.partition('.')[0] == 'django' for name in sys.modules))"
    assert (
        subprocess.run([sys.executable, "-c", script], env={"PYTHONPATH": ":".join(sys.path)}, check=False).returncode
        == 0
    )
