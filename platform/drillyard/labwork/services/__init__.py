"""Changes to submissions and runs. Each is atomic, and says in the audit log what a person did or had done to them."""

from __future__ import annotations

from drillyard.labwork.services.runs import (
    Claim,
    run_claim,
    run_fault,
    run_heartbeat,
    run_progress,
    run_release,
    verdict_apply,
)
from drillyard.labwork.services.submissions import submission_cancel, submission_create
from drillyard.labwork.services.sweeps import Swept, sweep
from drillyard.labwork.services.workers import worker_beat, worker_gone

__all__ = [
    "Claim",
    "Swept",
    "run_claim",
    "run_fault",
    "run_heartbeat",
    "run_progress",
    "run_release",
    "submission_cancel",
    "submission_create",
    "sweep",
    "verdict_apply",
    "worker_beat",
    "worker_gone",
]
