"""Handlers of messages run to their first wait without a task of their own, and nobody can tell the difference."""

from __future__ import annotations

from typing import Any

from graders.protocol.messages import Construct, Message, Report, Request, Send
from graders.sandbox.inprocess import InProcessHost
from graders.tests.support import Talk

SOURCE = """
import asyncio, contextvars
from graders.player import Node

mark = contextvars.ContextVar("mark", default=0)

class App(Node):
    async def on_message(self, src, message):
        name = asyncio.current_task().get_name()
        mark.set(mark.get() + 1)
        if message == "quick":
            self.send(src, [name, mark.get()])
        elif message == "timeout":
            try:
                async with asyncio.timeout(1): await asyncio.sleep(9)
            except TimeoutError:
                self.send(src, ["late", asyncio.current_task().get_name() == name, mark.get()])
        elif message == "zero":
            await asyncio.sleep(0)
            self.send(src, ["zero", mark.get()])
        elif message == "tasks":
            self.send(src, len(asyncio.all_tasks()))
        elif message == "ready":
            future = asyncio.get_running_loop().create_future()
            future.set_result("now")
            self.send(src, await future)
        elif message == "cancelled":
            asyncio.current_task().cancel()
            try: await asyncio.sleep(1)
            except asyncio.CancelledError: self.send(src, "cancelled"); raise
        else:
            raise KeyError(message)

class Plain(Node):
    def on_message(self, src, message):
        self.send(src, "no coroutine")
        if message == "boom": raise KeyError
"""


def _talk(*bodies: Any, entry_point: str = "app:App") -> Talk:
    node = Talk(SOURCE, entry_point=entry_point)
    node.step(Construct(1, 0, {"peers": ["n2"]}))
    for body in bodies:
        node.step(Message("n2", body))
    for _ in range(50):
        if node.deadline_ns is not None:
            node.step(at_ns=node.deadline_ns)
    return node


def _sent(*bodies: Any, entry_point: str = "app:App") -> list[Any]:
    with InProcessHost():
        return [item.body for item in _talk(*bodies, entry_point=entry_point).of(Send)]


def test_each_handler_has_a_context_of_its_own() -> None:
    assert [body[1] for body in _sent("quick", "quick", "quick")] == [1, 1, 1]


def test_a_timeout_works_within_a_handler_that_began_without_a_task() -> None:
    assert _sent("timeout") == [["late", True, 1]]


def test_handlers_that_wait_interleave_and_end() -> None:
    assert _sent("timeout", "zero", "ready", "timeout") == [["zero", 1], "now", ["late", True, 1], ["late", True, 1]]


def test_a_handler_sees_itself_among_the_tasks_and_no_idle_one() -> None:
    assert _sent("tasks", "timeout", "tasks") == [1, 2, ["late", True, 1]]


def test_a_handler_can_cancel_itself() -> None:
    assert _sent("cancelled", "quick")[0] == "cancelled"


def test_a_handler_that_raises_is_reported_whether_or_not_it_is_a_coroutine() -> None:
    with InProcessHost():
        assert [item.kind for item in _talk("odd").of(Report)] == ["unhandled"]
        plain = _talk("boom", "fine", entry_point="app:Plain")
        assert [item.kind for item in plain.of(Report)] == ["unhandled"]
        assert [item.body for item in plain.of(Send)] == ["no coroutine", "no coroutine"]


def test_a_node_without_on_request_says_so() -> None:
    with InProcessHost():
        node = Talk(SOURCE)
        node.step(Request(4, "early"))
        node.step(Construct(1, 0, {"peers": []}))
        node.step(Request(5, "x"))
        classes = [item.classes[0] for item in node.effects if hasattr(item, "classes")]
        assert classes == ["MethodMissing", "Refused"]
