"""Journey: a person starts the program, and stops it; whatever they interrupt, nothing is left running."""

from __future__ import annotations

import json
import os
import signal
import urllib.request
from pathlib import Path

import pytest

from tests.journeys.stack import Stack, left_of, running

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("journeys")]


def _asked(address: str) -> dict[str, str]:
    with urllib.request.urlopen(address, timeout=10) as answer:
        found: dict[str, str] = json.load(answer)
        return found


def test_the_welcome_says_where_to_go_and_who_to_be(stack: Stack) -> None:
    assert f"Drillyard 演练场   {stack.address}" in stack.output
    assert "Sandbox: " in stack.output
    assert "@" in stack.output, "no demo account is named"


def test_health_and_readiness_are_for_machines(stack: Stack) -> None:
    assert _asked(f"{stack.address}/healthz") == {"status": "up"}
    assert _asked(f"{stack.address}/readyz")["status"] == "ready"


def test_the_plain_mode_has_a_banner(var: Path) -> None:
    with running(var, DRILLYARD_SANDBOX="plain") as stack:
        assert "PLAIN MODE" in stack.output
        assert "unofficial" in stack.output


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_stops_everything(var: Path, number: int) -> None:
    stack = Stack(var)
    stack.wait_until_ready()
    family = stack.family()
    assert len(family) >= 2
    assert stack.stop(number) == 0
    assert left_of(family, stack.var) == []
    assert "no process is left" in stack.output


@pytest.mark.parametrize("victim", ["worker", "web"])
def test_when_one_part_dies_the_person_is_told_which_and_all_stop(var: Path, victim: str) -> None:
    stack = Stack(var)
    stack.wait_until_ready()
    family = stack.family()
    word = "celery" if victim == "worker" else "uvicorn"
    os.kill(next(pid for pid in family if word in Path(f"/proc/{pid}/cmdline").read_text()), signal.SIGKILL)
    assert stack.process.wait(30) == 1
    stack.stop()
    assert f"The {victim} process ended (SIGKILL)" in stack.output
    assert left_of(family, stack.var) == []


def test_a_second_start_does_nothing_again_and_needs_no_network(var: Path) -> None:
    """Whatever would go out is sent to a port where nobody listens."""
    nowhere = "http://127.0.0.1:9"
    closed = {"HTTPS_PROXY": nowhere, "HTTP_PROXY": nowhere, "npm_config_registry": nowhere}
    with running(var, **closed, PIP_INDEX_URL=f"{nowhere}/simple") as stack:
        steps = [line for line in stack.lines if " s" in line and "…" in line]
        assert len(steps) == 1, "only starting is left to do"
