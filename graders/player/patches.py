"""Time, chance and the refusals, put into the standard library's modules and taken out again.

Every replacement asks `current.world` first and does what the original did where there is none, so an interpreter
with the patches in place works as before for all code but a node's. A node process installs them once. The in-process
player installs them for the length of a run and removes them, so that a test's other modules never meet them.

Some modules have copied a function at their import (`from time import monotonic`). Those a student may reach are swept:
each of their attributes that *is* a replaced object becomes its replacement.
"""

from __future__ import annotations

import asyncio
import asyncio.events
import asyncio.futures
import asyncio.runners
import asyncio.tasks
import datetime as dt
import os
import random
import sys
import threading
import time
import uuid
import warnings
from asyncio.events import _get_running_loop, _set_running_loop
from collections.abc import Callable
from types import ModuleType
from typing import Any, Final, NoReturn

from graders.player import clocks
from graders.player.errors import Refused
from graders.player.futures import Future, GatheringFuture, Task
from graders.player.loop import VirtualLoop, to_ns
from graders.player.modules import shown
from graders.player.output import Stream
from graders.player.world import NEVER_NS, World, current

SWEPT: Final = (
    "statistics", "secrets", "uuid", "calendar", "_strptime", "logging", "queue", "sched", "functools", "dataclasses",
    "contextlib", "collections", "heapq", "enum", "typing", "concurrent.futures", "concurrent.futures._base",
)  # fmt: skip
"""Modules of the standard library that a student may use and that may hold copies."""

_NO_LOOP: Final = "the loop is already running; use await / 事件循环已在运行，请用 await"
_NO_THREAD: Final = "there are no threads; use asyncio.create_task / 这里没有线程，请用 asyncio.create_task"
_NO_PROCESS: Final = "there are no other processes / 这里没有别的进程"

Replacement = tuple[Any, str, Any]


def _virtual(original: Any, inside: Callable[..., Any]) -> Any:
    """A function that is `inside(world, ...)` in a node and the original elsewhere."""

    def replacement(*args: Any, **options: Any) -> Any:
        world = current.world
        return original(*args, **options) if world is None else inside(world, *args, **options)

    replacement.__name__ = replacement.__qualname__ = getattr(original, "__name__", "replacement")
    replacement.__doc__ = getattr(original, "__doc__", None)
    return replacement


def _refusing(original: Any, name: str, instead: str) -> Any:
    def refuse(world: World, *_args: Any, **_options: Any) -> NoReturn:
        text = f"{name} does not exist here: {instead}"
        world.report("refused", text)
        raise Refused(text)

    return _virtual(original, refuse)


def _sleep(world: World, seconds: float) -> None:
    if seconds < 0:
        raise ValueError("sleep length must be non-negative")
    duration_ns = to_ns(seconds)
    if duration_ns >= NEVER_NS:
        raise OverflowError("timestamp too large")
    world.sleep(duration_ns)


def _gmtime(world: World, seconds: float | None = None) -> time.struct_time:
    return _real_gmtime(world.wall_ns() / 1e9 if seconds is None else seconds)


def _strftime(world: World, form: str, moment: Any = None) -> str:
    return _real_strftime(form, _gmtime(world) if moment is None else moment)


def _asctime(world: World, moment: Any = None) -> str:
    return _real_asctime(_gmtime(world) if moment is None else moment)


_real_gmtime = time.gmtime
_real_strftime = time.strftime
_real_asctime = time.asctime


def _time_replacements() -> list[Replacement]:
    functions: dict[str, Callable[..., Any]] = {
        "time": lambda world: world.wall_ns() / 1e9,
        "time_ns": World.wall_ns,
        "sleep": _sleep,
        "gmtime": _gmtime,
        "localtime": _gmtime,
        "strftime": _strftime,
        "asctime": _asctime,
        "ctime": lambda world, seconds=None: _asctime(world, _gmtime(world, seconds)),
    }
    for name in ("monotonic", "perf_counter", "process_time", "thread_time"):
        functions[name] = lambda world: world.monotonic_ns() / 1e9
        functions[f"{name}_ns"] = World.monotonic_ns
    if hasattr(time, "clock_gettime"):
        functions["clock_gettime"] = lambda world, clock: _clock_ns(world, clock) / 1e9
        functions["clock_gettime_ns"] = _clock_ns
    return [(time, name, _virtual(getattr(time, name), inside)) for name, inside in functions.items()]


def _clock_ns(world: World, clock: int) -> int:
    return world.wall_ns() if clock == time.CLOCK_REALTIME else world.monotonic_ns()


def _chance_replacements() -> list[Replacement]:
    result: list[Replacement] = [(random, "Random", clocks.Random)]
    hidden = getattr(random, "_inst")  # noqa: B009 - the instance behind the module's functions has no public name
    for name in dir(random):
        function = getattr(random, name)
        if getattr(function, "__self__", None) is hidden:
            result.append((random, name, _virtual(function, _node_random(name))))
    urandom = _virtual(os.urandom, World.random_bytes)
    result += [(os, "urandom", urandom), (random, "_urandom", urandom)]
    if hasattr(os, "getrandom"):
        result.append((os, "getrandom", _virtual(os.getrandom, lambda world, size, _flags=0: world.random_bytes(size))))
    result += [(uuid, "uuid1", _virtual(uuid.uuid1, _uuid1)), (uuid, "getnode", _virtual(uuid.getnode, _uuid_node))]
    return result


def _node_random(name: str) -> Callable[..., Any]:
    return lambda world, *args, **options: getattr(world.random, name)(*args, **options)


def _uuid_node(world: World) -> int:
    """A made-up hardware address: locally administered, the same for the whole life of the node's process."""
    return int.from_bytes(world.node.encode("utf-8")[-5:].rjust(5, b"\0"), "big") | 0x0200_0000_0000


def _uuid1(world: World, node: int | None = None, clock_seq: int | None = None) -> uuid.UUID:
    ticks = world.wall_ns() // 100 + 0x01B2_1DD2_1381_4000
    sequence = world.entropy.getrandbits(14) if clock_seq is None else clock_seq
    fields = (
        ticks & 0xFFFF_FFFF,
        ticks >> 32 & 0xFFFF,
        ticks >> 48 & 0x0FFF,
        sequence >> 8 & 0x3F,
        sequence & 0xFF,
        _uuid_node(world) if node is None else node,
    )
    return uuid.UUID(fields=fields, version=1)


def _asyncio_replacements() -> list[Replacement]:
    result: list[Replacement] = [(asyncio.tasks, "_GatheringFuture", GatheringFuture)]
    for module in (asyncio, asyncio.tasks):
        result.append((module, "Task", Task))
        result.append((module, "all_tasks", _virtual(module.all_tasks, _all_tasks)))
    result += [(module, "Future", Future) for module in (asyncio, asyncio.futures)]
    get_event_loop = _virtual(asyncio.get_event_loop, _get_event_loop)
    result += [(module, "get_event_loop", get_event_loop) for module in (asyncio, asyncio.events)]
    runner = asyncio.Runner
    result.append((runner, "__init__", _refusing(runner.__init__, "asyncio.Runner", _NO_LOOP)))
    refused = (
        (asyncio.runners, "run"),
        (asyncio.events, "new_event_loop"),
        (asyncio.events, "set_event_loop"),
    )
    for module, name in refused:
        replacement = _refusing(getattr(module, name), f"asyncio.{name}", _NO_LOOP)
        result += [(module, name, replacement), (asyncio, name, replacement)]
    return result


def _get_event_loop(_world: World) -> Any:
    """While a module is imported no loop runs; the standard library would make a real one here."""
    return asyncio.get_running_loop()


_real_all_tasks: Final = asyncio.all_tasks


def _all_tasks(_world: World, loop: Any = None) -> Any:
    """A set filled in the order of the tasks' making, so that it gives them back in the same order in every player."""
    current_task = asyncio.current_task()
    result: set[Any] = set()
    for task in sorted(_real_all_tasks(loop), key=hash):
        courier = getattr(task.get_loop(), "courier", None)
        if courier is None or courier.task is not task or task is current_task:  # an idle courier is nobody's task
            result.add(task)
    return result


def _process_replacements() -> list[Replacement]:
    refusal = _refusing(threading.Thread.start, "threading.Thread", _NO_THREAD)
    result: list[Replacement] = [(threading.Thread, "start", refusal)]
    for name in ("fork", "forkpty", "system", "popen", "posix_spawn", "posix_spawnp", "execv", "execve", "abort"):
        if hasattr(os, name):
            result.append((os, name, _refusing(getattr(os, name), f"os.{name}", _NO_PROCESS)))
    subprocess = sys.modules.get("subprocess")
    if subprocess is not None:
        popen = subprocess.Popen
        result.append((popen, "__init__", _refusing(popen.__init__, "subprocess", _NO_PROCESS)))
    return result


def _report_never_awaited(world: World, coroutine: Any) -> None:
    world.report("never_awaited", f"coroutine '{coroutine.__qualname__}' was never awaited")


def _other_replacements() -> list[Replacement]:
    result: list[Replacement] = [
        (dt, "datetime", clocks.Datetime),
        (dt, "date", clocks.Date),
        (sys, "stdout", Stream("stdout", sys.stdout)),
        (sys, "stderr", Stream("stderr", sys.stderr)),
    ]
    name = "_warn_unawaited_coroutine"  # the interpreter looks this function up by name when it drops a coroutine
    result.append((warnings, name, _virtual(getattr(warnings, name), _report_never_awaited)))
    return result


def _finish_generator(generator: Any) -> None:
    """Set once for the interpreter and not at every step; where no node runs there is nothing to close it with."""
    loop: Any = _get_running_loop()
    if isinstance(loop, VirtualLoop):
        loop.finish_generator(generator)


class Patches:
    """All replacements; `install` and `remove` are idempotent and nest by counting."""

    def __init__(self) -> None:
        self._depth = 0
        self._undo: list[Replacement] = []
        self._hooks: Any = None
        self._running_loop: Any = None

    def install(self, modules: tuple[str, ...] = ()) -> None:
        """Put the replacements in place; `modules` are swept as well as `SWEPT`."""
        self._depth += 1
        if self._depth > 1:
            return
        replacements = [
            *_time_replacements(),
            *_chance_replacements(),
            *_asyncio_replacements(),
            *_process_replacements(),
            *_other_replacements(),
        ]
        replaced = {id(getattr(owner, name)): value for owner, name, value in replacements}
        for owner, name, value in replacements:
            self._set(owner, name, value)
        self._hooks = sys.get_asyncgen_hooks()
        self._running_loop = _get_running_loop()
        sys.set_asyncgen_hooks(firstiter=None, finalizer=_finish_generator)
        for module_name in (*SWEPT, *modules):
            module = sys.modules.get(module_name)
            if isinstance(module, ModuleType):
                self._sweep(module, replaced)

    def _sweep(self, module: ModuleType, replaced: dict[int, Any]) -> None:
        for name, value in tuple(vars(module).items()):
            if not name.startswith("__") and id(value) in replaced:
                self._set(module, name, replaced[id(value)])

    def _set(self, owner: Any, name: str, value: Any) -> None:
        self._undo.append((owner, name, getattr(owner, name)))
        setattr(owner, name, value)

    def remove(self) -> None:
        if self._depth == 0:
            return
        self._depth -= 1
        if self._depth:
            return
        sys.set_asyncgen_hooks(*self._hooks)
        _set_running_loop(self._running_loop)
        shown.restore()
        while self._undo:
            owner, name, value = self._undo.pop()
            setattr(owner, name, value)


patches: Final = Patches()
"""The one set of this interpreter."""
