"""Live pages: one look at the database for everybody who watches.

A page that watches a submission keeps a stream open for as long as the grading takes. A stream that held a thread or a
database connection would let a class of two hundred stop the server, so streams hold neither: each waits on a queue of
its own, and one task a process asks the database for all watched submissions together, several times a second, in one
thread that is there only while anybody watches. PostgreSQL could notify instead of being asked; the interface would
stay.

Only the latest state is kept for a slow reader: what was in between no longer matters to it.
"""

from __future__ import annotations

import asyncio
import weakref
from collections.abc import AsyncGenerator
from concurrent.futures import ThreadPoolExecutor
from typing import Final
from uuid import UUID

import structlog
from django.db import DatabaseError, connection

from drillyard.labwork.selectors import Status, statuses

POLL_S: Final = 0.25
KEEPALIVE_S: Final = 15.0
_log = structlog.get_logger(__name__)


class _Subscriber:
    def __init__(self) -> None:
        self.latest: Status | None = None
        self.gone = False
        self.changed = asyncio.Event()

    def put(self, status: Status) -> None:
        self.latest = status
        self.changed.set()

    def end(self) -> None:
        self.gone = True
        self.changed.set()


class _Hub:
    """The watchers of one event loop, and the task that looks for them. Used from that loop only."""

    def __init__(self) -> None:
        self._subscribers: dict[UUID, list[_Subscriber]] = {}
        self._task: asyncio.Task[None] | None = None

    def join(self, uuid: UUID) -> _Subscriber:
        subscriber = _Subscriber()
        self._subscribers.setdefault(uuid, []).append(subscriber)
        if self._task is None or self._task.done():
            self._task = asyncio.get_running_loop().create_task(self._poll())
        return subscriber

    def leave(self, uuid: UUID, subscriber: _Subscriber) -> None:
        watching = self._subscribers.get(uuid, [])
        if subscriber in watching:
            watching.remove(subscriber)
        if not watching:
            self._subscribers.pop(uuid, None)

    async def _poll(self) -> None:
        loop = asyncio.get_running_loop()
        with ThreadPoolExecutor(max_workers=1, thread_name_prefix="live") as thread:
            try:
                while self._subscribers:
                    found = await loop.run_in_executor(thread, _look, list(self._subscribers))
                    if found is not None:
                        self._tell(found)
                    await asyncio.sleep(POLL_S)
            finally:
                thread.submit(connection.close)

    def _tell(self, found: dict[UUID, Status]) -> None:
        for uuid, watching in list(self._subscribers.items()):
            for subscriber in watching:
                if uuid not in found:
                    subscriber.end()
                elif subscriber.latest != found[uuid]:
                    subscriber.put(found[uuid])


def _look(uuids: list[UUID]) -> dict[UUID, Status] | None:
    """One look, in the hub's thread. None when the database does not answer just now: the next look may."""
    try:
        return statuses(uuids=uuids)
    except DatabaseError as error:
        _log.warning("live look failed", error=repr(error))
        connection.close()
        return None


_hubs: weakref.WeakKeyDictionary[asyncio.AbstractEventLoop, _Hub] = weakref.WeakKeyDictionary()


async def subscribe(submission_uuid: UUID, *, keepalive_s: float = KEEPALIVE_S) -> AsyncGenerator[Status | None, None]:
    """Yield the submission's status now and at every change, until it is final; None every `keepalive_s` of silence.

    The caller has checked that the reader may see it. Closing the iterator leaves nothing behind.
    """
    hub = _hubs.setdefault(asyncio.get_running_loop(), _Hub())
    subscriber = hub.join(submission_uuid)
    try:
        while True:
            try:
                await asyncio.wait_for(subscriber.changed.wait(), keepalive_s)
            except TimeoutError:
                yield None
                continue
            subscriber.changed.clear()
            status = subscriber.latest
            if status is None or subscriber.gone:
                return
            yield status
            if status.final:
                return
    finally:
        hub.leave(submission_uuid, subscriber)
