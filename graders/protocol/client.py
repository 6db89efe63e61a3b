"""The asking side of a judge's server: one connection, one job, progress as it comes, one outcome.

`frames.receive` expects one frame at a time, because a node answers only when it is asked. A judge tells its progress
unasked, so several frames may have arrived at once; here they are cut from a buffer.
"""

from __future__ import annotations

import select
import socket
import struct
import time
from typing import Any, Final

from graders.protocol import frames
from graders.protocol.errors import ProtocolError
from graders.protocol.jobs import Job, Outcome, Progress

_LENGTH: Final = struct.Struct(">I")
SEND_S: Final = 5.0


class JobConnection:
    """One job on one connected stream socket, which this object closes. Not for several threads at once."""

    def __init__(self, channel: socket.socket) -> None:
        self._channel = channel
        self._buffer = bytearray()

    def ask(self, job: Job) -> None:
        """Send the job; raises `OSError` if the server is gone and `ProtocolError` if the job is too large."""
        self._channel.settimeout(SEND_S)
        frames.send(self._channel, job.to_json(), bytes_max=frames.JOB_BYTES_MAX)

    def receive(self, until_s: float) -> Progress | Outcome:
        """The next thing the server says.

        `until_s` is on the monotonic clock. Raises `TimeoutError` when it has passed, `EOFError` when the server
        closed, `ProtocolError` when it spoke nonsense, and `OSError` when the connection broke.
        """
        (length,) = _LENGTH.unpack(self._take(_LENGTH.size, until_s))
        if length > frames.JOB_BYTES_MAX:
            raise ProtocolError("too_long", f"a frame of {length} bytes")
        message: Any = frames.decode(self._take(length, until_s))
        if not isinstance(message, dict):
            raise ProtocolError("bad_shape", "a message that is no object")
        return Outcome.from_json(message) if "verdict" in message else Progress.from_json(message)

    def abandon(self) -> None:
        """Give up, from any thread: the server sees the closed connection and takes the run's sandbox down."""
        try:
            self._channel.shutdown(socket.SHUT_RDWR)
        except OSError:
            return

    def close(self) -> None:
        self._channel.close()

    def _take(self, size: int, until_s: float) -> bytes:
        while len(self._buffer) < size:
            readable, _, _ = select.select([self._channel], [], [], max(0.0, until_s - time.monotonic()))
            if not readable:
                raise TimeoutError("the judge said nothing in time")
            data = self._channel.recv(65_536)
            if not data:
                raise EOFError("the judge closed the connection")
            self._buffer += data
        taken = bytes(self._buffer[:size])
        del self._buffer[:size]
        return taken
