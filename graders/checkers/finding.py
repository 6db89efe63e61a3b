"""What a checker reads and what it answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Interval:
    """Something that held from `start_ns` until before `end_ns` (None: it still held when the history ended).

    Half-open, so that a permit returned and taken again at one instant is not held twice. `start_ns <= end_ns`.
    """

    name: str
    start_ns: int
    end_ns: int | None = None

    def __post_init__(self) -> None:
        if self.end_ns is not None and self.end_ns < self.start_ns:
            raise ValueError(f"{self.name} ends at {self.end_ns} ns, before it starts at {self.start_ns} ns")


@dataclass(frozen=True, slots=True)
class Finding:
    """A checker's answer: `en` and `zh` say what was seen (empty for a pass), `witnesses` name what shows it."""

    status: Literal["pass", "fail", "unknown"]
    en: str = ""
    zh: str = ""
    witnesses: tuple[str, ...] = ()

    @property
    def passed(self) -> bool:
        return self.status == "pass"


PASS = Finding("pass")
