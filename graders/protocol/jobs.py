"""What the platform, or the command line, asks of the judge, and what comes back while and after it works.

The judge's server speaks frames (`graders.protocol.frames`, `JOB_BYTES_MAX`) on a UNIX socket: one `Job` in, any number of
`Progress` out, one `Outcome` last. `python -m graders.judge` takes the same job as JSON on standard input and prints the
outcome as JSON on standard output. Closing the connection abandons the run: its sandbox is gone within two seconds.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final, Literal, TypeAlias

SandboxMode: TypeAlias = Literal["inprocess", "plain", "bwrap", "docker"]
SANDBOX_MODES: Final[tuple[SandboxMode, ...]] = ("inprocess", "plain", "bwrap", "docker")
OFFICIAL_MODES: Final[tuple[SandboxMode, ...]] = ("bwrap", "docker")


@dataclass(frozen=True, slots=True)
class LabLimits:
    """A lab's limits. Reaching one is a named outcome."""

    callbacks_per_step_max: int = 100_000
    events_per_schedule_max: int = 200_000
    step_wall_ms_max: int = 2_000
    run_wall_ms_max: int = 60_000
    memory_mb_max: int = 384
    output_bytes_max: int = 65_536


@dataclass(frozen=True, slots=True)
class LabDefinition:
    """The part of `lab.yaml` that the judge needs, so that the judge reads no YAML.

    `revision` is the content hash of the lab's published files; `entry_point` is `module:attribute`; `suite_dir` is the
    absolute path of the lab's `suite` folder.
    """

    slug: str
    revision: str
    kind: Literal["component", "node"]
    entry_point: str
    files_allowed: tuple[str, ...]
    suite_dir: str
    modules_allowed: tuple[str, ...] = ()
    limits: LabLimits = field(default_factory=LabLimits)


@dataclass(frozen=True, slots=True)
class Job:
    """One run. `seed` (0 .. 2**63-1) is what every schedule's seed is derived from.

    `cases` narrows the run to cases of these names (then the score is of those cases alone); `choices` replays one recorded
    choice sequence and needs exactly one case. `sandbox` never falls back to another mode.
    """

    id: str
    lab: LabDefinition
    files: dict[str, str]
    seed: int
    sandbox: SandboxMode
    cases: tuple[str, ...] = ()
    choices: tuple[int, ...] | None = None


@dataclass(frozen=True, slots=True)
class Progress:
    """A case has begun (`status` is "running") or ended (its status word)."""

    case: str
    index: int
    total: int
    status: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """`verdict` is canonical (see `graders.protocol.verdict`); `run` is the run record: everything that may differ."""

    verdict: dict[str, Any]
    run: dict[str, Any]
