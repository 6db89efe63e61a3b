"""JobConnection: frames that arrive together or in drips, silence, nonsense, a server that goes away."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator

import pytest

from graders.protocol import ProtocolError, frames
from graders.protocol.client import JobConnection
from graders.protocol.jobs import Outcome, Progress

_PROGRESS = Progress("a_case", 0, 2, "running")
_OUTCOME = Outcome({"status": "pass"}, {"wall_ms": 1})


@pytest.fixture
def ends() -> Iterator[tuple[JobConnection, socket.socket]]:
    ours, theirs = socket.socketpair()
    connection = JobConnection(ours)
    with theirs:
        yield connection, theirs
    connection.close()


def _soon() -> float:
    return time.monotonic() + 5


def test_frames_that_arrive_together_are_told_apart(ends: tuple[JobConnection, socket.socket]) -> None:
    connection, server = ends
    server.sendall(frames.encode(_PROGRESS.to_json()) + frames.encode(_OUTCOME.to_json()))
    assert connection.receive(_soon()) == _PROGRESS
    assert connection.receive(_soon()) == _OUTCOME


def test_a_frame_that_arrives_byte_by_byte_is_whole(ends: tuple[JobConnection, socket.socket]) -> None:
    connection, server = ends

    def drip() -> None:
        for byte in frames.encode(_PROGRESS.to_json()):
            server.sendall(bytes([byte]))

    thread = threading.Thread(target=drip)
    thread.start()
    assert connection.receive(_soon()) == _PROGRESS
    thread.join()


def test_silence_is_a_time_out(ends: tuple[JobConnection, socket.socket]) -> None:
    connection, _ = ends
    with pytest.raises(TimeoutError):
        connection.receive(time.monotonic() + 0.01)


def test_a_server_that_goes_away_is_an_end_of_file(ends: tuple[JobConnection, socket.socket]) -> None:
    connection, server = ends
    server.sendall(b"\x00\x00")
    server.close()
    with pytest.raises(EOFError):
        connection.receive(_soon())


@pytest.mark.parametrize(
    ("said", "reason"),
    [(b"\xff\xff\xff\xff", "too_long"), (frames.encode([1]), "bad_shape"), (b"\0\0\0\1{", "not_json")],
)
def test_nonsense_is_named(ends: tuple[JobConnection, socket.socket], said: bytes, reason: str) -> None:
    connection, server = ends
    server.sendall(said)
    with pytest.raises(ProtocolError) as caught:
        connection.receive(_soon())
    assert caught.value.reason == reason


def test_abandoning_from_another_thread_ends_the_wait(ends: tuple[JobConnection, socket.socket]) -> None:
    connection, _ = ends
    threading.Timer(0.05, connection.abandon).start()
    with pytest.raises(EOFError):
        connection.receive(_soon())
