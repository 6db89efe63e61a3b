"""Every attack of the table, in every mode that runs student code in processes, each beside its positive control."""

from __future__ import annotations

import json
import time

import pytest

from graders.protocol.jobs import SandboxMode
from tests.attacks.grounds import BENIGN, CANARY, Expectation, Grounds, expectations, reports

ATTACKS = expectations()
MODES: list[SandboxMode] = ["plain", "bwrap"]
MODE = pytest.mark.parametrize(
    "mode", [pytest.param(mode, marks=[pytest.mark.bwrap] * (mode == "bwrap")) for mode in MODES]
)
ATTACK = pytest.mark.parametrize("attack", ATTACKS, ids=[f"{item.number:02}-{item.name}" for item in ATTACKS])


def _source(attack: Expectation) -> str:
    return "value = " + "(" * 100_000 + "1" + ")" * 100_000 + "\n" if attack.source == "nested" else ""


@ATTACK
@MODE
def test_an_attack_gets_its_verdict_and_leaves_nothing(
    grounds: Grounds, attack: Expectation, mode: SandboxMode
) -> None:
    for _ in range(attack.repeat):
        verdict, run = grounds.grade(grounds.files(attack.name, _source(attack)), mode)
        assert "error" not in run, run["error"]
        reasons = {case["name"]: case["reason"] or "passed" for case in verdict["cases"]}
        for case, allowed in attack.cases.items():
            detail = run["cases"].get(case, {}).get("detail", "")
            assert reasons[case] in allowed, f"{case}: {reasons[case]}, not {allowed}: {detail}"
        if attack.denied:
            seen = reports(run, "attack")
            for name in attack.denied:
                assert seen.get(grounds.placed(name), "not tried").startswith("denied: "), f"{name}: {seen}"
        if attack.score is not None:
            assert verdict["score"] == attack.score
        if attack.score_max is not None:
            assert verdict["score"] <= attack.score_max
        assert CANARY not in json.dumps(verdict)
        assert CANARY not in json.dumps({word: part for word, part in run.items() if word != "job"})
    assert grounds.none_left_within(2.0), grounds.processes()
    _require_next_job_at_once(grounds, mode)


def _require_next_job_at_once(grounds: Grounds, mode: SandboxMode) -> None:
    """A case has begun within a second: the judge has taken the job, and its sandbox is open."""
    begun = []
    for _ in range(3):  # the machine may be busy with something else; the judge may not
        started = time.monotonic()
        with grounds.ask(grounds.job(grounds.files("", BENIGN), mode)) as connection:
            connection.frame()
            begun.append(time.monotonic() - started)
            assert connection.outcome()["verdict"]["score"] == 100
        if begun[-1] < 1.0:
            return
    pytest.fail(f"the next job began after {begun} seconds")


@ATTACK
def test_the_same_probe_succeeds_outside(grounds: Grounds, attack: Expectation) -> None:
    """Otherwise the refusal inside proves nothing."""
    if attack.source:
        with pytest.raises((SyntaxError, MemoryError, RecursionError)):
            compile(_source(attack), "student.py", "exec")
        return
    assert attack.controls or attack.control
    seen = grounds.control(attack.name)
    for name in [*attack.controls, *(f"={expression}" for expression in attack.control)]:
        assert seen.get(grounds.placed(name), "not tried").startswith("succeeded"), f"{name}: {seen}"


def test_the_table_names_each_number_once() -> None:
    numbers = [attack.number for attack in ATTACKS]
    assert len(set(numbers)) == len(numbers)
