"""Length-prefixed JSON with hard limits.

A frame is a 4-byte big-endian length and that many bytes of UTF-8 JSON. Python's own parser takes more than JSON: NaN
and Infinity, duplicate keys (the last wins in silence), integers of any length (quadratic time before 3.12,
ValueError after) and nesting up to the recursion limit. A student's process writes these bytes, so each of them is
refused here with a reason instead of surfacing as some other exception in the judge.
"""

from __future__ import annotations

import json
import re
import socket
import struct
from collections.abc import Callable
from typing import Any, Final, TypeAlias

from graders.protocol.errors import ProtocolError

FRAME_BYTES_MAX: Final = 1 << 20
"""A frame from a node: one step's effects. Larger is an output flood."""

JOB_BYTES_MAX: Final = 16 << 20
"""A frame between trusted processes (platform and judge): sources, verdicts, traces."""

INTEGER_BITS_MAX: Final = 63
_INTEGER_DIGITS_MAX: Final = 20
_RECEIVE_BYTES: Final = 4_096
"""Most frames are shorter, and a larger buffer costs more to make than they do to read."""

_LENGTH: Final = struct.Struct(">I")


def _integer(digits: str) -> int:
    if len(digits) > _INTEGER_DIGITS_MAX:
        raise ProtocolError("bad_number", f"an integer of {len(digits)} digits")
    value = int(digits)
    if value.bit_length() > INTEGER_BITS_MAX:
        raise ProtocolError("bad_number", "an integer of more than 63 bits")
    return value


def _float(digits: str) -> float:
    value = float(digits)
    if value - value != 0.0:  # an overflow to infinity, as in 1e999
        raise ProtocolError("bad_number", "a number beyond the range of a double")
    return value


def _constant(name: str) -> Any:
    raise ProtocolError("bad_number", f"{name} is not JSON")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(pairs)
    if len(result) != len(pairs):
        raise ProtocolError("duplicate_key", "an object names one key twice")
    return result


_decoder = json.JSONDecoder(
    parse_int=_integer, parse_float=_float, parse_constant=_constant, object_pairs_hook=_object, strict=True
)
_plain_decoder = json.JSONDecoder(parse_float=_float, parse_constant=_constant, object_pairs_hook=_object, strict=True)
_Scan: TypeAlias = Callable[[str, int], tuple[Any, int]]
_scan_long_numbers: Final[_Scan] = _decoder.scan_once  # type: ignore[attr-defined]  # unknown to typeshed
_scan: Final[_Scan] = _plain_decoder.scan_once  # type: ignore[attr-defined]  # as above
"""For a payload without a long run of digits: its integers need no function of ours, which doubles the speed."""

_LONG_NUMBER: Final = re.compile(rb"\d{19}")

_encoder = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":"), check_circular=False)


def decode(payload: bytes) -> Any:
    """The JSON value of a frame's payload; raises `ProtocolError`."""
    try:
        text = payload.decode("utf-8")
        scan = _scan_long_numbers if _LONG_NUMBER.search(payload) else _scan
        value, end = scan(text, 0)
    except ProtocolError:
        raise
    except StopIteration:
        raise ProtocolError("not_json", "no value") from None
    except RecursionError:
        raise ProtocolError("too_deep", "nested too deeply") from None
    except (ValueError, UnicodeDecodeError) as error:
        raise ProtocolError("not_json", str(error)) from None
    if end != len(text):
        raise ProtocolError("not_json", "bytes after the value")
    if b"\\u" in payload:
        _refuse_surrogates(value)
    return value


def _refuse_surrogates(value: Any) -> None:
    """An escape may spell half of a surrogate pair: a str that no encoder takes, so the judge would die of it later."""
    try:
        to_text(value).encode("utf-8")
    except (ValueError, RecursionError):
        raise ProtocolError("not_json", "half of a surrogate pair") from None


def _fast_encoder() -> Callable[[Any], str]:
    """`JSONEncoder.encode` builds a C encoder at every call; frames are small, and that is a third of the cost."""
    make: Any = getattr(json.encoder, "c_make_encoder", None)
    if make is None:
        return _encoder.encode
    text = json.encoder.encode_basestring
    chunks = make(None, _encoder.default, text, None, ":", ",", False, False, False)
    join = "".join
    return lambda value: join(chunks(value, 0))


to_text: Final = _fast_encoder()
"""A JSON value as text, compact, without a limit; raises what `json` raises."""


def encode(value: Any, *, bytes_max: int = FRAME_BYTES_MAX) -> bytes:
    """The whole frame (length and payload) of a JSON value; raises `ProtocolError` if it is none or too long."""
    try:
        payload = to_text(value).encode("utf-8")
    except RecursionError:
        raise ProtocolError("too_deep", "nested too deeply") from None
    except (TypeError, ValueError) as error:
        raise ProtocolError("not_json", str(error)) from None
    if len(payload) > bytes_max:
        raise ProtocolError("too_long", f"a frame of {len(payload)} bytes; the limit is {bytes_max}")
    return _LENGTH.pack(len(payload)) + payload


def canonical(value: Any) -> bytes:
    """One byte string a value: sorted keys, no spaces, UTF-8. What hashes are taken of."""
    text = json.dumps(value, ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":"))
    return text.encode("utf-8")


def send(channel: socket.socket, value: Any, *, bytes_max: int = FRAME_BYTES_MAX) -> None:
    """Write one frame. Blocks as the socket does; `OSError` if the other side is gone."""
    channel.sendall(encode(value, bytes_max=bytes_max))


def receive(channel: socket.socket, *, bytes_max: int = FRAME_BYTES_MAX) -> Any:
    """Read one frame. `EOFError` if the other side closed between frames; `TimeoutError` as the socket's timeout says.

    The timeout is one of the socket's: it starts again with each piece of a frame. A reader that must not be held up by
    a sender of single bytes reads pieces itself and hands the payload to `decode`.

    One `recv` usually brings the whole frame: request and response alternate, so there is never a second one behind it,
    and bytes that follow a frame without being asked for are a protocol error.
    """
    data = channel.recv(_RECEIVE_BYTES)
    if not data:
        raise EOFError("closed")
    while len(data) < _LENGTH.size:
        data += _more(channel, _LENGTH.size - len(data))
    (length,) = _LENGTH.unpack_from(data)
    if length > bytes_max:
        raise ProtocolError("too_long", f"a frame of {length} bytes; the limit is {bytes_max}")
    missing = _LENGTH.size + length - len(data)
    if missing < 0:
        raise ProtocolError("bad_shape", "bytes that nobody asked for")
    if missing:
        data += _exactly(channel, missing)
    return decode(data[_LENGTH.size :])


def _more(channel: socket.socket, size: int) -> bytes:
    data = channel.recv(size)
    if not data:
        raise ProtocolError("truncated", "closed in the middle of a frame")
    return data


def _exactly(channel: socket.socket, size: int) -> bytes:
    parts = bytearray()
    while len(parts) < size:
        parts += _more(channel, min(size - len(parts), 65_536))
    return bytes(parts)
