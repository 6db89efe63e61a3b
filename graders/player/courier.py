"""Running a coroutine to its first wait without making a task of it first.

A node's life is messages, and most handlers of messages never wait. A task costs more than such a handler: an object, a
name, an entry in a weak set, a turn of the loop. So a *courier*, an idle task kept ready, lends its identity:
while the handler runs, `asyncio.current_task()` is the courier's task, and if the handler does wait, that task takes
the handler over and a new courier is made for the next one. It is what an eager task of Python 3.12 is, for all
versions.

Invariant: an idle courier's task has run no step, and its context is as empty as the node's. A handler that sets a
context variable uses its courier up, so nothing leaks into the next one.
"""

from __future__ import annotations

from asyncio.tasks import _enter_task, _leave_task
from collections.abc import Coroutine, Generator
from contextvars import Context
from typing import Any, Final

from graders.player.futures import Task

_NOTHING: Final = object()


class _Shell(Coroutine[Any, Any, Any]):
    """What the courier's task believes to be its coroutine: first the wait that was met, then the handler itself."""

    __slots__ = ("__weakref__", "coroutine", "first")

    def __init__(self) -> None:
        self.coroutine: Any = None
        self.first: Any = _NOTHING

    def send(self, value: Any) -> Any:
        first = self.first
        if first is not _NOTHING:
            self.first = _NOTHING
            return first
        return self.coroutine.send(value)

    def throw(self, *error: Any) -> Any:
        self.first = _NOTHING
        return self.coroutine.throw(*error)

    def close(self) -> None:
        if self.coroutine is not None:
            self.coroutine.close()

    def __await__(self) -> Generator[Any, Any, Any]:
        raise TypeError("this is no coroutine to await")


class Courier:
    """`handle` is the first step of the task, taken back from the loop until it is needed."""

    __slots__ = ("_loop", "_shell", "context", "handle", "task")

    def __init__(self, loop: Any, context: Context) -> None:
        self._loop = loop
        self._shell = _Shell()
        self.context = context.copy()
        self.task = Task(self._shell, loop=loop, context=self.context)
        # An idle task that is thrown away was not forgotten by the student.
        self.task._log_destroy_pending = False  # type: ignore[attr-defined]  # noqa: SLF001
        self.handle = loop.take_back()

    def run(self, coroutine: Any) -> bool:
        """Run `coroutine` until it waits or ends;

        says whether it waits, and then the handle is to be put into the loop.
        """
        loop, task = self._loop, self.task
        _enter_task(loop, task)
        try:
            first = self.context.run(coroutine.send, None)
        except StopIteration:
            return False
        except BaseException as error:  # noqa: BLE001 - whatever a student's handler raises ends that handler only
            loop.callback_raised(error)
            return False
        finally:
            _leave_task(loop, task)
        self._shell.coroutine = coroutine
        self._shell.first = first
        task._log_destroy_pending = True  # type: ignore[attr-defined]  # noqa: SLF001
        return True
