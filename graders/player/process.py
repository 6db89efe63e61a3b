"""The node process: read a question, answer it, until the judge hangs up."""

from __future__ import annotations

import gc
import os
import socket
import time

from graders.player.host import PlayerHost
from graders.player.patches import patches
from graders.protocol import frames
from graders.protocol.errors import ProtocolError
from graders.protocol.messages import Effects, Gone
from graders.protocol.wire import answer_to_wire, question_from_wire

COLLECT_EVERY_STEPS = 4_096
"""Garbage in cycles is looked for at fixed points only, since finalizers are the student's code."""


def prepare() -> None:
    """Make this process a node: patches in place, local time UTC, no garbage collection of its own accord.

    A zygote may call it once before it forks; `serve` calls it again, which then does nothing.
    """
    if _prepared:
        return
    _prepared.append(True)
    os.environ["TZ"] = "UTC"
    time.tzset()
    patches.install()
    gc.disable()
    gc.freeze()


_prepared: list[bool] = []


def serve(channel: socket.socket) -> None:
    """Answer what comes on `channel`. Returns when the judge closes it, or after the node has given up."""
    prepare()
    player = PlayerHost()
    steps = 0
    while True:
        try:
            question = question_from_wire(frames.receive(channel))
        except (EOFError, ConnectionError):
            return
        answer = player.answer(question)
        try:
            frame = frames.encode(answer_to_wire(answer))
        except ProtocolError as error:
            answer = Gone("output_limit", f"{error.reason}: {error}")
            frame = frames.encode(answer_to_wire(answer))
        channel.sendall(frame)
        if type(answer) is Gone:
            return
        steps += type(answer) is Effects
        if steps == COLLECT_EVERY_STEPS:
            steps = 0
            gc.collect()
