"""The platform's side of a drill, as a process of its own: it submits and looks, through the real services.

Commands come as JSON lines on standard input, answers go to standard output: `submit` (code) -> the submission's uuid,
`look` (uuid) -> the state of the submission and its run, `claim`, `apply` and `sweep` for what another worker would do.
The drills themselves stay outside Django: they see what an operator sees.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from typing import Any
from uuid import UUID

import django

django.setup()

from drillyard.accounts.models import User  # noqa: E402
from drillyard.catalog.models import Course, Lab  # noqa: E402
from drillyard.labwork.models import CaseResult, Submission  # noqa: E402
from drillyard.labwork.services import sweep  # noqa: E402
from drillyard.labwork.tests.support import lab_make, run_of, submit  # noqa: E402
from drillyard.records.models import AuditEntry  # noqa: E402


def _lab() -> Lab:
    course, created = Course.objects.get_or_create(slug="drills", defaults={"title_en": "Drills", "title_zh": "演练"})
    return lab_make(course=course, slug="breaker") if created else Lab.objects.get(course=course)


def do_submit(code: str) -> dict[str, Any]:
    user, _ = User.objects.get_or_create(email="alice@example.org")
    submission = submit(user, _lab(), code)
    return {"uuid": str(submission.uuid), "run": str(run_of(submission).uuid)}


def do_look(uuid: str) -> dict[str, Any]:
    submission = Submission.objects.get(uuid=UUID(uuid))
    run = run_of(submission)
    gradings = AuditEntry.objects.filter(target_kind="run", target_uuid=run.uuid, action="run.grade")
    return {
        "state": submission.state,
        "score": submission.score,
        "fault": submission.fault,
        "run_state": run.state,
        "run_fault": run.fault,
        "claimed_by": run.claimed_by,
        "attempts": run.attempts,
        "token": run.fencing_token,
        "progress": run.progress,
        "sandbox": run.sandbox,
        "verdict_hash": run.verdict_hash,
        "cases": CaseResult.objects.filter(run=run).count(),
        "gradings": gradings.count(),
    }


def do_sweep() -> dict[str, Any]:
    swept = sweep()
    return {"leases_ended": swept.leases_ended, "messages_sent": swept.messages_sent}


COMMANDS: dict[str, Callable[..., dict[str, Any]]] = {"submit": do_submit, "look": do_look, "sweep": do_sweep}


def main() -> None:
    """Answer until standard input closes."""
    for line in sys.stdin:
        command = json.loads(line)
        answer = COMMANDS[command.pop("do")](**command)
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
