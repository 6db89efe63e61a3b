"""Messages as arrays, and back, with every field of what a node wrote checked.

A node is untrusted: `answer_from_wire` accepts nothing whose shape is not exactly that of a message, so that the
judge can use the fields without looking again. The judge is trusted, but the same table reads its questions, since
one table is less to get wrong than two. What is *possible* but not *sensible* (a reply to a question never asked) is
the simulation's to refuse: only it knows what was asked.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, fields
from typing import Any, Final, TypeAlias

from graders.protocol.errors import ProtocolError
from graders.protocol.messages import (
    FAILED_KINDS,
    GONE_KINDS,
    REPORT_KINDS,
    STREAMS,
    Abandon,
    Answer,
    At,
    Call,
    Cancel,
    Cancelled,
    Clock,
    Construct,
    Effect,
    Effects,
    Error,
    Event,
    Failed,
    Get,
    Gone,
    Invoke,
    Log,
    Message,
    Notify,
    Publish,
    Question,
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

Check: TypeAlias = Callable[[Any], bool]


def _is_any(_value: Any) -> bool:
    return True


def _is_int(value: Any) -> bool:
    return type(value) is int and value >= 0


def _is_signed(value: Any) -> bool:
    return type(value) is int


def _is_str(value: Any) -> bool:
    return type(value) is str


def _is_list(value: Any) -> bool:
    return type(value) is list


def _is_dict(value: Any) -> bool:
    return type(value) is dict


def _is_names(value: Any) -> bool:
    return type(value) is list and all(type(name) is str for name in value)


def _is_scalars(value: Any) -> bool:
    return type(value) is dict and not any(isinstance(item, list | dict) for item in value.values())


def _one_of(words: tuple[str, ...]) -> Check:
    return lambda value: type(value) is str and value in words


_Shape: TypeAlias = tuple[type[Any], tuple[Check, ...]]

_EVENTS: Final[dict[str, _Shape]] = {
    "construct": (Construct, (_is_int, _is_int, _is_dict)),
    "invoke": (Invoke, (_is_int, _is_int, _is_str, _is_list, _is_dict)),
    "get": (Get, (_is_int, _is_int, _is_str)),
    "cancel": (Cancel, (_is_int,)),
    "result": (Result, (_is_int, _is_any)),
    "error": (Error, (_is_int, _is_str, _is_str)),
    "message": (Message, (_is_str, _is_any)),
    "request": (Request, (_is_int, _is_any)),
    "clock": (Clock, (_is_signed,)),
}
_EFFECTS: Final[dict[str, _Shape]] = {
    "reply": (Reply, (_is_int, _is_any)),
    "raise": (Raise, (_is_int, _is_names, _is_str, _is_scalars, _is_str)),
    "cancelled": (Cancelled, (_is_int,)),
    "call": (Call, (_is_int, _is_str, _is_list)),
    "abandon": (Abandon, (_is_int,)),
    "notify": (Notify, (_is_str, _is_list)),
    "send": (Send, (_is_str, _is_any)),
    "publish": (Publish, (_is_str, _is_any)),
    "log": (Log, (_one_of(STREAMS), _is_str)),
    "report": (Report, (_one_of(REPORT_KINDS), _is_str)),
    "at": (At, (_is_int,)),
}


def _writers(shapes: dict[str, _Shape]) -> dict[type[Any], tuple[str, tuple[str, ...]]]:
    return {shape[0]: (word, tuple(item.name for item in fields(shape[0]))) for word, shape in shapes.items()}


_WRITERS: Final = {**_writers(_EVENTS), **_writers(_EFFECTS)}


def item_to_wire(item: Event | Effect) -> list[Any]:
    """The array of one event or effect: its word, then its fields in the order of the class."""
    word, names = _WRITERS[type(item)]
    return [word, *[getattr(item, name) for name in names]]


def _item_from_wire(value: Any, shapes: dict[str, _Shape]) -> Any:
    if type(value) is not list or not value or type(value[0]) is not str or value[0] not in shapes:
        raise ProtocolError("bad_shape", "an item is not an array that starts with a known word")
    kind, checks = shapes[value[0]]
    if len(value) != len(checks) + 1:
        raise ProtocolError("bad_shape", f"{value[0]!r} has {len(value) - 1} fields, not {len(checks)}")
    arguments = value[1:]
    for check, argument in zip(checks, arguments, strict=True):
        if not check(argument):
            raise ProtocolError("bad_shape", f"a field of {value[0]!r} has the wrong type")
    return kind(*arguments)


def _items_from_wire(values: Any, shapes: dict[str, _Shape]) -> list[Any]:
    if type(values) is not list:
        raise ProtocolError("bad_shape", "the items are not an array")
    return [_item_from_wire(value, shapes) for value in values]


def question_to_wire(question: Question) -> list[Any]:
    """What the judge writes on a node's channel."""
    if type(question) is Step:
        return ["step", question.at_ns, [item_to_wire(event) for event in question.events]]
    return ["start", asdict(question)]


def question_from_wire(value: Any) -> Question:
    """What a node has read from its channel; raises `ProtocolError`."""
    if type(value) is list and len(value) == 3 and value[0] == "step" and _is_int(value[1]):
        return Step(value[1], _items_from_wire(value[2], _EVENTS))
    if type(value) is list and len(value) == 2 and value[0] == "start" and type(value[1]) is dict:
        return _start_from_wire(value[1])
    raise ProtocolError("bad_shape", "neither a start nor a step")


def _start_from_wire(record: dict[str, Any]) -> Start:
    try:
        return Start(**{**record, "modules_allowed": tuple(record.get("modules_allowed", ()))})
    except TypeError as error:
        raise ProtocolError("bad_shape", str(error)) from None


def answer_to_wire(answer: Answer) -> list[Any]:
    """What a node writes on its channel."""
    if type(answer) is Effects:
        return ["effects", answer.deadline_ns, answer.callbacks, [item_to_wire(effect) for effect in answer.effects]]
    if isinstance(answer, Started):
        return ["started"]
    if isinstance(answer, Failed):
        return ["failed", answer.kind, answer.type, answer.text, answer.traceback]
    assert isinstance(answer, Gone)
    return ["gone", answer.kind, answer.detail]


def answer_from_wire(value: Any) -> Answer:
    """What the judge has read from a node's channel; raises `ProtocolError` for anything that is not an answer."""
    if type(value) is not list or not value:
        raise ProtocolError("bad_shape", "an answer is an array that starts with a word")
    word, *rest = value
    if word == "effects" and len(rest) == 3:
        deadline, callbacks, effects = rest
        if (deadline is None or _is_int(deadline)) and _is_int(callbacks):
            return Effects(deadline, callbacks, _items_from_wire(effects, _EFFECTS))
    elif word == "started" and not rest:
        return Started()
    elif word == "failed" and len(rest) == 4 and _is_names(rest) and rest[0] in FAILED_KINDS:
        return Failed(*rest)
    elif word == "gone" and len(rest) == 2 and _is_names(rest) and rest[0] in GONE_KINDS:
        return Gone(*rest)
    raise ProtocolError("bad_shape", "no such answer")
