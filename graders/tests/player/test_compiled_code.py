"""One node compiles for all of a run: the same program, the same errors, and nothing believed."""

from __future__ import annotations

import base64
import marshal
from collections.abc import Iterator

import pytest

from graders.player.host import PlayerHost
from graders.protocol.messages import Compile, Compiled, Construct, Effects, Failed, Get, Start, Started, Step
from graders.protocol.wire import answer_from_wire, answer_to_wire, question_from_wire, question_to_wire
from graders.sandbox.inprocess import InProcessHost

FILES = {"thing.py": "import helper\n\n\nclass Thing:\n    size = helper.SIZE\n", "helper.py": "SIZE = 3\n"}


@pytest.fixture(autouse=True)
def _in_this_process() -> Iterator[None]:
    """What a node does to its process (clock, loop, modules) is undone after the test."""
    with InProcessHost():
        yield


def _compiled(files: dict[str, str]) -> dict[str, str]:
    answer = PlayerHost().answer(Compile(files))
    assert isinstance(answer, Compiled)
    return answer.code


def _start(files: dict[str, str], code: dict[str, str]) -> Start:
    return Start("n1", 0, 7, files, "thing:Thing", code=code)


def _size(player: PlayerHost) -> object:
    answer = player.answer(Step(0, [Construct(1, 0, {}), Get(2, 0, "size")]))
    assert isinstance(answer, Effects)
    return getattr(answer.effects[-1], "value", answer.effects)


def test_a_node_runs_the_code_that_it_is_given() -> None:
    player = PlayerHost()
    assert player.answer(_start(FILES, _compiled(FILES))) == Started()
    assert _size(player) == 3


def test_the_code_and_not_the_source_is_what_runs() -> None:
    """Otherwise handing it out would spare nothing."""
    other = _compiled({"helper.py": "SIZE = 4\n"})
    player = PlayerHost()
    assert player.answer(_start(FILES, other)) == Started()
    assert _size(player) == 4


@pytest.mark.parametrize(
    "packed",
    ["", "%%%", base64.b64encode(b"junk").decode(), base64.b64encode(marshal.dumps([1])).decode()],
    ids=["empty", "no base64", "no marshal", "no code"],
)
def test_what_is_no_code_is_compiled_again(packed: str) -> None:
    player = PlayerHost()
    assert player.answer(_start(FILES, {"thing.py": packed, "helper.py": packed})) == Started()
    assert _size(player) == 3


def test_a_file_that_does_not_parse_is_left_out_and_named_at_the_start() -> None:
    files = {"thing.py": "class Thing(:\n", "helper.py": "SIZE = 3\n"}
    code = _compiled(files)
    assert list(code) == ["helper.py"]
    answer = PlayerHost().answer(_start(files, code))
    assert isinstance(answer, Failed)
    assert answer.kind == "syntax_error"
    assert "thing.py" in answer.traceback


def test_question_and_answer_keep_their_shape_on_the_wire() -> None:
    question, answer = Compile(FILES), Compiled({"thing.py": "aGk="})
    assert question_from_wire(question_to_wire(question)) == question
    assert answer_from_wire(answer_to_wire(answer)) == answer
