"""What labwork's tests share: submitting, claiming, a verdict, a judge's double as a real process."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.conf import settings

from drillyard.catalog.models import Blob, Course, Item, Lab, Revision, RevisionFile
from drillyard.common import ids
from drillyard.labwork.models import GradingRun, Submission
from drillyard.labwork.services import Claim, run_claim, submission_create
from drillyard.labwork.tests.judge_double import verdict_of
from graders.protocol.jobs import Job

CODE = "class Breaker:\n    async def call(self, value):\n        return value\n"


SUITE = '''"""Calls are answered, many times over, so that a drill has time to do harm."""

from graders.harness import Lab, case


@case(points=60, en="A call is answered", zh="调用会得到应答", schedules=40)
def a_call_is_answered(lab: Lab) -> None:
    answered = lab.component().call("call", 1)
    lab.finish(answered, 1000)
    lab.require(answered.value == 1, en="Another value came back.", zh="返回的值不同。")


@case(points=40, en="Another call is answered", zh="再次调用也会得到应答", schedules=40)
def another_call_is_answered(lab: Lab) -> None:
    answered = lab.component().call("call", 2)
    lab.finish(answered, 1000)
    lab.require(answered.value == 2, en="Another value came back.", zh="返回的值不同。")
'''


def lab_make(*, course: Course, slug: str) -> Lab:
    """A published lab of `course` with a suite of two cases and one metric."""
    item = Item.objects.create(uuid=ids.uuid_new(), kind=Item.Kind.LAB, slug=slug, course=course)
    definition = _definition(item)
    revision = Revision.objects.create(
        item=item,
        number=1,
        content_hash=ids.sha256_hex((slug + SUITE).encode()),
        origin=Revision.Origin.FILE,
        definition=definition,
    )
    suite = SUITE.encode()
    blob, _ = Blob.objects.get_or_create(sha256=ids.sha256_hex(suite), defaults={"data": suite})
    RevisionFile.objects.create(revision=revision, path="suite/test_breaker.py", blob=blob)
    Item.objects.filter(pk=item.pk).update(published=revision)
    item.refresh_from_db()
    return Lab.objects.create(
        course=course,
        item=item,
        slug=slug,
        title_en="A breaker",
        title_zh="熔断器",
        summary_en="",
        summary_zh="",
        difficulty=1,
        minutes=10,
        solution_lines=10,
        entry_point=definition["entry_point"],
        files_allowed=definition["files_allowed"],
        leaderboard_metrics=definition["leaderboard_metrics"],
    )


def _definition(item: Item) -> dict[str, Any]:
    """What lab.yaml would say."""
    text = {"en": "A breaker", "zh": "熔断器"}
    return {
        "uuid": str(item.uuid),
        "slug": item.slug,
        "course": item.course.slug,
        "chapter": "chapter",
        "title": text,
        "summary": text,
        "kind": "component",
        "entry_point": "breaker:Breaker",
        "files_allowed": ["breaker.py", "helper.py"],
        "leaderboard_metrics": [{"name": "calls", "title": text, "better": "lower"}],
        "goals": [text],
        "difficulty": 1,
        "minutes": 10,
        "solution_lines": 10,
    }


def submit(user: Any, lab: Lab, code: str | bytes = CODE, key: str = "") -> Submission:
    return submission_create(user=user, lab=lab, files={"breaker.py": code}, idempotency_key=key or ids.code_new(12))


def run_of(submission: Submission) -> GradingRun:
    return GradingRun.objects.get(submission=submission)


def claim_of(submission: Submission, worker: str = "worker-1") -> Claim:
    claim = run_claim(run_uuid=run_of(submission).uuid, worker=worker)
    assert claim is not None
    return claim


def job_for(submission: Submission, sandbox: str = "bwrap") -> Job:
    run = run_of(submission)
    return Job.from_json(
        {
            "id": str(run.uuid),
            "lab": {
                "slug": submission.lab.slug,
                "revision": submission.revision.content_hash,
                "kind": "component",
                "entry_point": submission.lab.entry_point,
                "files_allowed": submission.lab.files_allowed,
                "suite_dir": "/nowhere",
            },
            "files": dict(submission.files.values_list("path", "text")),
            "seed": run.seed,
            "sandbox": sandbox,
        }
    )


def verdict_for(submission: Submission, status: str = "pass") -> dict[str, Any]:
    return verdict_of(job_for(submission), status)


@contextmanager
def judge_double(folder: Path) -> Iterator[tuple[Path, Path, subprocess.Popen[bytes]]]:
    """The double as a process: its socket, its journal, itself."""
    path, journal = folder / "judge.sock", folder / "journal"
    root = Path(settings.BASE_DIR)
    command = [sys.executable, "-m", "drillyard.labwork.tests.judge_double", str(path), str(journal)]
    env = {**os.environ, "PYTHONPATH": f"{root / 'platform'}{os.pathsep}{root}"}
    with subprocess.Popen(command, stdin=subprocess.PIPE, env=env, cwd=root) as process:
        try:
            deadline = time.monotonic() + 20
            while not path.exists() and time.monotonic() < deadline:
                time.sleep(0.01)
            yield path, journal, process
        finally:
            process.kill()
