"""Messages on the wire: the way there and back, and what a node may not write."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

import pytest

from graders.protocol import frames, messages, wire
from graders.protocol.errors import ProtocolError
from graders.protocol.messages import (
    Abandon,
    At,
    Call,
    Cancel,
    Cancelled,
    Clock,
    Construct,
    Effects,
    Error,
    Failed,
    Get,
    Gone,
    Invoke,
    Log,
    Message,
    Notify,
    Publish,
    Raise,
    Reply,
    Report,
    Request,
    Result,
    Send,
    Start,
    Started,
    Step,
)

EVENTS: list[messages.Event] = [
    Construct(1, 0, {"size": 3}),
    Invoke(2, 0, "call", [1, {"$call": ["dep", []]}], {"retries": 2}),
    Get(3, 0, "state"),
    Cancel(2),
    Result(1, {"ok": True}),
    Error(2, "Unavailable", "down"),
    Message("n2", ["vote", 4]),
    Request(4, None),
    Clock(-5_000),
]
EFFECTS: list[messages.Effect] = [
    Reply(1, [1.5, "é", None]),
    Raise(2, ["KeyError", "Exception"], "text", {"code": 4, "hint": None}, "trace"),
    Cancelled(3),
    Call(1, "dep", ["x"]),
    Abandon(1),
    Notify("changes", ["open", "closed"]),
    Send("n2", {"term": 3}),
    Publish("role", "leader"),
    Log("stdout", "hello"),
    Report("blocked", "1 s"),
    At(77),
]
START = Start("n1", 2, 9, {"app.py": "x = 1"}, "app:App", ("asyncio",), 5, -6, 10, 20)


def _there_and_back(value: Any) -> Any:
    return frames.decode(frames.encode(value)[4:])


@pytest.mark.parametrize("question", [START, Step(4, EVENTS), Step(0)])
def test_a_question_survives_the_wire(question: Start | Step) -> None:
    assert wire.question_from_wire(_there_and_back(wire.question_to_wire(question))) == question


@pytest.mark.parametrize(
    "answer", [Started(), Failed("syntax_error", "SyntaxError", "t", "tb"), Effects(9, 3, EFFECTS), Effects(None, 0),
               Gone("output_limit", "much")],
)  # fmt: skip
def test_an_answer_survives_the_wire(answer: Any) -> None:
    assert wire.answer_from_wire(_there_and_back(wire.answer_to_wire(answer))) == answer


def test_every_event_and_effect_has_a_shape_of_as_many_fields() -> None:
    for shapes in (wire._EVENTS, wire._EFFECTS):
        for word, (cls, types) in shapes.items():
            assert len(fields(cls)) == len(types), word
    declared = [*messages.Event.__args__, *messages.Effect.__args__]
    assert sorted(item.__name__ for item in declared) == sorted(item.__name__ for item in wire.WRITERS)


@pytest.mark.parametrize(
    "value",
    [
        None,
        [],
        {"effects": []},
        ["effects"],
        ["effects", None, 0, [], 1],
        ["effects", "soon", 0, []],
        ["effects", -1, 0, []],
        ["effects", True, 0, []],
        ["effects", None, -1, []],
        ["effects", None, 0, {}],
        ["started", 1],
        ["compiled"],
        ["compiled", []],
        ["compiled", {"a.py": 1}],
        ["failed", "syntax_error", "T", "t", None],
        ["failed", "because", "T", "t", "tb"],
        ["gone", "exited", ""],
        ["verdict", "pass"],
    ],
)
def test_what_is_no_answer_is_refused(value: Any) -> None:
    with pytest.raises(ProtocolError) as caught:
        wire.answer_from_wire(value)
    assert caught.value.reason == "bad_shape"


@pytest.mark.parametrize(
    "effect",
    [
        "reply",
        [],
        [["reply"], 1, 2],
        ["praise", 1],
        ["reply", 1],
        ["reply", 1, 2, 3],
        ["reply", "1", 2],
        ["reply", True, 2],
        ["reply", 1.0, 2],
        ["raise", 1, [], "", {}, ""],
        ["raise", 1, ["A", 2], "", {}, ""],
        ["raise", 1, ["A"], "", {"x": []}, ""],
        ["call", 1, "dep", {}],
        ["send", None, {}],
        ["log", "fd3", "x"],
        ["report", "score", "100"],
        ["at", "now"],
        ["cancel", 1],
    ],
)
def test_an_effect_of_another_shape_is_refused(effect: Any) -> None:
    with pytest.raises(ProtocolError):
        wire.answer_from_wire(["effects", None, 0, [effect]])


@pytest.mark.parametrize(
    "value", [None, ["step"], ["step", 1, [["vote"]]], ["step", 1, [["reply", 1, 2]]], ["start", {}]]
)
def test_what_is_no_question_is_refused(value: Any) -> None:
    with pytest.raises(ProtocolError):
        wire.question_from_wire(value)
