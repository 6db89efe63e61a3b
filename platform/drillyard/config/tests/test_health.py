from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from drillyard.common import clock
from drillyard.labwork.services import worker_beat, worker_gone

pytestmark = pytest.mark.django_db


def test_up_is_up_without_a_look_at_the_database(client: Client, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(0):
        answer = client.get("/healthz")
    assert (answer.status_code, answer.json()) == (200, {"status": "up"})
    assert "no-store" in answer["Cache-Control"]


def test_ready_is_when_every_part_is_and_a_worker_lives(client: Client) -> None:
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["worker"]) == (503, "none seen")
    worker_beat(name="host:1", started_at=clock.now(), sandbox="bwrap", problem="")
    answer = client.get("/readyz")
    assert answer.status_code == 200
    assert answer.json() == {
        "status": "ready", "database": "ok", "migrations": "ok", "broker": "ok", "worker": "ok",
    }  # fmt: skip
    worker_gone(name="host:1")
    assert client.get("/readyz").status_code == 503


def test_a_worker_without_a_sandbox_is_not_ready(client: Client) -> None:
    worker_beat(name="host:1", started_at=clock.now(), sandbox="", problem="bwrap: not here /home/secret")
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["worker"]) == (503, "no sandbox works")
    assert "secret" not in answer.content.decode()


def test_nothing_is_changed_by_looking(client: Client) -> None:
    assert client.post("/healthz").status_code == 405
    assert client.post("/readyz").status_code == 405
