"""A virtual asyncio event loop: no selector, no threads, no waiting.

The loop of the standard library asks the operating system for the time and for what is ready, so two runs of one
program differ. This one is told the time and runs until nothing is ready; what is due later is a number that the
judge reads and comes back at. Order is total: callbacks run first in, first out, and timers by (time, sequence), both
integers.

As in the standard library, one turn of the loop moves the timers that are due behind what is already ready and then
runs exactly what is ready, so programs that count on `asyncio.sleep(0)` to let others go first see the order they know.

Rejected: patching `BaseEventLoop` (its selector and self-pipe need system calls that a guarded node may not make) and
running on real time scaled up (idle time costs time, and order depends on load).
"""

from __future__ import annotations

import asyncio
import heapq
from collections import deque
from collections.abc import Callable
from contextvars import Context, copy_context
from typing import TYPE_CHECKING, Any, Final, NoReturn

from graders.player.courier import Courier
from graders.player.errors import Refused
from graders.player.futures import Future, Task
from graders.player.world import MONOTONIC_BASE_NS, NEVER_NS, Abort, World

_SECOND_NS: Final = 1_000_000_000
_COMPACT_FROM: Final = 64
_FOREVER_S: Final = 1e9
"""About thirty years: a delay from here on is never."""


def to_ns(seconds: float) -> int:
    """Seconds as the nearest nanosecond; anything from thirty years up, and infinity, is `NEVER_NS`."""
    if seconds >= _FOREVER_S:
        return NEVER_NS
    if not seconds < _FOREVER_S:  # NaN compares with nothing
        raise ValueError("Invalid delay: NaN (not a number)")
    return int(seconds * _SECOND_NS + 0.5) if seconds > 0 else 0


class Handle:
    """A callback in the queue, with the interface of `asyncio.Handle` and none of its debug mode."""

    __slots__ = ("args", "callback", "context", "dead", "loop")

    def __init__(self, callback: Any, args: tuple[Any, ...], loop: VirtualLoop, context: Context | None) -> None:
        self.callback = callback
        self.args = args
        self.loop = loop
        self.context = copy_context() if context is None else context
        self.dead = False

    def cancel(self) -> None:
        self.dead = True
        self.callback = None
        self.args = ()

    def cancelled(self) -> bool:
        return self.dead


class TimerHandle(Handle):
    """A callback at a time, with the interface of `asyncio.TimerHandle`."""

    __slots__ = ("in_heap", "when_ns")

    def __init__(
        self, when_ns: int, callback: Any, args: tuple[Any, ...], loop: VirtualLoop, context: Context | None
    ) -> None:
        super().__init__(callback, args, loop, context)
        self.when_ns = when_ns
        self.in_heap = True

    def when(self) -> float:
        return (self.when_ns + MONOTONIC_BASE_NS) / _SECOND_NS

    def cancel(self) -> None:
        if not self.dead:
            super().cancel()
            if self.in_heap:
                self.loop.timer_cancelled()


if TYPE_CHECKING:
    # The interface has forty methods that take sockets and processes; `_complete` defines them at the end of this file,
    # which a type checker cannot see.
    _Interface = object
else:
    _Interface = asyncio.AbstractEventLoop


class VirtualLoop(_Interface):
    """The loop of one node. Only `graders.player.host` drives it; programs see the asyncio interface."""

    def __init__(self, world: World) -> None:
        self._world = world
        self.ready: deque[Handle] = deque()
        self.timers: list[tuple[int, int, TimerHandle]] = []
        self._cancelled = 0
        self._sequence = 0
        self._numbers = 0
        self._names = 0
        self._factory: Any = None
        self._handler: Any = None
        self._running = False
        self._debug = False
        self.courier: Courier | None = None

    # -------------------------------------------------------------------------------------------- for the host

    def start_now(self, coroutine: Any, context: Context) -> None:
        """Run a coroutine to its first wait, here and now; it becomes a task only if it waits."""
        courier = self.courier
        if courier is None:
            courier = self.courier = Courier(self, context)
        if courier.run(coroutine):
            self.ready.append(courier.handle)
            self.courier = None
        elif len(courier.context):
            self.courier = None

    def take_back(self) -> Handle:
        """The callback that was just put into the queue, out of it again."""
        return self.ready.pop()

    def callback_raised(self, error: BaseException) -> None:
        """What becomes of an exception that nobody awaits."""
        if isinstance(error, Abort):
            if self._world.fatal is None:
                self._world.fatal = (str(error), "")
        elif isinstance(error, MemoryError):
            self._world.fatal = ("memory_limit", "MemoryError in a callback")
        else:
            self.call_exception_handler({"message": "Exception in callback", "exception": error})

    def run_until_idle(self, callbacks_max: int) -> int:
        """Run what is ready and due; returns how many callbacks ran, or -1 if they were more than `callbacks_max`."""
        ready = self.ready
        world = self._world
        count = 0
        self._running = True
        try:
            while True:
                if self.timers and self.timers[0][0] <= world.now_ns:
                    self.collect_due()
                turn = len(ready)
                if not turn:
                    return count
                for _ in range(turn):
                    handle = ready.popleft()
                    if handle.dead:
                        continue
                    count += 1
                    if count > callbacks_max:
                        return -1
                    self._run(handle)
                    del handle
        finally:
            self._running = False

    def _run(self, handle: Handle) -> None:
        try:
            handle.context.run(handle.callback, *handle.args)
        except BaseException as error:  # noqa: BLE001 - whatever a student's callback raises ends that callback only
            self.callback_raised(error)
        finally:
            # From Python 3.12 on a traceback keeps the frames that called: this would be a cycle through the task.
            del handle

    def collect_due(self) -> None:
        """Timers whose time has come go behind what is already ready."""
        timers = self.timers
        now_ns = self._world.now_ns
        while timers and timers[0][0] <= now_ns:
            handle = heapq.heappop(timers)[2]
            handle.in_heap = False
            if handle.dead:
                self._cancelled -= 1
            else:
                self.ready.append(handle)

    def deadline_ns(self) -> int | None:
        """When the first timer is due, or None."""
        timers = self.timers
        while timers and timers[0][2].dead:
            heapq.heappop(timers)
            self._cancelled -= 1
        return timers[0][0] if timers else None

    def clear(self) -> None:
        """Forget everything that was to run."""
        self.ready.clear()
        self.timers.clear()
        self.courier = None

    def timer_cancelled(self) -> None:
        """Cancelled timers stay in the heap until they are most of it:

        `asyncio.timeout` makes and cancels one a call.
        """
        self._cancelled += 1
        if self._cancelled > _COMPACT_FROM and self._cancelled * 2 > len(self.timers):
            self.timers = [entry for entry in self.timers if not entry[2].dead]
            heapq.heapify(self.timers)
            self._cancelled = 0

    def take_number(self) -> int:
        """The hash of the next task or future that needs one."""
        self._numbers += 1
        return self._numbers

    def take_task_name(self) -> str:
        self._names += 1
        return f"Task-{self._names}"

    # -------------------------------------------------------------------------------------------- for programs

    def time(self) -> float:
        return (self._world.now_ns + MONOTONIC_BASE_NS) / _SECOND_NS

    def call_soon(self, callback: Any, *args: Any, context: Context | None = None) -> Handle:
        handle = Handle(callback, args, self, context)
        self.ready.append(handle)
        return handle

    call_soon_threadsafe = call_soon

    def call_later(self, delay: float, callback: Any, *args: Any, context: Context | None = None) -> TimerHandle:
        return self._call_at_ns(self._world.now_ns + to_ns(delay), callback, args, context)

    def call_at(self, when: float, callback: Any, *args: Any, context: Context | None = None) -> TimerHandle:
        return self._call_at_ns(to_ns(when) - MONOTONIC_BASE_NS, callback, args, context)

    def _call_at_ns(self, when_ns: int, callback: Any, args: tuple[Any, ...], context: Context | None) -> TimerHandle:
        handle = TimerHandle(when_ns, callback, args, self, context)
        if when_ns < NEVER_NS - MONOTONIC_BASE_NS:
            self._sequence += 1
            heapq.heappush(self.timers, (when_ns, self._sequence, handle))
        else:
            handle.in_heap = False
        return handle

    def create_future(self) -> Any:
        return Future(loop=self)  # type: ignore[arg-type]  # see `_Interface`

    def create_task(self, coro: Any, *, name: Any = None, context: Context | None = None, **options: Any) -> Any:
        if self._factory is not None:
            if context is not None:
                options["context"] = context
            task = self._factory(self, coro, **options)
            task.set_name(self.take_task_name() if name is None else name)
            return task
        return Task(coro, loop=self, name=name, context=context, **options)

    def set_task_factory(self, factory: Any) -> None:
        self._factory = factory

    def get_task_factory(self) -> Any:
        return self._factory

    def is_running(self) -> bool:
        return self._running

    def is_closed(self) -> bool:
        return False

    def get_debug(self) -> bool:
        return self._debug

    def set_debug(self, enabled: bool) -> None:
        """Accepted and without effect: debug mode measures real time."""

    def set_exception_handler(self, handler: Any) -> None:
        self._handler = handler

    def get_exception_handler(self) -> Any:
        return self._handler

    def call_exception_handler(self, context: dict[str, Any]) -> None:
        if self._handler is not None:
            try:
                self._handler(self, context)
            except Exception:  # noqa: BLE001 - a broken handler of the student's must not hide what it was to handle
                self.default_exception_handler(context)
            return
        self.default_exception_handler(context)

    def default_exception_handler(self, context: dict[str, Any]) -> None:
        message = str(context.get("message", ""))
        error = context.get("exception")
        kind = "unhandled"
        if "never retrieved" in message:
            kind = "never_retrieved"
        elif "destroyed but it is pending" in message:
            kind = "destroyed_pending"
        self._world.report(kind, message if error is None else f"{message}: {type(error).__name__}")

    def finish_generator(self, generator: Any) -> None:
        """An asynchronous generator that nobody refers to any more is closed by a task of its own."""
        self.call_soon(self.create_task, generator.aclose())

    async def shutdown_asyncgens(self) -> None:
        """Generators are closed as soon as nothing refers to them."""

    async def shutdown_default_executor(self, timeout: float | None = None) -> None:
        """There is no executor."""


def _refuse(name: str, instead: str) -> Callable[..., NoReturn]:
    def refused(self: VirtualLoop, *_args: Any, **_options: Any) -> NoReturn:
        del self
        raise Refused(f"loop.{name} does not exist here: {instead}")

    return refused


_NO_LOOP: Final = "the loop is already running; use await / 事件循环已在运行，请用 await"
_NO_THREAD: Final = "there are no threads; use asyncio.create_task / 这里没有线程，请用 asyncio.create_task"
_NO_NETWORK: Final = (
    "there is no network and no file; use what the lab hands in / 这里没有网络和文件，请使用实验交给你的对象"
)


def _complete() -> None:
    """Every method of the interface that is not defined above says what to use instead."""
    own = vars(VirtualLoop)
    for name, value in vars(asyncio.AbstractEventLoop).items():
        if name.startswith("_") or name in own or not callable(value):
            continue
        if name in ("run_forever", "run_until_complete", "stop", "close"):
            setattr(VirtualLoop, name, _refuse(name, _NO_LOOP))
        elif "executor" in name or "signal" in name:
            setattr(VirtualLoop, name, _refuse(name, _NO_THREAD))
        else:
            setattr(VirtualLoop, name, _refuse(name, _NO_NETWORK))


_complete()
