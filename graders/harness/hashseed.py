"""Does a program depend on the order of its sets?

The hash of a str depends on the process's hash seed, and so does the order in which a set of them gives back its
members. Running one schedule under two hash seeds shows it: the two traces part at the first event that the order
decided.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from graders.harness.texts import reason_text
from graders.harness.trace import Trace
from graders.protocol.verdict import Text


@dataclass(frozen=True, slots=True)
class Difference:
    """Where two traces part: the number of the frame (from 1) and the frame in each, None where one has ended."""

    index: int
    first: dict[str, Any] | None
    second: dict[str, Any] | None
    text: Text

    def as_json(self) -> dict[str, Any]:
        return {"index": self.index, "first": self.first, "second": self.second, "text": self.text}


def compare(first: Trace, second: Trace) -> Difference | None:
    """The first difference of two traces of one schedule, or None."""
    longest = max(len(first.lines), len(second.lines))
    for index in range(longest):
        ours = first.lines[index] if index < len(first.lines) else None
        theirs = second.lines[index] if index < len(second.lines) else None
        if ours != theirs:
            return Difference(index + 1, _frame(ours), _frame(theirs), reason_text("set_order", index=index + 1))
    return None


def _frame(line: str | None) -> dict[str, Any] | None:
    return None if line is None else dict(json.loads(line))
