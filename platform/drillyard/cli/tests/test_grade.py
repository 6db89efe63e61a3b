"""`drillyard grade`."""

from __future__ import annotations

import json
import shlex
from pathlib import Path
from typing import Any

import pytest

from drillyard.catalog.content.labs import lab_read
from drillyard.cli.app import main
from drillyard.cli.tests.conftest import PLUS, RIGHT


def _grade(lab: Path, source: str, *options: str) -> int:
    submission = lab.parent / "mine.py"
    submission.write_text(source, "utf-8")
    return _run("grade", "doubler", str(submission), "--labs", str(lab.parent), "--sandbox", "inprocess", *options)


def _run(*words: str) -> int:
    with pytest.raises(SystemExit) as ended:
        main(list(words))
    return int(ended.value.code or 0)


def _json(lab: Path, source: str, capsys: pytest.CaptureFixture[str], *options: str) -> dict[str, Any]:
    _grade(lab, source, "--json", *options)
    value: dict[str, Any] = json.loads(capsys.readouterr().out)
    return value


def test_a_right_submission_passes(lab: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert _grade(lab, RIGHT, "--lang", "en") == 0
    assert "Score 100 of 100." in capsys.readouterr().out


def test_a_wrong_one_fails_with_what_was_seen_and_how_to_see_it_again(
    lab: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert _grade(lab, PLUS, "--lang", "en", "--seed", "9") == 1
    said = capsys.readouterr().out
    assert "Something came of nothing." in said
    assert "--seed 9 --case nothing" in said
    assert "Score 60 of 100." in said


def test_it_speaks_chinese(lab: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert _grade(lab, PLUS, "--lang", "zh") == 1
    said = capsys.readouterr().out
    assert "无中生有。" in said
    assert "得分 60，满分 100。" in said


def test_an_unofficial_mode_is_said_to_be_one(lab: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _grade(lab, RIGHT, "--lang", "en")
    assert "unofficial" in capsys.readouterr().out


def test_the_replay_command_gives_the_same_case(lab: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _grade(lab, PLUS, "--lang", "en")
    line = next(line for line in capsys.readouterr().out.splitlines() if line.startswith("Replay: "))
    words = shlex.split(line.removeprefix("Replay: "))[1:]
    assert _run(*words, "--labs", str(lab.parent), "--sandbox", "inprocess", "--json") == 1
    (case,) = json.loads(capsys.readouterr().out)["verdict"]["cases"]
    assert (case["name"], case["status"]) == ("nothing", "fail")


def test_two_runs_of_one_seed_give_the_same_verdict(lab: Path, capsys: pytest.CaptureFixture[str]) -> None:
    verdicts = [_json(lab, PLUS, capsys, "--seed", "4")["verdict"] for _ in range(2)]
    assert verdicts[0] == verdicts[1]
    assert verdicts[0]["seed"] == 4


def test_the_revision_is_that_of_the_catalog(lab: Path, capsys: pytest.CaptureFixture[str]) -> None:
    content, _ = lab_read(lab)
    assert content is not None
    assert _json(lab, RIGHT, capsys)["verdict"]["lab_revision"] == content.content_hash


def test_a_suite_that_breaks_is_our_fault(lab: Path, capsys: pytest.CaptureFixture[str]) -> None:
    suite = lab / "suite" / "suite.py"
    suite.write_text(suite.read_text("utf-8") + "\nraise ValueError\n", "utf-8")
    assert _grade(lab, RIGHT, "--lang", "en") == 2
    assert "Our fault" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--seed", "-1"), "between 0"),
        (("--case", "no_such_case"), "There are: doubles, nothing"),
        (("--choices", "1,2"), "exactly one --case"),
        (("--choices", "a", "--case", "nothing"), "whole numbers"),
        (("--sandbox", "moon"), "moon"),
        (("--lang", "fr"), "fr"),
    ],
)
def test_what_makes_no_sense_is_a_wrong_command(
    lab: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, options: tuple[str, ...], said: str
) -> None:
    monkeypatch.setenv("LC_ALL", "C")
    assert _grade(lab, RIGHT, *options) == 64
    assert said in capsys.readouterr().err


def test_a_lab_that_is_not_there_is_a_wrong_command(lab: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert _run("grade", "halver", "x.py", "--labs", str(lab.parent), "--lang", "en") == 64
    assert "There are: doubler" in capsys.readouterr().err


def test_a_file_that_is_not_there_is_a_wrong_command(lab: Path) -> None:
    assert _run("grade", "doubler", str(lab / "nothing.py"), "--labs", str(lab.parent)) == 64


@pytest.mark.parametrize("words", [("grade",), ("no-such-command",), ("grade", "--no-such-option")])
def test_what_typer_refuses_is_64_and_not_2(words: tuple[str, ...]) -> None:
    assert _run(*words) == 64


def test_help_is_no_fault() -> None:
    assert _run("--help") == 0
