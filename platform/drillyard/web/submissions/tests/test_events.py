"""The stream of a submission's page."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.test import AsyncClient

from drillyard.accounts.models import User
from drillyard.catalog.models import Lab
from drillyard.labwork.models import Submission
from drillyard.web.submissions.tests.support import graded, submitted

pytestmark = pytest.mark.django_db(transaction=True)
PATIENCE_S = 20


def _signed_in(user: User) -> AsyncClient:
    client = AsyncClient()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


async def _said(stream: AsyncIterator[bytes]) -> AsyncIterator[dict[str, Any]]:
    async for chunk in stream:
        if chunk.startswith(b"data: "):
            yield json.loads(chunk.removeprefix(b"data: "))


async def _watch(user: User, submission: Submission) -> list[dict[str, Any]]:
    """Everything the stream says, the verdict arriving after its first words."""
    response: Any = await (await sync_to_async(_signed_in)(user)).get(f"/en/submissions/{submission.uuid}/events/")
    assert response.status_code == 200
    assert response.headers["Content-Type"] == "text/event-stream"
    assert response.headers["Cache-Control"] == "no-store"
    assert response.headers["X-Accel-Buffering"] == "no"
    heard = []
    async for status in _said(response.streaming_content):
        heard.append(status)
        if len(heard) == 1:
            await sync_to_async(graded)(submission, passed=True)
    return heard


def test_it_says_what_is_now_and_ends_with_the_verdict(lab: Lab, alice: User) -> None:
    submission = submitted(alice, lab)
    heard = asyncio.run(asyncio.wait_for(_watch(alice, submission), PATIENCE_S))
    assert heard[0]["state"] == "queued"
    assert (heard[-1]["final"], heard[-1]["score"]) == (True, 100)
    assert "user" not in heard[0]


def test_charlie_hears_nothing(lab: Lab, alice: User, charlie: User) -> None:
    submission = submitted(alice, lab)

    async def ask() -> int:
        client = await sync_to_async(_signed_in)(charlie)
        return int((await client.get(f"/en/submissions/{submission.uuid}/events/")).status_code)

    assert asyncio.run(ask()) == 404
