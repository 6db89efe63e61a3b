"""What answers a judge's questions: the student's code, its loop and its world, in one object.

`PlayerHost` reads no clock, no file and no socket: `answer` is a function of the questions asked so far. The in-process
sandbox calls it directly; `graders.player.process` calls it with what it reads from a socket. So both behave the
same, and what is said of one (the order of effects, the budgets, what is refused) is true of the other.

Within a step: timers that are due come first, then the events in their order, and then the loop runs until it is
idle. An operation runs as a task of its own, so that of several operations delivered together none runs before all
have come.
"""

from __future__ import annotations

from asyncio import CancelledError
from asyncio.events import _set_running_loop
from collections.abc import Awaitable, Callable
from contextvars import Context
from typing import Any, Final

from graders.player import errors
from graders.player.loop import VirtualLoop
from graders.player.modules import Modules, packed_code, shown
from graders.player.node import Node, make_node
from graders.player.raised import describe, text_of, traceback_of
from graders.player.values import plain
from graders.player.world import Abort, World, current
from graders.protocol.messages import (
    CALL_KEY,
    ERROR_KEY,
    NOTIFY_KEY,
    Abandon,
    Answer,
    At,
    Call,
    Cancel,
    Cancelled,
    Clock,
    Compile,
    Compiled,
    Construct,
    Effects,
    Error,
    Event,
    Failed,
    Get,
    Gone,
    Invoke,
    Json,
    Message,
    Notify,
    Question,
    Reply,
    Request,
    Result,
    Start,
    Started,
    Step,
)

_UNSET: Final = object()


class PlayerHost:
    """One incarnation of a node: a `Start`, then `Step`s; or, for a node that only compiles, one `Compile`."""

    def __init__(self) -> None:
        self._world = World("", 0, 0, 0, 0)
        self._loop = VirtualLoop(self._world)
        self._modules = Modules({}, ())
        self._context = Context()
        self._callbacks_max = 0
        self._entry: Any = None
        self._node: Node | None = None
        self._instances: dict[int, Any] = {}
        self._operations: dict[int, Any] = {}
        self._running: dict[int, bool] = {}
        self._calls: dict[int, Any] = {}
        self._calls_made = 0
        self._exhausted = False
        self._deliver: dict[type[Any], Callable[[Any], None]] = {
            Construct: self._construct,
            Invoke: self._invoke,
            Get: self._get,
            Cancel: self._cancel,
            Result: self._result,
            Error: self._error,
            Message: self._message,
            Request: self._request,
            Clock: self._clock,
        }

    def answer(self, question: Question) -> Answer:
        """Carry out one question; raises nothing that a student's code can cause."""
        if isinstance(question, Step):
            return self.step(question)
        return Compiled(packed_code(question.files)) if isinstance(question, Compile) else self._begin(question)

    def _begin(self, start: Start) -> Started | Failed | Gone:
        self._world = World(start.node, start.seed, start.at_ns, start.wall_offset_ns, start.output_bytes_max)
        self._world.sleeps_left = start.callbacks_max
        self._loop = VirtualLoop(self._world)
        self._modules = Modules(start.files, start.modules_allowed, start.code)
        self._callbacks_max = start.callbacks_max
        previous = current.world
        current.world = self._world
        self._show(None)
        try:
            return self._load(start.entry_point)
        finally:
            shown.modules = None
            current.world = previous

    def _load(self, entry_point: str) -> Started | Failed | Gone:
        module_name, _, attribute = entry_point.partition(":")
        try:
            module = self._context.run(self._modules.load, module_name)
        except BaseException as error:  # noqa: BLE001 - whatever the import of a student's file raises is its outcome
            if self._world.fatal is not None:
                return Gone(*self._world.fatal)
            return self._failed(_failure_kind(error), error)
        entry = getattr(module, attribute, None)
        if not isinstance(entry, type):
            return self._failed("entry_point_missing", AttributeError(f"{module_name}.py defines no class {attribute}"))
        self._entry = entry
        return Started()

    def _failed(self, kind: str, error: BaseException) -> Failed:
        trace = traceback_of(error, self._modules.file_names())
        return Failed(kind, type(error).__name__, text_of(error), trace)

    def _show(self, loop: Any) -> None:
        """Make this node the one whose modules and loop are seen. It stays so until another node's turn: setting the
        loop is a system call in Python 3.11, and the judge's own code asks for no loop."""
        self._modules.show()
        _set_running_loop(loop)

    def step(self, step: Step) -> Effects | Gone:
        """Carry out one step."""
        world = self._world
        if world.now_ns > step.at_ns:  # the code slept while it was imported: it has been busy until now
            world.effects.append(At(world.now_ns))
        else:
            world.now_ns = step.at_ns
        world.sleeps_left = callbacks_max = self._callbacks_max
        previous = current.world
        current.world = world
        if shown.modules is not self._modules:
            self._show(self._loop)
        try:
            callbacks = 0 if self._exhausted else self._run(step.events, callbacks_max)
        finally:
            current.world = previous
        if world.fatal is not None:
            return self._give_up(world.fatal)
        if world.pending_text:
            world.flush_output()
        effects = world.effects
        world.effects = []
        deadline_ns = self._loop.deadline_ns() if self._loop.timers and not self._exhausted else None
        return Effects(deadline_ns, callbacks, effects)

    def _run(self, events: list[Event], callbacks_max: int) -> int:
        loop = self._loop
        callbacks = loop.run_until_idle(callbacks_max) if loop.timers else 0
        if callbacks >= 0:
            deliver = self._deliver
            for event in events:
                deliver[type(event)](event)
            if loop.ready:  # a handler that never waits leaves nothing to run
                more = loop.run_until_idle(callbacks_max - callbacks)
                callbacks = more if more < 0 else callbacks + more
        if callbacks < 0:
            self._exhaust(callbacks_max)
            return callbacks_max
        return callbacks

    def _exhaust(self, callbacks_max: int) -> None:
        self._exhausted = True
        self._world.report("callbacks_exhausted", f"more than {callbacks_max} callbacks in one step")

    def _give_up(self, fatal: tuple[str, str]) -> Effects | Gone:
        kind, detail = fatal
        if kind != "callbacks_exhausted":
            return Gone(kind, detail)
        self._world.fatal = None
        self._exhausted = True
        self._world.report(kind, "time.sleep was called without end")
        effects, self._world.effects = self._world.effects, []
        return Effects(None, 0, effects)

    # -------------------------------------------------------------------------------------------------- events

    def _construct(self, event: Construct) -> None:
        async def make() -> None:
            arguments = self._hydrate(event.arguments)
            if issubclass(self._entry, Node):
                instance: Any = self._make_node(arguments)
            else:
                instance = self._entry(**arguments)
            self._instances[event.instance] = instance

        self._spawn(event.id, make)

    def _make_node(self, arguments: dict[str, Any]) -> Node:
        peers = arguments.pop("peers", [])
        self._node = make_node(self._entry, self._world.node, peers, arguments)
        return self._node

    def _invoke(self, event: Invoke) -> None:
        args = [self._hydrate(value) for value in event.args]
        kwargs = self._hydrate(event.kwargs)

        def call() -> Any:
            return self._attribute(event.instance, event.method)(*args, **kwargs)

        self._spawn(event.id, call)

    def _get(self, event: Get) -> None:
        self._spawn(event.id, lambda: self._attribute(event.instance, event.attribute))

    def _attribute(self, instance: int, name: str) -> Any:
        target = self._instances[instance]
        value = getattr(target, name, _UNSET)
        if value is _UNSET:
            raise errors.MethodMissing(f"{type(target).__name__} has no {name}")
        return value

    def _cancel(self, event: Cancel) -> None:
        task = self._operations.get(event.id)
        if task is None:
            return
        if not self._running[event.id]:
            # Cancelled before its first step: its coroutine is closed without running, so nothing else would answer.
            del self._operations[event.id], self._running[event.id]
            task.add_done_callback(lambda _task: self._world.effects.append(Cancelled(event.id)))
        task.cancel()

    def _result(self, event: Result) -> None:
        future = self._calls.pop(event.id, None)
        if future is not None and not future.done():
            future.set_result(plain(event.value))

    def _error(self, event: Error) -> None:
        future = self._calls.pop(event.id, None)
        if future is not None and not future.done():
            future.set_exception(errors.CALL_ERRORS.get(event.type, errors.CallError)(event.message))

    def _message(self, event: Message) -> None:
        if self._node is None:
            return
        try:
            handling = self._node.on_message(event.source, event.body)
        except BaseException as error:  # noqa: BLE001 - an on_message that is no coroutine function raises here
            self._loop.callback_raised(error)
            return
        if handling is not None:
            self._loop.start_now(handling, self._context)

    def _request(self, event: Request) -> None:
        node = self._node

        def ask() -> Awaitable[Any]:
            if node is None:
                raise errors.MethodMissing("the node has not been constructed")
            return node.on_request(event.body)

        self._spawn(event.id, ask)

    def _clock(self, event: Clock) -> None:
        self._world.wall_offset_ns = event.wall_offset_ns

    # ---------------------------------------------------------------------------------------------- operations

    def _spawn(self, number: int, function: Callable[[], Any]) -> None:
        self._running[number] = False
        task = self._loop.create_task(self._serve(number, function), context=self._context.copy())
        self._operations[number] = task

    async def _serve(self, number: int, function: Callable[[], Any]) -> None:
        """Run one operation and say how it ended."""
        self._running[number] = True
        try:
            value = function()
            if hasattr(type(value), "__await__"):
                value = await value
            value = plain(value)
        except CancelledError:
            self._world.effects.append(Cancelled(number))
        except GeneratorExit:
            raise
        except BaseException as error:  # noqa: BLE001 - whatever an operation raises is its outcome
            self._raised(number, error)
        else:
            self._world.effects.append(Reply(number, value))
        del self._operations[number], self._running[number]

    def _raised(self, number: int, error: BaseException) -> None:
        if isinstance(error, Abort):
            if self._world.fatal is None:
                self._world.fatal = (str(error), "")
        elif isinstance(error, MemoryError):
            self._world.fatal = ("memory_limit", "MemoryError in an operation")
        else:
            self._world.effects.append(describe(number, error, self._modules.file_names()))

    def _hydrate(self, value: Json) -> Any:
        """A fresh copy of what the judge sent, with the three reserved objects turned into what they stand for."""
        if type(value) is list:
            return [self._hydrate(item) for item in value]
        if type(value) is not dict:
            return value
        if len(value) == 1:
            ((key, inner),) = value.items()
            if key == CALL_KEY:
                return self._dependency(inner[0], inner[1])
            if key == ERROR_KEY:
                return errors.CALL_ERRORS[inner]
            if key == NOTIFY_KEY:
                return self._listener(*inner) if type(inner) is list else self._listener(inner)
        return {key: self._hydrate(item) for key, item in value.items()}

    def _dependency(self, target: str, arguments: list[Json]) -> Callable[..., Any]:
        async def operation(*more: Any) -> Any:
            return await self._call(target, [*arguments, *[plain(item) for item in more]])

        operation.__name__ = operation.__qualname__ = target
        return operation

    async def _call(self, target: str, arguments: list[Json]) -> Any:
        self._calls_made += 1
        number = self._calls_made
        future = self._loop.create_future()
        self._calls[number] = future
        self._world.effects.append(Call(number, target, arguments))
        try:
            return await future
        finally:
            if self._calls.pop(number, None) is not None:
                self._world.effects.append(Abandon(number))

    def _listener(self, name: str, error: str | None = None) -> Callable[..., None]:
        def notify(*arguments: Any) -> None:
            self._world.effects.append(Notify(name, [plain(item) for item in arguments]))
            if error is not None:
                raise errors.CALL_ERRORS[error](f"the listener {name} raises")

        notify.__name__ = notify.__qualname__ = name
        return notify

    def close(self) -> None:
        """The node is dead. What its objects still do while they are thrown away happens in its own world, unseen."""
        previous = current.world
        current.world = self._world
        self._node = self._entry = None
        self._instances.clear()
        self._operations.clear()
        self._calls.clear()
        self._loop.clear()
        current.world = previous


def _failure_kind(error: BaseException) -> str:
    if isinstance(error, errors.ImportRefused):
        return "import_refused"
    if isinstance(error, MemoryError):
        return "memory_limit"
    if isinstance(error, SyntaxError):
        return "syntax_error"
    return "import_error"
