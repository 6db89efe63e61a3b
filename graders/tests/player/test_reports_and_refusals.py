"""What the student is told: forgotten awaits, lost exceptions, refused APIs, output, budgets."""

from __future__ import annotations

import pytest

from graders.player.world import FLOOD_FACTOR
from graders.protocol.messages import Abandon, Call, Cancel, Cancelled, Error, Invoke, Log, Notify, Raise, Reply, Result
from graders.sandbox.inprocess import InProcessHost
from graders.sim.nodes import NodeGone
from graders.tests.support import Talk, talk, value_of


def _reports(body: str) -> list[str]:
    lines = "\n".join(f"        {line}" for line in body.splitlines())
    with talk(f"import asyncio, gc\nclass App:\n    async def run(self):\n{lines}\n") as node:
        node.call("run")
        return node.reports


def test_a_coroutine_that_is_never_awaited_is_reported() -> None:
    assert _reports("asyncio.sleep(1)") == ["never_awaited"]


def test_an_exception_that_nobody_retrieves_is_reported() -> None:
    assert _reports(
        "async def f(): 1 / 0\nt = asyncio.create_task(f())\nawait asyncio.sleep(0)\nawait asyncio.sleep(0)\ndel t"
    ) == ["never_retrieved"]


def test_a_task_destroyed_while_pending_is_reported() -> None:
    waits = "async def f():\n    await asyncio.get_running_loop().create_future()\n"
    body = f"{waits}t = asyncio.create_task(f())\nawait asyncio.sleep(0)\ndel t\ngc.collect()"
    assert _reports(body) == ["destroyed_pending"]


def test_an_exception_in_a_callback_is_reported_and_the_node_goes_on() -> None:
    assert _reports("asyncio.get_running_loop().call_soon(lambda: 1 / 0)\nawait asyncio.sleep(0)") == ["unhandled"]


@pytest.mark.parametrize(
    "line",
    [
        "asyncio.run(asyncio.sleep(0))",
        "asyncio.new_event_loop()",
        "asyncio.Runner()",
        "asyncio.set_event_loop(None)",
        "threading.Thread(target=print).start()",
        "await asyncio.to_thread(print)",
        "await asyncio.open_connection('localhost', 80)",
        "await asyncio.create_subprocess_exec('ls')",
        "asyncio.get_running_loop().run_until_complete(asyncio.sleep(0))",
        "asyncio.get_running_loop().add_signal_handler(2, print)",
        "os.fork()",
        "os.system('ls')",
    ],
)
@pytest.mark.filterwarnings("ignore:coroutine")
def test_what_does_not_exist_here_is_refused_with_what_to_use(line: str) -> None:
    caught = f"try: {line}\nexcept Exception as error: return [type(error).__name__, str(error)]"
    kind, text = value_of(caught)
    assert kind == "Refused"
    assert " / " in text, "the text is in both languages"


def test_output_becomes_log_lines_in_order_with_the_step() -> None:
    source = """
    import sys
    class App:
        def run(self):
            print("a", "b"); print("c", end=""); print("d")
            sys.stderr.write("warn\\n"); sys.stdout.buffer.write(b"bytes\\n"); print("no end", end="")
    """
    with talk(source) as node:
        node.call("run")
        assert [(item.stream, item.text) for item in node.of(Log)] == [
            ("stdout", "a b"), ("stdout", "cd"), ("stderr", "warn"), ("stdout", "bytes"), ("stdout", "no end"),
        ]  # fmt: skip


def test_output_over_the_limit_is_dropped_and_said_once() -> None:
    with talk(
        "class App:\n    def run(self):\n        for _ in range(20): print('x' * 9)\n", output_bytes_max=50
    ) as node:
        node.call("run")
        assert len(node.printed) == 5
        assert node.reports == ["output_truncated"]


def test_a_flood_ends_the_node_even_if_it_catches_everything() -> None:
    loop = "while True:\n            try: print('x' * 100)\n            except Exception: pass"
    source = f"class App:\n    def run(self):\n        {loop}\n"
    with talk(source, output_bytes_max=1_000) as node, pytest.raises(NodeGone):
        node.call("run")
    assert FLOOD_FACTOR == 16


def test_callbacks_without_end_exhaust_the_budget_at_the_same_point() -> None:
    source = "import asyncio\nclass App:\n    async def run(self):\n        while True: await asyncio.sleep(0)\n"
    with InProcessHost():
        counts = []
        for _ in range(2):
            node = Talk(source, callbacks_max=500)
            node.construct()
            node.step(Invoke(9, 0, "run"))
            counts.append(node.reports)
            assert node.step(Invoke(10, 0, "run")) == []  # a node that is exhausted does nothing more
    assert counts == [["callbacks_exhausted"]] * 2


def test_blocking_sleeps_without_end_exhaust_the_budget_too() -> None:
    source = "import time\nclass App:\n    def run(self):\n        while True: time.sleep(1)\n"
    with talk(source, callbacks_max=50) as node:
        node.step(Invoke(9, 0, "run"))
        assert node.reports.count("callbacks_exhausted") == 1


def test_a_memory_error_is_no_ordinary_exception() -> None:
    with talk("class App:\n    def run(self): raise MemoryError\n") as node, pytest.raises(NodeGone):
        node.call("run")


@pytest.mark.parametrize(
    ("expression", "hint"),
    [("{1, 2}", "sorted"), ("object()", "object"), ("float('nan')", "NaN"), ("10 ** 30", "63"), ("{1: 2}", "keys"),
     ("'\\ud800'", "surrogate"), ("b'x'", "bytes")],
)  # fmt: skip
def test_a_value_that_cannot_cross_is_an_exception_of_the_operation(expression: str, hint: str) -> None:
    with talk(f"class App:\n    def run(self): return {expression}\n") as node:
        raised = node.call("run")
        assert isinstance(raised, Raise)
        assert raised.classes[:2] == ["NotPlain", "TypeError"]
        assert hint in raised.text


def test_values_that_are_nearly_json_arrive_as_json() -> None:
    body = """
        class Colour(enum.Enum): RED = "red"
        class Size(enum.IntEnum): BIG = 3
        Point = collections.namedtuple("Point", "x y")
        return [(1, 2), Point(3, 4), Colour.RED, Size.BIG, collections.OrderedDict(a=1), {Colour.RED: True}]
    """
    assert value_of(body) == [[1, 2], [3, 4], "red", 3, {"a": 1}, {"red": True}]


def test_a_dependency_is_called_answered_failed_and_abandoned() -> None:
    source = """
    import asyncio
    from graders.player import errors
    class App:
        async def use(self, operation): return await operation("more")
        async def guard(self, operation):
            try: return await operation()
            except errors.CallTimeout as error: return ["timeout", isinstance(error, TimeoutError), str(error)]
    """
    handed = {"$call": ["db", ["first"]]}
    with talk(source) as node:
        assert node.step(Invoke(5, 0, "use", [handed])) == [Call(1, "db", ["first", "more"])]
        assert node.step(Result(1, {"row": 1})) == [Reply(5, {"row": 1})]
        node.step(Invoke(6, 0, "guard", [handed]))
        assert node.step(Error(2, "CallTimeout", "late")) == [Reply(6, ["timeout", True, "late"])]
        node.step(Invoke(7, 0, "use", [handed]))
        assert node.step(Cancel(7)) == [Abandon(3), Cancelled(7)]
        assert node.step(Result(3, None), Result(99, None)) == []


def test_an_operation_cancelled_before_it_ran_still_ends() -> None:
    with talk("class App:\n    async def run(self): pass\n") as node:
        assert node.step(Invoke(5, 0, "run"), Cancel(5)) == [Cancelled(5)]
        assert node.step(Cancel(5)) == []


def test_a_listener_is_told_and_may_raise() -> None:
    source = "class App:\n    def run(self, tell): tell('a', (1, 2)); return 'told'\n"
    with talk(source) as node:
        node.step(
            Invoke(5, 0, "run", [{"$notify": "changes"}]), Invoke(6, 0, "run", [{"$notify": ["bad", "NotFound"]}])
        )
        assert node.of(Notify) == [Notify("changes", ["a", [1, 2]]), Notify("bad", ["a", [1, 2]])]
        assert node.of(Raise)[0].classes[0] == "NotFound"


def test_an_exception_carries_its_classes_attributes_and_the_student_s_lines() -> None:
    source = """
    class Open(RuntimeError):
        def __init__(self):
            super().__init__("is open")
            self.retry_after_ms, self._secret, self.data = 50, 1, []
    class App:
        async def run(self): raise Open
    """
    with talk(source) as node:
        raised = node.call("run")
        assert raised.classes == ["Open", "RuntimeError", "Exception", "BaseException"]
        assert raised.text == "is open"
        assert raised.attributes == {"retry_after_ms": 50}
        assert raised.traceback.startswith('  File "app.py", line 7, in run')


def test_an_exception_whose_text_raises_does_no_harm() -> None:
    source = "class Odd(Exception):\n    def __str__(self): raise KeyError\nclass App:\n    def run(self): raise Odd\n"
    with talk(source) as node:
        assert node.call("run").text == "<KeyError in __str__>"


@pytest.mark.parametrize("error", ["SystemExit(3)", "KeyboardInterrupt", "BaseException('x')"])
def test_leaving_by_a_base_exception_ends_the_operation_and_not_the_node(error: str) -> None:
    with talk(f"class App:\n    async def run(self): raise {error}\n    def ok(self): return 1\n") as node:
        assert isinstance(node.call("run"), Raise)
        assert node.call("ok") == 1


def test_a_missing_method_is_told_from_an_attribute_error_inside() -> None:
    with talk("class App:\n    def run(self): return self.nothing\n") as node:
        assert node.call("walk").classes[0] == "MethodMissing"
        assert node.call("run").classes[0] == "AttributeError"
