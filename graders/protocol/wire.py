"""Messages as arrays, and back, with every field of what a node wrote checked.

A node is untrusted: `answer_from_wire` accepts nothing whose shape is not exactly that of a message, so that the
judge can use the fields without looking again. The judge is trusted: a node takes its questions by the same table and
looks at no field. What is *possible* but not *sensible* (a reply to a question never asked) is
the simulation's to refuse: only it knows what was asked.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, fields
from operator import attrgetter
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
    Compile,
    Compiled,
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

ANY: Final = None
"""In a shape: a field that may hold any JSON value."""

_Shape: TypeAlias = tuple[type[Any], tuple[type[Any] | None, ...]]

_EVENTS: Final[dict[str, _Shape]] = {
    "construct": (Construct, (int, int, dict)),
    "invoke": (Invoke, (int, int, str, list, dict)),
    "get": (Get, (int, int, str)),
    "cancel": (Cancel, (int,)),
    "result": (Result, (int, ANY)),
    "error": (Error, (int, str, str)),
    "message": (Message, (str, ANY)),
    "request": (Request, (int, ANY)),
    "clock": (Clock, (int,)),
}
_EFFECTS: Final[dict[str, _Shape]] = {
    "reply": (Reply, (int, ANY)),
    "raise": (Raise, (int, list, str, dict, str)),
    "cancelled": (Cancelled, (int,)),
    "call": (Call, (int, str, list)),
    "abandon": (Abandon, (int,)),
    "notify": (Notify, (str, list)),
    "send": (Send, (str, ANY)),
    "publish": (Publish, (str, ANY)),
    "log": (Log, (str, str)),
    "report": (Report, (str, str)),
    "at": (At, (int,)),
}


def _is_scalars(value: dict[str, Any]) -> bool:
    return not any(isinstance(item, list | dict) for item in value.values())


def _is_names(value: list[Any]) -> bool:
    return all(type(name) is str for name in value)


_MORE: Final[dict[type[Any], Callable[[Any], bool]]] = {
    Raise: lambda item: bool(item.classes) and _is_names(item.classes) and _is_scalars(item.attributes),
    Log: lambda item: item.stream in STREAMS,
    Report: lambda item: item.kind in REPORT_KINDS,
}
"""What must hold of an effect beyond the types of its fields."""


_Writer: TypeAlias = Callable[[Any], tuple[Any, ...]]


def _writer(word: str, cls: type[Any]) -> _Writer:
    """Reads all fields in one call of C, since this runs for every event and effect of every schedule."""
    names = [item.name for item in fields(cls)]
    get = attrgetter(*names)
    if len(names) == 1:
        return lambda item: (word, get(item))
    return lambda item: (word, *get(item))


WRITERS: Final[dict[type[Any], _Writer]] = {
    shape[0]: _writer(word, shape[0]) for shapes in (_EVENTS, _EFFECTS) for word, shape in shapes.items()
}
"""The array of an event or effect, by its class: its word, then its fields in the order of the class."""


def _items_from_wire(values: Any, shapes: dict[str, _Shape]) -> list[Any]:
    if type(values) is not list:
        raise ProtocolError("bad_shape", "the items are not an array")
    return [_item_from_wire(value, shapes) for value in values]


def _item_from_wire(value: Any, shapes: dict[str, _Shape]) -> Any:
    if type(value) is not list or not value or type(value[0]) is not str:
        raise ProtocolError("bad_shape", "an item is not an array that starts with a word")
    shape = shapes.get(value[0])
    if shape is None:
        raise ProtocolError("bad_shape", f"the word {value[0]!r} is not known")
    cls, types = shape
    arguments = value[1:]
    if len(arguments) != len(types):
        raise ProtocolError("bad_shape", f"{value[0]!r} has {len(arguments)} fields, not {len(types)}")
    for expected, argument in zip(types, arguments):  # noqa: B905 - the lengths were compared just now
        if expected is not None and type(argument) is not expected:
            raise ProtocolError("bad_shape", f"a field of {value[0]!r} has the wrong type")
    item = cls(*arguments)
    more = _MORE.get(cls)
    if more is not None and not more(item):
        raise ProtocolError("bad_shape", f"a field of {value[0]!r} has a value that no node writes")
    return item


def _is_int(value: Any) -> bool:
    return type(value) is int and value >= 0


def question_to_wire(question: Question) -> list[Any]:
    """What the judge writes on a node's channel."""
    if type(question) is Step:
        return ["step", question.at_ns, [WRITERS[type(event)](event) for event in question.events]]
    if isinstance(question, Compile):
        return ["compile", question.files]
    return ["start", asdict(question)]


def question_from_wire(value: Any) -> Question:
    """What a node has read from its channel; raises `ProtocolError`."""
    if type(value) is list and len(value) == 3 and value[0] == "step" and _is_int(value[1]):
        return Step(value[1], [_event(item) for item in value[2]])
    if type(value) is list and len(value) == 2 and value[0] == "start" and type(value[1]) is dict:
        return _start_from_wire(value[1])
    if type(value) is list and len(value) == 2 and value[0] == "compile" and type(value[1]) is dict:
        return Compile(value[1])
    raise ProtocolError("bad_shape", "neither a compile, a start nor a step")


def _event(value: Any) -> Any:
    try:
        return _EVENTS[value[0]][0](*value[1:])
    except (TypeError, LookupError):
        raise ProtocolError("bad_shape", "an event is not an array that starts with a known word") from None


def _start_from_wire(record: dict[str, Any]) -> Start:
    try:
        return Start(**{**record, "modules_allowed": tuple(record.get("modules_allowed", ()))})
    except TypeError as error:
        raise ProtocolError("bad_shape", str(error)) from None


def answer_to_wire(answer: Answer) -> list[Any]:
    """What a node writes on its channel."""
    if type(answer) is Effects:
        return [
            "effects",
            answer.deadline_ns,
            answer.callbacks,
            [WRITERS[type(effect)](effect) for effect in answer.effects],
        ]
    if isinstance(answer, Started):
        return ["started"]
    if isinstance(answer, Failed):
        return ["failed", answer.kind, answer.type, answer.text, answer.traceback]
    if isinstance(answer, Compiled):
        return ["compiled", answer.code]
    assert isinstance(answer, Gone)
    return ["gone", answer.kind, answer.detail]


def answer_from_wire(value: Any) -> Answer:
    """What the judge has read from a node's channel; raises `ProtocolError` for anything that is not an answer."""
    if type(value) is list and value:
        word, size = value[0], len(value)
        if word == "effects" and size == 4:
            deadline, callbacks = value[1], value[2]
            if (deadline is None or _is_int(deadline)) and _is_int(callbacks):
                return Effects(deadline, callbacks, _items_from_wire(value[3], _EFFECTS))
        elif word == "started" and size == 1:
            return Started()
        elif word == "failed" and size == 5 and _is_names(value) and value[1] in FAILED_KINDS:
            return Failed(*value[1:])
        elif word == "compiled" and size == 2 and type(value[1]) is dict and _is_names(list(value[1].values())):
            return Compiled(value[1])
        elif word == "gone" and size == 3 and _is_names(value) and value[1] in GONE_KINDS:
            return Gone(*value[1:])
    raise ProtocolError("bad_shape", "no such answer")
