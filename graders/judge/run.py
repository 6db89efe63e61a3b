"""One job, from its sandbox to its outcome."""

from __future__ import annotations

import os
import platform
import sys
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any, Final

from graders.harness import SuiteError, grade
from graders.harness.runner import code_hash
from graders.protocol.jobs import OFFICIAL_MODES, Job, Outcome, Progress
from graders.protocol.verdict import Verdict
from graders.protocol.version import JUDGE_VERSION
from graders.sandbox import SandboxUnavailable, open_sandbox
from graders.sandbox.process import Sandbox
from graders.sim.nodes import NodeHost

OFFICIAL_PYTHON: Final = "3.13"
"""Python's minor version is part of what a verdict means; this one is the reference."""


def run_job(
    job: Job, progress: Callable[[Progress], None], *, sandbox: Sandbox | None = None, cpu_index: int = 0
) -> Outcome:
    """Grade it. Whatever goes wrong on our side is an outcome too: `unknown`, with the error in the run record."""
    started_ns = time.monotonic_ns()
    cpu = pinned_to_one_cpu(cpu_index)
    ready = [sandbox] if sandbox is not None and sandbox.mode == job.sandbox else []

    def host_factory() -> AbstractContextManager[NodeHost]:
        limits, modules = job.lab.limits, job.lab.modules_allowed
        given = ready.pop() if ready else None
        return open_sandbox(job.sandbox, limits=limits, modules=modules, sandbox=given, cpu=cpu)

    # The first is opened before the harness asks, so that a mode that cannot run here is told as what it is.
    opened: list[AbstractContextManager[NodeHost]] = []
    try:
        opened.append(host_factory())
        verdict, record = grade(job, lambda: opened.pop() if opened else host_factory(), progress)
    except SandboxUnavailable as error:
        return system_outcome(job, "sandbox_unavailable", error.reason)
    except SuiteError as error:
        return system_outcome(job, "suite_error", str(error))
    finally:
        for unused in opened:
            with unused:
                pass
    record |= run_facts(job, cpu) | {"total_ms": (time.monotonic_ns() - started_ns) // 1_000_000}
    return Outcome(verdict.as_json(), record)


def pinned_to_one_cpu(index: int) -> int | None:
    """Bind this process to one of the processors it may use, the `index`-th modulo their number; which one, or None.

    Judge and nodes take turns, so a second processor only makes each turn wait for a wake-up: 60 us instead of 20.
    """
    try:
        cpus = sorted(os.sched_getaffinity(0))
        cpu = cpus[index % len(cpus)]
        os.sched_setaffinity(0, {cpu})
    except OSError:
        return None
    return cpu


def run_facts(job: Job, cpu: int | None) -> dict[str, Any]:
    """What a run record says of the machine: nothing of it is part of the verdict."""
    return {
        "job": job.id,
        "mode": job.sandbox,
        "official": job.sandbox in OFFICIAL_MODES and platform.python_version().startswith(f"{OFFICIAL_PYTHON}."),
        "official_mode": job.sandbox in OFFICIAL_MODES,
        "judge_version": JUDGE_VERSION,
        "python": platform.python_version(),
        "machine": platform.machine(),
        "cpu": cpu,
        "pid": os.getpid(),
    }


def system_outcome(job: Job | None, kind: str, text: str) -> Outcome:
    """The outcome of a run that was not carried out by our own fault. It never costs a student.

    `kind`: `sandbox_unavailable`, `suite_error`, `bad_job`, `judge_died`, `wall_time`, `busy`.
    """
    verdict = Verdict(
        lab=job.lab.slug if job else "",
        lab_revision=job.lab.revision if job else "",
        judge_version=JUDGE_VERSION,
        python=f"{sys.version_info.major}.{sys.version_info.minor}",
        code_hash=code_hash(job.files) if job else "",
        seed=job.seed if job else 0,
        status="unknown",
        score=0,
    )
    facts = run_facts(job, None) if job else {"judge_version": JUDGE_VERSION}
    return Outcome(verdict.as_json(), facts | {"fault": "system", "error": {"kind": kind, "text": text}})


def log(text: str) -> None:
    """For whoever runs the judge; standard output is the outcome's."""
    sys.stderr.write(f"judge: {text}\n")
    sys.stderr.flush()
