"""What the platform, or the command line, asks of the judge, and what comes back while and after it works.

The judge's server speaks frames (`graders.protocol.frames`, `JOB_BYTES_MAX`) on a UNIX socket: one `Job` in, any
number of `Progress` out, one `Outcome` last. `python -m graders.judge` takes the same job as JSON on standard input
and prints the outcome as JSON on standard output. Closing the connection abandons the run: its sandbox is gone within
two seconds.
"""

from __future__ import annotations

from dataclasses import MISSING, asdict, dataclass, field, fields
from typing import Any, Final, Literal, TypeAlias

from graders.protocol.errors import ProtocolError

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

    `cases` narrows the run to cases of these names (then the score is of those cases alone); `choices` replays one
    recorded choice sequence and needs exactly one case. `sandbox` never falls back to another mode.
    """

    id: str
    lab: LabDefinition
    files: dict[str, str]
    seed: int
    sandbox: SandboxMode
    cases: tuple[str, ...] = ()
    choices: tuple[int, ...] | None = None

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, value: Any) -> Job:
        """Raises `ProtocolError("bad_shape")` with the name of the field that is wrong."""
        record = _record(value, cls, "job")
        lab = _record(record["lab"], LabDefinition, "job.lab")
        limits = _record(lab.get("limits", {}), LabLimits, "job.lab.limits")
        for name, limit in limits.items():
            _require(type(limit) is int and limit > 0, f"job.lab.limits.{name}")
        for name in ("slug", "revision", "entry_point", "suite_dir"):
            _require(type(lab[name]) is str, f"job.lab.{name}")
        _require(lab["kind"] in ("component", "node"), "job.lab.kind")
        for name in ("files_allowed", "modules_allowed"):
            lab[name] = _strings(lab.get(name, ()), f"job.lab.{name}")
        _require(type(record["id"]) is str, "job.id")
        files = record["files"]
        _require(type(files) is dict and _all_strings([*files, *files.values()]), "job.files")
        _require(type(record["seed"]) is int and 0 <= record["seed"] < 1 << 63, "job.seed")
        _require(record["sandbox"] in SANDBOX_MODES, "job.sandbox")
        record["cases"] = _strings(record.get("cases", ()), "job.cases")
        record["choices"] = _choices(record.get("choices"))
        return cls(**{**record, "lab": LabDefinition(**{**lab, "limits": LabLimits(**limits)})})


@dataclass(frozen=True, slots=True)
class Progress:
    """A case has begun (`status` is "running") or ended (its status word)."""

    case: str
    index: int
    total: int
    status: str

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, value: Any) -> Progress:
        record = _record(value, cls, "progress")
        _require(_all_strings([record["case"], record["status"]]), "progress.case")
        _require(type(record["index"]) is int and type(record["total"]) is int, "progress.index")
        return cls(**record)


@dataclass(frozen=True, slots=True)
class Outcome:
    """`verdict` is canonical (see `graders.protocol.verdict`); `run` is the run record: everything that may differ."""

    verdict: dict[str, Any]
    run: dict[str, Any]

    def to_json(self) -> dict[str, Any]:
        return {"verdict": self.verdict, "run": self.run}

    @classmethod
    def from_json(cls, value: Any) -> Outcome:
        record = _record(value, cls, "outcome")
        _require(type(record["verdict"]) is dict and type(record["run"]) is dict, "outcome.verdict")
        return cls(**record)


def _require(condition: bool, name: str) -> None:
    if not condition:
        raise ProtocolError("bad_shape", f"{name} is missing or not of its type")


def _record(value: Any, cls: type[Any], name: str) -> dict[str, Any]:
    """A copy of an object whose keys are fields of `cls`, with every field that has no default."""
    _require(type(value) is dict, name)
    known = {item.name: item for item in fields(cls)}
    for key in value:
        _require(key in known, f"{name}.{key}")
    for key, item in known.items():
        _require(key in value or item.default is not MISSING or item.default_factory is not MISSING, f"{name}.{key}")
    return dict(value)


def _all_strings(values: list[Any]) -> bool:
    return all(type(item) is str for item in values)


def _strings(value: Any, name: str) -> tuple[str, ...]:
    _require(isinstance(value, list | tuple) and _all_strings(list(value)), name)
    return tuple(value)


def _choices(value: Any) -> tuple[int, ...] | None:
    if value is None:
        return None
    _require(isinstance(value, list | tuple) and all(type(item) is int for item in value), "job.choices")
    return tuple(value)
