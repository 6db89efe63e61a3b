"""Jobs, progress and outcomes as JSON."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from graders.protocol.errors import ProtocolError
from graders.protocol.jobs import Job, LabDefinition, LabLimits, Outcome, Progress

LAB = LabDefinition("lab", "r", "node", "a:A", ("a.py",), "/suite", ("asyncio",), LabLimits(memory_mb_max=64))
JOB = Job("id", LAB, {"a.py": "pass"}, 2**63 - 1, "bwrap", ("one",), (1, 2))


@pytest.mark.parametrize("job", [JOB, replace(JOB, choices=None, cases=())])
def test_a_job_survives_json(job: Job) -> None:
    assert Job.from_json(json.loads(json.dumps(job.to_json()))) == job


def test_what_has_a_default_may_be_left_out() -> None:
    value = JOB.to_json()
    del value["cases"], value["choices"], value["lab"]["limits"], value["lab"]["modules_allowed"]
    job = Job.from_json(value)
    assert job.cases == ()
    assert job.choices is None
    assert job.lab.limits == LabLimits()


@pytest.mark.parametrize(
    ("path", "value", "name"),
    [
        (("seed",), -1, "job.seed"),
        (("seed",), "1", "job.seed"),
        (("seed",), True, "job.seed"),
        (("sandbox",), "none", "job.sandbox"),
        (("files",), {"a.py": 1}, "job.files"),
        (("choices",), [1, "2"], "job.choices"),
        (("cases",), "one", "job.cases"),
        (("lab", "kind"), "exam", "job.lab.kind"),
        (("lab", "limits"), {"memory_mb_max": 0}, "job.lab.limits.memory_mb_max"),
        (("lab", "limits"), {"memory": 1}, "job.lab.limits.memory"),
        (("lab", "suite_dir"), None, "job.lab.suite_dir"),
        (("admin",), True, "job.admin"),
    ],
)
def test_a_wrong_field_is_named(path: tuple[str, ...], value: Any, name: str) -> None:
    record = JOB.to_json()
    target = record
    for key in path[:-1]:
        target = target[key]
    target[path[-1]] = value
    with pytest.raises(ProtocolError, match=name) as caught:
        Job.from_json(record)
    assert caught.value.reason == "bad_shape"


def test_a_missing_field_is_named() -> None:
    record = JOB.to_json()
    del record["files"]
    with pytest.raises(ProtocolError, match=r"job\.files"):
        Job.from_json(record)


def test_progress_and_outcome_survive_json() -> None:
    progress = Progress("one", 0, 3, "running")
    outcome = Outcome({"score": 1}, {"wall_ms": 2})
    assert Progress.from_json(progress.to_json()) == progress
    assert Outcome.from_json(outcome.to_json()) == outcome
    with pytest.raises(ProtocolError):
        Outcome.from_json({"verdict": [], "run": {}})
    with pytest.raises(ProtocolError):
        Progress.from_json({"case": 1, "index": 0, "total": 1, "status": "pass"})
