"""What may leave a node: plain JSON values, copied.

The in-process player passes objects and the process player passes bytes. Both pass what `plain` returns, so a component
that hands out its own list and changes it later behaves the same in both, and a value that JSON cannot carry is refused
in both with the same words.
"""

from __future__ import annotations

from enum import Enum
from typing import Any, Final

from graders.player.errors import NotPlain
from graders.protocol.frames import INTEGER_BITS_MAX
from graders.protocol.messages import Json

DEPTH_MAX: Final = 60
_INTEGER_MAX: Final = (1 << INTEGER_BITS_MAX) - 1


def plain(value: Any, depth: int = 0) -> Json:  # noqa: PLR0911 - one line a type, the commonest first
    """A copy made of None, bool, int, float, str, list and dict alone. An `Enum` member is its value, a tuple a list.

    Raises `NotPlain` for anything else: sets (they have no order), objects, NaN, integers beyond 63 bits.
    """
    kind = type(value)
    if value is None or kind is bool:
        return value
    if kind is str:
        return value if value.isascii() else _text(value)
    if kind is int:
        if -_INTEGER_MAX <= value <= _INTEGER_MAX:
            return value
        raise NotPlain("an int of more than 63 bits")
    if kind is float:
        return _number(value)
    if depth > DEPTH_MAX:
        raise NotPlain(f"a value nested deeper than {DEPTH_MAX}")
    if kind is list or kind is tuple:
        return [plain(item, depth + 1) for item in value]
    if kind is dict:
        depth += 1
        return {
            key if type(key) is str and key.isascii() else _key(key): plain(item, depth) for key, item in value.items()
        }
    return _other(value, depth)


def _text(value: str) -> str:
    try:
        value.encode("utf-8")
    except UnicodeEncodeError:
        raise NotPlain("a str with half of a surrogate pair") from None
    return value


def _number(value: float) -> float:
    if value - value != 0.0:
        raise NotPlain("NaN and infinity are no JSON numbers")
    return value


def _key(key: Any) -> str:
    if type(key) is str:
        return _text(key)
    if isinstance(key, Enum) and isinstance(key.value, str):
        return _text(key.value)
    raise NotPlain(f"a dict key of type {type(key).__name__}; JSON keys are str")


def _other(value: Any, depth: int) -> Json:
    if isinstance(value, Enum):
        return plain(value.value, depth + 1)
    bases: tuple[type[Any], ...] = (str, int, float, list, tuple, dict)
    for kind in bases:
        if isinstance(value, kind):
            return plain(kind(value), depth + 1)
    hint = "; a set has no order, use sorted()" if isinstance(value, set | frozenset) else ""
    raise NotPlain(f"a {type(value).__name__} is no JSON value{hint}")
