"""One node process, as the judge sees it: ask, wait within limits, and say why it is gone.

Whatever arrives here was written by a student's process, which may write anything at any time. So: one answer a
question, nothing before it is asked, nothing behind it, a deadline for the whole answer and not for each byte of it, a
limit on each frame and on all of them together, and a strict reading of what is in them.
"""

from __future__ import annotations

import os
import signal
import socket
import struct
import time
from collections.abc import Callable
from typing import Any, Final

from graders.player.zygote import EXIT_MEMORY
from graders.protocol import frames
from graders.protocol.errors import ProtocolError
from graders.protocol.messages import Answer, Compile, Compiled, Effects, Failed, Gone, Question, Start, Started, Step
from graders.protocol.wire import answer_from_wire, question_to_wire
from graders.sandbox.errors import SupervisorLost
from graders.sim.nodes import Exit, ExitKind, NodeGone

NODE_BYTES_MAX: Final = 64 << 20
"""Everything that one node may write in its life."""

_LENGTH: Final = struct.Struct(">I")
_RECEIVE_BYTES: Final = 65_536
_LOOK_EVERY_MS: Final = 200
_PATIENCE: Final = 3
"""A node that gets little of the processor may take so many times its limit: the machine is busy, not the student."""

Ending = Callable[[bool], tuple[int, bool, dict[str, int]]]
"""Ends the node (`True`: kill it now; `False`: it seems to have ended) and says how, as `Control.kill` does."""


class _Watch:
    """Tells, past the limit, a node that spins from one that waits for a busy machine."""

    def __init__(self, cpu_us: Callable[[], int]) -> None:
        self._cpu_us = cpu_us
        self._seen: tuple[int, int] | None = None

    def look(self, elapsed_ms: int, patience_ms: int) -> None:
        """Raises `TimeoutError` if the node has had half of a processor since the last look, or patience is over."""
        used_us = self._cpu_us()
        if self._seen is not None:
            before_ms, before_us = self._seen
            if used_us - before_us >= (elapsed_ms - before_ms) * 500 or elapsed_ms >= patience_ms:
                raise TimeoutError(f"no answer after {elapsed_ms} ms")
        self._seen = elapsed_ms, used_us


class ProcessChannel:
    """Implements `graders.sim.nodes.NodeChannel`. `remaining_ms` is what the run has left of its wall time."""

    def __init__(
        self,
        node: socket.socket,
        *,
        step_wall_ms_max: int,
        remaining_ms: Callable[[], int],
        cpu_us: Callable[[], int],
        end: Ending,
    ) -> None:
        self._node = node
        self._step_wall_ms = step_wall_ms_max
        self._remaining_ms = remaining_ms
        self._cpu_us = cpu_us
        self._end = end
        self._bytes = 0
        self._gone: Exit | None = None
        self._killed = False
        self._set_timeouts(step_wall_ms_max)

    def compile(self, files: dict[str, str]) -> dict[str, str]:
        """The only question to a node that runs nothing; raises `NodeGone`."""
        answer = self._ask(Compile(files))
        if isinstance(answer, Compiled):
            return answer.code
        raise self._lost("protocol", "no answer to a compile", forced=True)

    def start(self, start: Start) -> Started | Failed:
        """The first question; raises `NodeGone`."""
        answer = self._ask(start)
        if isinstance(answer, Started | Failed):
            return answer
        raise self._lost("protocol", "no answer to a start", forced=True)

    def step(self, step: Step) -> Effects:
        """Deliver events and return what the node did; raises `NodeGone`."""
        answer = self._ask(step)
        if type(answer) is Effects:
            return answer
        raise self._lost("protocol", "no answer to a step", forced=True)

    def kill(self) -> None:
        """A crash: nothing the node holds survives. Idempotent."""
        if self._killed or self._gone is not None:
            return
        self._killed = True
        self._node.close()
        self._end(True)

    def release(self) -> None:
        """Close the judge's end; the sandbox that ends takes the process with it."""
        self._killed = True
        self._node.close()

    def _ask(self, question: Question) -> Answer:
        if self._gone is not None or self._killed:
            raise NodeGone(self._gone or Exit("system", "the judge has killed this node"))
        if self._remaining_ms() <= 0:
            raise self._lost("time_limit", "the run's wall time is used up", forced=True)
        frame = frames.encode(question_to_wire(question))
        try:
            return self._exchange(frame)
        except ProtocolError as error:
            kind: ExitKind = "output_limit" if error.reason == "too_long" else "protocol"
            raise self._lost(kind, f"{error.reason}: {error}", forced=True) from None
        except TimeoutError as error:
            raise self._lost("time_limit", str(error), forced=True) from None
        except (EOFError, ConnectionError):
            raise self._lost("exited", "it closed its channel", forced=False) from None
        except SupervisorLost as error:
            self._gone = Exit("system", str(error))
            raise NodeGone(self._gone) from None

    def _exchange(self, frame: bytes) -> Answer:
        self._refuse_early_bytes()
        started_ns = time.monotonic_ns()
        try:
            self._node.sendall(frame)
        except BlockingIOError:
            raise TimeoutError("it does not read its channel") from None
        payload = self._receive(started_ns)
        answer = answer_from_wire(frames.decode(payload))
        if type(answer) is Gone:
            kind: ExitKind = "output_limit" if answer.kind == "output_limit" else "memory_limit"
            raise self._lost(kind, answer.detail, forced=True)
        return answer

    def _refuse_early_bytes(self) -> None:
        try:
            early = self._node.recv(1, socket.MSG_DONTWAIT | socket.MSG_PEEK)
        except BlockingIOError:
            return
        if not early:
            raise EOFError
        raise ProtocolError("bad_shape", "bytes before a question")

    def _receive(self, started_ns: int) -> bytes:
        """The payload of exactly one frame. `frames.receive` has no deadline for the whole, which a drip would use."""
        data = bytearray(self._some(started_ns))
        while len(data) < _LENGTH.size:
            data += self._some(started_ns)
        (length,) = _LENGTH.unpack_from(data)
        if length > frames.FRAME_BYTES_MAX or self._bytes + length > NODE_BYTES_MAX:
            raise ProtocolError("too_long", f"a frame of {length} bytes after {self._bytes}")
        while len(data) < _LENGTH.size + length:
            data += self._some(started_ns)
        if len(data) > _LENGTH.size + length:
            raise ProtocolError("bad_shape", "bytes that nobody asked for")
        self._bytes += length
        return bytes(data[_LENGTH.size :])

    def _some(self, started_ns: int) -> bytes:
        """At least one byte; `EOFError`, or `TimeoutError` when the question's time is over."""
        watch = _Watch(self._cpu_us)
        while True:
            elapsed_ms = (time.monotonic_ns() - started_ns) // 1_000_000
            if self._remaining_ms() <= 0:
                raise TimeoutError("the run's wall time is used up")
            if elapsed_ms >= self._step_wall_ms:
                watch.look(elapsed_ms, self._step_wall_ms * _PATIENCE)
            try:
                data = self._node.recv(_RECEIVE_BYTES)
            except BlockingIOError:
                continue
            if not data:
                raise EOFError
            return data

    def _set_timeouts(self, send_ms: int) -> None:
        """By the socket's own options: `settimeout` would cost a poll a message."""
        for option, value_ms in ((socket.SO_RCVTIMEO, _LOOK_EVERY_MS), (socket.SO_SNDTIMEO, send_ms)):
            value = struct.pack("@ll", value_ms // 1_000, value_ms % 1_000 * 1_000)
            self._node.setsockopt(socket.SOL_SOCKET, option, value)

    def _lost(self, kind: ExitKind, detail: str, *, forced: bool) -> NodeGone:
        """End the node, remember why, and return the exception to raise."""
        self._node.close()
        try:
            status, killed, usage = self._end(forced)
        except SupervisorLost as error:
            self._gone = Exit("system", str(error))
        else:
            self._gone = Exit(kind, detail) if forced or killed else ended(status, usage)
        return NodeGone(self._gone)


def ended(status: int, usage: dict[str, Any]) -> Exit:
    """What a wait status of a node that ended by itself means."""
    if os.WIFSIGNALED(status):
        number = os.WTERMSIG(status)
        detail = f"ended by {signal.Signals(number).name if number in signal.valid_signals() else number}"
        if number == signal.SIGXCPU:
            return Exit("time_limit", detail)
        if number == signal.SIGKILL:  # not by us: the kernel was out of memory, or the processor time was used up
            return Exit("memory_limit", f"{detail}; {usage.get('memory_kb', 0)} KiB resident")
        return Exit("exited", detail)
    code = os.waitstatus_to_exitcode(status)
    return Exit("memory_limit", "out of memory") if code == EXIT_MEMORY else Exit("exited", f"exit status {code}")
