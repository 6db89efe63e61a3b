"""The Celery task.

A message carries a run's uuid and nothing else; whether there is anything to do, the database says.
"""

from __future__ import annotations

from uuid import UUID

from celery import shared_task

from drillyard.labwork import relay, worker


@shared_task(name=relay.TASK, ignore_result=True, acks_late=True, max_retries=0)
def run_grade(run_uuid: str) -> str:
    """Grade the run, if nobody else has it. Delivered twice, late or to several workers, it is graded once."""
    return worker.grade(UUID(run_uuid))
