"""The trace of a schedule: one line of JSON a frame, and the hash of these lines.

A line is `{"at": ns, "node": name, "incarnation": n, "events": [...], "effects": [...]}`, events and effects as the
arrays of `graders.protocol.wire`. What two runs of the same thing may differ in is left out: printed text, exception
texts and their attributes, tracebacks, and reports that depend on when garbage is found. So the file *is* the
canonical form, and `sha256sum trace.jsonl` gives the trace hash. Texts are in the run record.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any, Final

from graders.protocol.frames import to_text
from graders.protocol.messages import Effect, Event, Log, Raise, Report
from graders.protocol.wire import WRITERS

REPORTS_KEPT: Final = ("blocked", "refused", "callbacks_exhausted")
"""Kinds of reports that are a function of the program and its events alone."""


def _report(effect: Report) -> tuple[Any, ...] | None:
    return ("report", effect.kind) if effect.kind in REPORTS_KEPT else None


_WRITERS: Final[dict[type[Any], Callable[[Any], tuple[Any, ...] | None]]] = {
    **WRITERS,
    Raise: lambda effect: ("raise", effect.id, effect.classes),
    Log: lambda _effect: None,
    Report: _report,
}
"""What the trace has of an event or effect; None for nothing."""


def line(at_ns: int, node: str, incarnation: int, events: list[Event], effects: list[Effect]) -> str:
    """The canonical line of a frame, without the line's end."""
    writers = _WRITERS
    done = []
    for effect in effects:
        wire = writers[type(effect)](effect)
        if wire is not None:
            done.append(wire)
    return to_text(
        {
            "at": at_ns,
            "node": node,
            "incarnation": incarnation,
            "events": [writers[type(event)](event) for event in events],
            "effects": done,
        }
    )


class Trace:
    """Collects frames; `lines` is complete at any time, `digest` hashes what has been collected."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def record(self, at_ns: int, node: str, incarnation: int, events: list[Event], effects: list[Effect]) -> None:
        """Take in one frame; it is written down at once, since whoever receives a value may change it later."""
        self.lines.append(line(at_ns, node, incarnation, events, effects))

    def text(self) -> str:
        """The JSONL file."""
        return "\n".join([*self.lines, ""])

    def digest(self) -> str:
        """SHA-256 of `text()`, in hexadecimal."""
        return hashlib.sha256(self.text().encode("utf-8")).hexdigest()


def combined(digests: list[str]) -> str:
    """The hash of a case: that of its only schedule, or of the list of its schedules' hashes."""
    if len(digests) == 1:
        return digests[0]
    return hashlib.sha256("\n".join(digests).encode("ascii")).hexdigest()
