"""The verdict: what a run found, and nothing that two runs of the same thing could differ in.

A verdict depends on (lab revision, judge version, seed, choices, cases, code, Python minor version) and on nothing
else, so its canonical bytes (`canonical_bytes`) are the same in every sandbox mode and on every machine. Times,
memory, host, tracebacks, exception texts and what a wall-clock or memory limit did are in the run record instead.

Three-valued, as everywhere: `pass`, `fail`, `unknown`. Unknown is *our* fault: it is retried and never costs a student.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any, Final, Literal, TypeAlias

from graders.protocol.frames import canonical

Status: TypeAlias = Literal["pass", "fail", "unknown"]
Text: TypeAlias = dict[str, str]
"""One sentence or paragraph in every language a person may read: {"en": ..., "zh": ...}."""

REASONS: Final = (
    "contradiction",      # a promise of the lab was broken; the text says which and what was seen
    "syntax_error",       # the source does not parse
    "import_refused",     # it imports a module that the lab does not allow
    "import_error",       # it raised while being imported
    "entry_point_missing",  # no such class
    "method_missing",     # the class lacks a method or attribute the lab asks for
    "raised",             # an operation raised what the lab does not allow it to raise
    "deadlock",           # an operation was to finish and never did
    "callbacks_limit",    # the deterministic budget of one step or schedule is used up
    "time_limit",         # the wall clock's last resort
    "memory_limit",
    "output_limit",
    "exited",             # the process ended by itself (os._exit, a signal)
    "protocol",           # it wrote to the judge's channel itself
    "system",             # our fault; only with status "unknown"
)  # fmt: skip
"""Why a case did not pass: stable words."""


@dataclass(frozen=True, slots=True)
class CaseVerdict:
    """One line of the mark sheet. `points` of `points_max`; `schedules` executed before it passed or failed.

    For a failure: `seed` and `choices` replay the failing schedule, `trace_hash` is that schedule's, `contradiction`
    says in prose what was promised and what was seen. For a pass `trace_hash` covers all schedules of the case.
    """

    name: str
    title: Text
    points: int
    points_max: int
    status: Status
    reason: str | None
    schedules: int
    events: int
    trace_hash: str
    seed: int | None = None
    choices: list[int] | None = None
    contradiction: Text | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """`score` is 0..100, of the cases that were run. `status` is `pass` when every case passed."""

    lab: str
    lab_revision: str
    judge_version: str
    python: str
    code_hash: str
    seed: int
    status: Status
    score: int
    cases: list[CaseVerdict] = field(default_factory=list)
    metrics: dict[str, int] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    def canonical_bytes(self) -> bytes:
        """The bytes that three players must agree on."""
        return canonical(self.as_json())
