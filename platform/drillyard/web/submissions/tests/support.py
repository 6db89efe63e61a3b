"""Submissions in every state, made by the services that make them in earnest."""

from __future__ import annotations

from typing import Any

from drillyard.accounts.models import User
from drillyard.catalog.models import Lab
from drillyard.common import ids
from drillyard.labwork.models import GradingRun, Submission
from drillyard.labwork.services import Claim, run_claim, submission_create, verdict_apply

CODE = "class Counter:\n    pass  # <script>alert(1)</script>\n"


def submitted(user: User, lab: Lab, code: str = CODE) -> Submission:
    return submission_create(user=user, lab=lab, files={"counter.py": code}, idempotency_key=ids.code_new(12))


def claimed(submission: Submission) -> Claim:
    run = GradingRun.objects.get(submission=submission)
    claim = run_claim(run_uuid=run.uuid, worker="worker-1")
    assert claim is not None
    return claim


def graded(
    submission: Submission, *, passed: bool, sandbox: str = "bwrap", record: dict[str, Any] | None = None
) -> None:
    """Record a verdict whose first case passed and whose others did as `passed` says."""
    run = GradingRun.objects.get(submission=submission)
    cases = [_case(case, run.seed, good=passed or place == 0) for place, case in enumerate(submission.lab.cases)]
    verdict = {
        "lab": submission.lab.slug,
        "lab_revision": submission.revision.content_hash,
        "judge_version": "0.1.0",
        "python": "3.11",
        "code_hash": submission.code_hash,
        "seed": run.seed,
        "status": "pass" if passed else "fail",
        "score": sum(case["points"] for case in cases),
        "cases": cases,
        "metrics": {"calls": 5},
    }
    assert verdict_apply(claim=claimed(submission), verdict=verdict, run_record=record or {}, sandbox=sandbox)


def _case(case: dict[str, Any], seed: int, *, good: bool) -> dict[str, Any]:
    return {
        "name": case["name"],
        "title": {"en": case["en"], "zh": case["zh"]},
        "points": case["points"] if good else 0,
        "points_max": case["points"],
        "status": "pass" if good else "fail",
        "reason": None if good else "contradiction",
        "schedules": 3,
        "events": 7,
        "trace_hash": "ab" * 32,
        "seed": None if good else seed,
        "choices": None if good else [1, 2],
        "contradiction": None if good else {"en": "Promised this, saw <that>.", "zh": "承诺如此，所见如彼。"},
    }
