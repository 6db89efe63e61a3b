"""What a student's file may import, how it is run, and what is said when it cannot be."""

from __future__ import annotations

import sys
from typing import Any

import pytest

from graders.protocol.messages import Failed, Raise, Started
from graders.sandbox.inprocess import InProcessHost
from graders.tests.support import Talk, talk


def _start(source: str, **options: Any) -> Any:
    with InProcessHost():
        return Talk(source, **options).started


def test_a_module_of_the_lab_s_list_and_the_students_own_files_come_in() -> None:
    files = {"helper.py": "import json\ndef double(x): return json.loads('2') * x\n"}
    source = (
        "import asyncio\nfrom helper import double\nfrom graders.player import errors\n"
        "class App:\n    def run(self): return double(4)\n"
    )
    with talk(source, files=files, modules_allowed=("asyncio", "json")) as node:
        assert node.call("run") == 8


@pytest.mark.parametrize(
    "line",
    ["import socket", "from os import path", "import asyncio, ssl", "import graders.sim",
     "import graders.protocol.frames", "from . import app",
     "import graders", "from graders.player import host", "import pip", "__import__('subprocess')",
     "import importlib; importlib.import_module('socket')"],
)  # fmt: skip
def test_anything_else_is_refused_with_the_lab_s_list(line: str) -> None:
    answer = _start(f"{line}\nclass App: pass\n", modules_allowed=("asyncio", "json"))
    if line == "from graders.player import host":
        assert isinstance(answer, Started)  # the same package; it holds nothing that matters, and is no boundary
        return
    assert isinstance(answer, Failed)
    assert answer.kind == "import_refused"
    assert answer.type == "ImportRefused"
    assert "asyncio" in answer.text
    assert "允许" in answer.text


def test_a_late_import_is_refused_where_it_stands() -> None:
    with talk("class App:\n    def run(self):\n        import socket\n", modules_allowed=("asyncio",)) as node:
        raised = node.call("run")
        assert isinstance(raised, Raise)
        assert raised.classes[:2] == ["ImportRefused", "Refused"]
        assert "ImportError" in raised.classes
        assert node.reports == ["refused"]


def test_what_a_standard_module_imports_for_itself_is_its_own_affair() -> None:
    source = (
        "import dataclasses\n@dataclasses.dataclass\nclass P:\n    x: int\n"
        "class App:\n    def run(self): return dataclasses.asdict(P(3))\n"
    )
    with talk(source, modules_allowed=("dataclasses",)) as node:
        assert node.call("run") == {"x": 3}


def test_dataclasses_with_postponed_annotations_find_their_module() -> None:
    source = (
        "from __future__ import annotations\nimport dataclasses, typing\n@dataclasses.dataclass\nclass P:\n"
        "    x: int\n    n: typing.ClassVar[int] = 1\nclass App:\n"
        "    def run(self): return [list(typing.get_type_hints(P)), len(dataclasses.fields(P))]\n"
    )
    with talk(source, modules_allowed=("dataclasses", "typing")) as node:
        assert node.call("run") == [["x", "n"], 1]


@pytest.mark.parametrize(
    ("source", "kind", "error"),
    [
        ("class App:\n  def run(self)\n    pass\n", "syntax_error", "SyntaxError"),
        ("x = '\x00'\n", "syntax_error", "SyntaxError"),
        ("(" * 10_000, "syntax_error", "SyntaxError"),
        ("# -*- coding: nothing -*-\nclass Ap: pass\n", "entry_point_missing", "AttributeError"),
        ("1 / 0\n", "import_error", "ZeroDivisionError"),
        ("raise SystemExit(0)\n", "import_error", "SystemExit"),
        ("def f(): f()\nf()\n", "import_error", "RecursionError"),
        ("raise MemoryError\n", "memory_limit", "MemoryError"),
        ("App = 3\n", "entry_point_missing", "AttributeError"),
    ],
)
def test_code_that_does_not_come_up_says_why(source: str, kind: str, error: str) -> None:
    answer = _start(source)
    assert isinstance(answer, Failed)
    assert (answer.kind, answer.type) == (kind, error)


def test_the_traceback_names_the_student_s_lines_and_no_others() -> None:
    answer = _start("def f(x):\n    return 1 / x\n\nf(0)\nclass App: pass\n")
    assert isinstance(answer, Failed)
    assert answer.traceback.splitlines() == [
        '  File "app.py", line 4, in <module>',
        "    f(0)",
        '  File "app.py", line 2, in f',
        "    return 1 / x",
        "ZeroDivisionError: division by zero",
    ]


def test_every_node_imports_the_code_anew() -> None:
    source = "seen = []\nclass App:\n    def run(self):\n        seen.append(1)\n        return len(seen)\n"
    with InProcessHost():
        one, two = Talk(source), Talk(source)
        one.construct()
        two.construct()
        assert [one.call("run"), one.call("run"), two.call("run")] == [1, 2, 1]


def test_a_student_s_file_does_not_stay_in_this_interpreter() -> None:
    before = dict(sys.modules)
    with talk("class App: pass\n"):
        assert "app" in sys.modules
    assert "app" not in sys.modules
    assert sys.modules.get("json") is before.get("json")


def test_a_file_named_like_a_standard_module_does_not_stand_in_for_it() -> None:
    files = {"queue.py": "value = 5\n"}
    source = "import queue, asyncio\nclass App:\n    def run(self): return queue.value\n"
    real = sys.modules["queue"]
    with talk(source, files=files, modules_allowed=("asyncio",)) as node:
        assert node.call("run") == 5
        assert sys.modules["queue"] is real


@pytest.mark.parametrize("name", ["open", "input", "breakpoint"])
def test_builtins_that_need_files_or_a_person_are_refused(name: str) -> None:
    with talk(f"class App:\n    def run(self): return {name}('x')\n") as node:
        raised = node.call("run")
        assert raised.classes[0] == "Refused"
        assert name in raised.text
