"""Use case: a person who types a wrong thing, or stands in a wrong place, learns what to do."""

from __future__ import annotations

import socket
from contextlib import closing

import pytest

from devtools import serving
from devtools.console import CHINESE, Failure, refused
from devtools.tests.support import dev
from devtools.verbs import VERBS


def test_help_lists_every_verb_in_the_terminals_language() -> None:
    english, chinese = dev("help"), dev("help", LC_ALL="zh_CN.UTF-8")
    assert english.returncode == chinese.returncode == 0
    for verb in VERBS:
        assert verb.en in english.stdout
        assert verb.zh in chinese.stdout


def test_an_unknown_verb_is_a_usage_error() -> None:
    answer = dev("launch")
    assert answer.returncode == 64
    assert "no verb “launch”" in answer.stderr
    assert "./dev help" in answer.stderr


@pytest.mark.parametrize("asked", ["0", "65536", "-1", "http", "８０"])
def test_a_port_that_is_none_is_refused_before_any_work(asked: str) -> None:
    answer = dev("run", PORT=asked)
    assert answer.returncode == 1
    assert "PORT=8001" in answer.stderr


def test_a_port_in_use_is_refused_before_any_work() -> None:
    with closing(socket.create_server((serving.HOST, 0))) as taken:
        number = taken.getsockname()[1]
        answer = dev("run", PORT=str(number), timeout_s=10)
    assert answer.returncode == 1
    assert f"Port {number} is in use" in answer.stderr
    assert "PORT=" in answer.stderr


def test_a_folder_that_cannot_be_written_is_named() -> None:
    failure = refused(PermissionError(13, "Permission denied", "/closed"))
    assert "/closed" in failure.what
    assert "DRILLYARD_VAR_DIR" in failure.way_out


def test_a_full_disk_is_named() -> None:
    failure = refused(OSError(28, "No space left on device", "/somewhere"))
    assert ("磁盘" if CHINESE else "disk is full") in failure.what


def test_a_port_is_8000_unless_another_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PORT", raising=False)
    assert serving.port() == 8000
    monkeypatch.setenv("PORT", "")
    assert serving.port() == 8000
    monkeypatch.setenv("PORT", "8123")
    assert serving.port() == 8123
    monkeypatch.setenv("PORT", "eight")
    with pytest.raises(Failure):
        serving.port()
