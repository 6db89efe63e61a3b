"""An exception of the student's code, as data.

Formatting by `traceback` costs fifty microseconds and reads files; a circuit breaker's life is exceptions, so the
lines are made by hand from the frames that lie in the student's own files.
"""

from __future__ import annotations

import linecache
from typing import Any, Final

from graders.protocol.messages import Raise

TEXT_CHARS_MAX: Final = 2_000
FRAMES_MAX: Final = 20
ATTRIBUTES_MAX: Final = 20


def describe(number: int, error: BaseException, file_names: tuple[str, ...]) -> Raise:
    """The effect that says that operation `number` raised `error`."""
    classes = [cls.__name__ for cls in type(error).__mro__[:-1]]
    return Raise(number, classes, text_of(error), _attributes(error), traceback_of(error, file_names))


def text_of(error: BaseException) -> str:
    """`str(error)`, bounded; the student's own `__str__` may raise."""
    try:
        text = str(error)
    except Exception as second:  # noqa: BLE001 - see above
        text = f"<{type(second).__name__} in __str__>"
    return clean(text[:TEXT_CHARS_MAX])


def clean(text: str) -> str:
    """Text that UTF-8 can carry."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode("utf-8")


def _attributes(error: BaseException) -> dict[str, Any]:
    """Public attributes that are JSON scalars, in the order in which they were set."""
    result: dict[str, Any] = {}
    for name, value in getattr(error, "__dict__", {}).items():
        if len(result) == ATTRIBUTES_MAX:
            break
        if name.startswith("_") or not isinstance(name, str):
            continue
        kind = type(value)
        if (
            value is None
            or kind is bool
            or (kind is int and value.bit_length() <= 63)
            or (kind is float and value - value == 0.0)
            or (kind is str and len(value) <= TEXT_CHARS_MAX)
        ):
            result[clean(name)] = clean(value) if kind is str else value
    return result


def traceback_of(error: BaseException, file_names: tuple[str, ...]) -> str:
    """The frames in the student's files, innermost last, then the exception:

    for the run record, never for the verdict.
    """
    lines = []
    trace = error.__traceback__
    while trace is not None:
        code = trace.tb_frame.f_code
        if code.co_filename in file_names:
            lines.append(f'  File "{code.co_filename}", line {trace.tb_lineno}, in {code.co_name}')
            source = linecache.cache.get(code.co_filename)
            if source is not None and len(source) == 4 and 0 < trace.tb_lineno <= len(source[2]):
                lines.append(f"    {source[2][trace.tb_lineno - 1].strip()}")
        trace = trace.tb_next
    if isinstance(error, SyntaxError) and error.filename in file_names:
        lines.append(f'  File "{error.filename}", line {error.lineno}')
        lines.append(f"    {(error.text or '').strip()}")
    lines = lines[-2 * FRAMES_MAX :]
    return clean("\n".join([*lines, f"{type(error).__name__}: {text_of(error)}"]))
