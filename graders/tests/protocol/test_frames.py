"""Frames: what is JSON passes, whatever else Python's parser would take is refused with a reason."""

from __future__ import annotations

import socket
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graders.protocol import frames
from graders.protocol.errors import ProtocolError

JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**62), 2**62) | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner, max_size=4)
    | st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), inner, max_size=4),
    max_leaves=12,
)  # fmt: skip


@given(JSON)
def test_every_json_value_comes_back_as_it_was(value: object) -> None:
    assert frames.decode(frames.encode(value)[4:]) == value


@pytest.mark.parametrize(
    ("payload", "reason"),
    [
        (b"", "not_json"),
        (b"[1", "not_json"),
        (b"[1] ", "not_json"),
        (b" [1]", "not_json"),
        (b"[1][2]", "not_json"),
        (b"\xff\xfe", "not_json"),
        (b"NaN", "bad_number"),
        (b"[-Infinity]", "bad_number"),
        (b"1e999", "bad_number"),
        (b"9223372036854775808", "bad_number"),
        (b"-9223372036854775809", "bad_number"),
        (b"1" * 5_000, "bad_number"),
        (b'{"a":1,"a":2}', "duplicate_key"),
        (b"[" * 200_000, "too_deep"),
        (b'"\\ud800"', "not_json"),
        (b'{"\\udfff":1}', "not_json"),
        (b'"\n"', "not_json"),
    ],
)
def test_what_is_not_the_protocol_is_refused_with_its_reason(payload: bytes, reason: str) -> None:
    with pytest.raises(ProtocolError) as caught:
        frames.decode(payload)
    assert caught.value.reason == reason


def test_the_largest_integers_of_63_bits_pass() -> None:
    value = [2**63 - 1, -(2**63) + 1]
    assert frames.decode(frames.encode(value)[4:]) == value


def test_escaped_control_characters_and_pairs_pass() -> None:
    assert frames.decode(b'"\\u0000\\ud83d\\ude00"') == "\x00\U0001f600"


@pytest.mark.parametrize("value", [float("nan"), float("inf"), {1, 2}, object(), "\ud800"])
def test_what_is_not_json_is_not_sent(value: object) -> None:
    with pytest.raises(ProtocolError):
        frames.encode([value])


def test_a_frame_over_the_limit_is_not_sent() -> None:
    with pytest.raises(ProtocolError) as caught:
        frames.encode("x" * 100, bytes_max=50)
    assert caught.value.reason == "too_long"


def test_a_frame_larger_than_the_socket_s_buffer_arrives_whole() -> None:
    near, far = socket.socketpair()
    with near, far:
        near.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1 << 20)
        value = ["x" * 50_000]
        frames.send(near, value)
        assert frames.receive(far) == value


def test_a_length_over_the_limit_is_refused_before_anything_is_read() -> None:
    near, far = socket.socketpair()
    with near, far:
        near.sendall(struct.pack(">I", 1 << 30))
        with pytest.raises(ProtocolError) as caught:
            frames.receive(far)
        assert caught.value.reason == "too_long"


def test_bytes_that_nobody_asked_for_are_refused() -> None:
    near, far = socket.socketpair()
    with near, far:
        near.sendall(frames.encode([1]) + b"x")
        with pytest.raises(ProtocolError) as caught:
            frames.receive(far)
        assert caught.value.reason == "bad_shape"


def test_an_end_within_a_frame_is_truncated_and_an_end_between_frames_is_not() -> None:
    near, far = socket.socketpair()
    with far:
        near.sendall(frames.encode([1])[:-1])
        near.close()
        with pytest.raises(ProtocolError) as caught:
            frames.receive(far)
        assert caught.value.reason == "truncated"
    near, far = socket.socketpair()
    with far:
        near.close()
        with pytest.raises(EOFError):
            frames.receive(far)
