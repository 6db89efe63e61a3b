from __future__ import annotations

import asyncio
import threading
from typing import Any

import pytest
from asgiref.sync import async_to_sync, sync_to_async

from drillyard.accounts.models import User
from drillyard.catalog.models import Lab
from drillyard.common import ids
from drillyard.labwork import live
from drillyard.labwork.models import Submission
from drillyard.labwork.selectors import Status
from drillyard.labwork.services import run_progress, verdict_apply
from drillyard.labwork.tests.support import claim_of, submit, verdict_for

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def submission(alice: User, lab: Lab) -> Submission:
    return submit(alice, lab)


async def _watch(submission: Submission, seen: list[Status | None], **options: Any) -> None:
    async for status in live.subscribe(submission.uuid, **options):
        seen.append(status)


async def _grade(submission: Submission, seen: list[Status | None]) -> None:
    """Claim, make progress, finish; each step once the one before was seen."""
    claim = await sync_to_async(claim_of)(submission)
    await _until(lambda: seen[-1].state == "running")  # type: ignore[union-attr]
    await sync_to_async(run_progress)(claim=claim, progress={"index": 1, "total": 4})
    await _until(lambda: seen[-1].progress)  # type: ignore[union-attr]
    verdict = await sync_to_async(verdict_for)(submission)
    await sync_to_async(verdict_apply)(claim=claim, verdict=verdict, run_record={}, sandbox="bwrap")


async def _until(condition: Any) -> None:
    for _ in range(500):
        if condition():
            return
        await asyncio.sleep(0.02)
    raise AssertionError("never")


def test_a_watcher_sees_every_state_and_the_stream_ends(submission: Submission) -> None:
    seen: list[Status | None] = []

    async def scene() -> None:
        watching = asyncio.create_task(_watch(submission, seen))
        await _until(lambda: seen)
        await _grade(submission, seen)
        await asyncio.wait_for(watching, 10)

    async_to_sync(scene)()
    states = [status.state for status in seen if status]
    assert states[0] == "queued"
    assert states[-1] == "done"
    assert "running" in states
    assert seen[0] is not None
    assert seen[0].position == 0
    assert seen[-1] is not None
    assert (seen[-1].score, seen[-1].final) == (100, True)
    assert seen[-1].as_json()["graded_at"].endswith("+00:00")


def test_many_watchers_cost_one_thread_and_leave_nothing(submission: Submission) -> None:
    seen: list[list[Status | None]] = [[] for _ in range(50)]
    threads: list[str] = []

    async def scene() -> None:
        watching = [asyncio.create_task(_watch(submission, one)) for one in seen]
        await _until(lambda: all(seen))
        threads.extend(thread.name for thread in threading.enumerate() if thread.name.startswith("live"))
        await _grade(submission, seen[0])
        await asyncio.wait_for(asyncio.gather(*watching), 10)
        await _until(lambda: not any(thread.name.startswith("live") for thread in threading.enumerate()))

    async_to_sync(scene)()
    assert len(threads) == 1
    assert all(one[-1] and one[-1].state == "done" for one in seen)


def test_silence_is_told_so_that_a_proxy_keeps_the_stream(submission: Submission) -> None:
    seen: list[Status | None] = []

    async def scene() -> None:
        watching = asyncio.create_task(_watch(submission, seen, keepalive_s=0.1))
        await _until(lambda: seen.count(None) >= 2)
        watching.cancel()
        await asyncio.gather(watching, return_exceptions=True)

    async_to_sync(scene)()


def test_a_stream_that_is_closed_early_leaves_the_others_alone(submission: Submission) -> None:
    seen: list[Status | None] = []

    async def scene() -> None:
        leaving = live.subscribe(submission.uuid)
        assert await anext(leaving) is not None
        watching = asyncio.create_task(_watch(submission, seen))
        await _until(lambda: seen)
        await leaving.aclose()
        await _grade(submission, seen)
        await asyncio.wait_for(watching, 10)

    async_to_sync(scene)()
    assert seen[-1] is not None
    assert seen[-1].state == "done"


def test_what_does_not_exist_ends_at_once(db: None) -> None:
    async def scene() -> list[Status | None]:
        return [status async for status in live.subscribe(ids.uuid_new())]

    assert async_to_sync(scene)() == []
