"""Tasks and futures whose hash is a number, not an address.

`asyncio.wait`, `TaskGroup` and programs keep tasks in sets. The default hash is the object's address, so the order in
which a set gives its members back, and with it the order in which tasks are cancelled, changes with every allocation
made before. Here the hash is a number that the loop counts, taken when the object is first hashed: that happens in an
order which is the program's own, and a future that is never hashed (most are not) costs nothing.
"""

from __future__ import annotations

import asyncio
import asyncio.tasks
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    _TaskBase = asyncio.Task[Any]
    _FutureBase = asyncio.Future[Any]
    _GatheringBase = asyncio.Future[Any]
else:
    _TaskBase = asyncio.Task
    _FutureBase = asyncio.Future
    _GatheringBase = asyncio.tasks._GatheringFuture  # noqa: SLF001 - gather() makes these, and nothing else does

_ADDRESS: Final = object.__hash__


class _Numbered:
    """A mix-in: `__hash__` by a number of the loop."""

    def __hash__(self) -> int:
        try:
            return self._drillyard_number
        except AttributeError:
            pass
        take = getattr(self.get_loop(), "take_number", None)  # type: ignore[attr-defined]  # of the class mixed into
        number: int = _ADDRESS(self) if take is None else take()
        self._drillyard_number: int = number
        return number


class Future(_Numbered, _FutureBase):
    """`asyncio.Future`."""


class GatheringFuture(_Numbered, _GatheringBase):
    """What `asyncio.gather` returns."""


class Task(_Numbered, _TaskBase):
    """`asyncio.Task`, named by the loop's count instead of the process's."""

    def __init__(self, coro: Any, *, loop: Any = None, name: str | None = None, **options: Any) -> None:
        if name is None and loop is not None:
            name = loop.take_task_name()
        super().__init__(coro, loop=loop, name=name, **options)
