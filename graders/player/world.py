"""The surroundings of one incarnation of a node: its time, its chance, and where its effects go.

In a node process there is one world. In the in-process player there are several, and whoever runs a node's code makes
its world the current one; every patched function (`graders.player.patches`) asks `current.world` and, where there is
none, does what it always did. That is how the judge and a dozen nodes share one interpreter without sharing a clock.
"""

from __future__ import annotations

import random
from typing import Final

from graders.protocol.messages import At, Effect, Log, Report

MONOTONIC_BASE_NS: Final = 86_400 * 1_000_000_000
"""What the monotonic clock shows at virtual time 0: the machine has been up for a day. Not 0, since programs use 0 for
"never", and not large, since a double keeps nanoseconds only up to about a hundred days."""

WALL_BASE_NS: Final = 1_767_225_600 * 1_000_000_000
"""What an exact wall clock shows at virtual time 0: 2026-01-01T00:00:00Z."""

NEVER_NS: Final = 1 << 61
"""Later than any run: a timer for this time or after is never due."""

FLOOD_FACTOR: Final = 16
"""Printing this many times the limit ends the node; up to that, what is over the limit is dropped."""

_Random: Final = random.Random


class Abort(BaseException):
    """Unwinds the student's code when the node must not go on.

    Not an Exception, so that `except Exception` lets it by.
    """


class World:
    """One incarnation of one node."""

    __slots__ = (
        "effects", "entropy", "fatal", "node", "now_ns", "output_bytes", "output_bytes_max", "pending_text", "random",
        "sleeps_left", "wall_offset_ns",
    )  # fmt: skip

    def __init__(self, node: str, seed: int, at_ns: int, wall_offset_ns: int, output_bytes_max: int) -> None:
        self.node = node
        self.now_ns = at_ns
        self.wall_offset_ns = wall_offset_ns
        # Seeding by str hashes with SHA-512, so the two streams have nothing to do with one another.
        self.random = _Random(f"{seed}/random")
        self.entropy = _Random(f"{seed}/entropy")
        self.effects: list[Effect] = []
        self.fatal: tuple[str, str] | None = None
        self.output_bytes = 0
        self.output_bytes_max = output_bytes_max
        self.pending_text: dict[str, str] = {}
        self.sleeps_left = 0

    def wall_ns(self) -> int:
        return WALL_BASE_NS + self.now_ns + self.wall_offset_ns

    def monotonic_ns(self) -> int:
        return MONOTONIC_BASE_NS + self.now_ns

    def random_bytes(self, size: int) -> bytes:
        return self.entropy.randbytes(size)

    def report(self, kind: str, text: str) -> None:
        self.effects.append(Report(kind, text[:2_000].encode("utf-8", "replace").decode("utf-8")))

    def sleep(self, duration_ns: int) -> None:
        """`time.sleep`: the whole node stands still, and what it does afterwards happens later."""
        self.sleeps_left -= 1
        if self.sleeps_left < 0:
            raise Abort("callbacks_exhausted")
        self.report("blocked", f"time.sleep held the whole node for {duration_ns} ns")
        self.now_ns = min(self.now_ns + duration_ns, NEVER_NS)
        self.effects.append(At(self.now_ns))

    def write(self, stream: str, text: str) -> None:
        """What the student's code prints: whole lines become `Log` effects, up to the limit."""
        if self.fatal is not None:
            raise Abort(self.fatal[0])
        before = self.output_bytes
        self.output_bytes += len(text)
        if self.output_bytes > self.output_bytes_max * FLOOD_FACTOR:
            self.fatal = ("output_limit", f"more than {self.output_bytes_max * FLOOD_FACTOR} characters were printed")
            raise Abort("output_limit")
        if self.output_bytes > self.output_bytes_max:
            if before <= self.output_bytes_max:
                self.report("output_truncated", f"only the first {self.output_bytes_max} characters are kept")
            return
        lines = (self.pending_text.pop(stream, "") + text).split("\n")
        if lines[-1]:
            self.pending_text[stream] = lines[-1]
        for line in lines[:-1]:
            self._log(stream, line)

    def flush_output(self) -> None:
        """Whatever was printed without a line's end goes out with the step."""
        for stream in tuple(self.pending_text):
            self._log(stream, self.pending_text.pop(stream))

    def _log(self, stream: str, line: str) -> None:
        self.effects.append(Log(stream, line.encode("utf-8", "replace").decode("utf-8")))


class _Current:
    __slots__ = ("world",)

    def __init__(self) -> None:
        self.world: World | None = None


current: Final = _Current()
"""`current.world` is the world whose code is running, or None while the judge's own code is."""
