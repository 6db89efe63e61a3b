"""The grounds on which attacks are run: a judge of one's own, and eyes for what is left behind.

The judge gets a runtime folder of its own, so that every process started from it can be told by its executable's inode
from those of another judge on the same machine, whatever namespace it lives in. A canary is planted where an attack
would look: in the judge's environment, in a file that every uid can read, and in the job.
"""

from __future__ import annotations

import json
import os
import resource
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from graders.protocol import frames
from graders.protocol.jobs import Job, LabDefinition, LabLimits, SandboxMode

ROOT = Path(__file__).resolve().parents[2]
FOLDER = Path(__file__).parent
CANARY = "CANARY-5f2b9c"
LIMITS = LabLimits(step_wall_ms_max=500, run_wall_ms_max=12_000, memory_mb_max=160)
MODULES = (
    "_socket", "_thread", "builtins", "ctypes", "gc", "json", "mmap", "os", "platform", "re", "signal", "sys", "time",
)  # fmt: skip
BENIGN = "import probe\n\n\nclass Student(probe.Attack):\n    pass\n"


@dataclass(frozen=True)
class Expectation:
    """expect.yaml. `cases`: reasons (or `passed`) by case; `denied`: attempts that the kernel must refuse.

    The positive control: `controls` are attempts, `control` are expressions with the value of each, that must succeed
    outside the sandbox.
    """

    name: str
    number: int
    about: str
    cases: dict[str, list[str]]
    denied: list[str] = field(default_factory=list)
    controls: list[str] = field(default_factory=list)
    control: dict[str, Any] = field(default_factory=dict)
    score: int | None = None
    score_max: int | None = None
    repeat: int = 1
    source: str = ""


def expectations() -> list[Expectation]:
    found = []
    for path in sorted(FOLDER.glob("*/expect.yaml")):
        found.append(Expectation(name=path.parent.name, **yaml.safe_load(path.read_text("utf-8"))))
    return sorted(found, key=lambda item: item.number)


class Grounds:
    """Use as a context manager."""

    def __enter__(self) -> Grounds:
        self.folder = Path(tempfile.mkdtemp(prefix="drillyard-attacks-", dir="/var/tmp"))
        self.folder.chmod(0o755)
        self.here = self.folder / "here"
        self.here.mkdir()
        self.here.chmod(0o1777)
        (self.here / "canary.txt").write_text(f"{CANARY} in a file\n", "utf-8")
        self.suite = self.folder / "suite"
        shutil.copytree(FOLDER / "_lab" / "suite", self.suite, ignore=shutil.ignore_patterns("__pycache__"))
        (self.folder / "socket").mkdir(mode=0o700)
        self.judge = self._start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop(self.judge)
        shutil.rmtree(self.folder, ignore_errors=True)

    def _start(self, name: str = "judge", pool: int = 0) -> subprocess.Popen[bytes]:
        environment = {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(ROOT),
            "PYTHONHASHSEED": "0",
            "DRILLYARD_RUNTIME_DIR": str(self.folder / "runtime"),
            "DRILLYARD_SECRET": f"{CANARY} in the environment",
        }
        process = subprocess.Popen(
            [sys.executable, "-m", "graders.judge", "--serve", str(self.path(name)), "--pool", str(pool)],
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=self.folder,
        )
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n"
        return process

    def another_judge(self, pool: int) -> tuple[subprocess.Popen[bytes], Path]:
        return self._start("another", pool), self.path("another")

    def path(self, name: str = "judge") -> Path:
        return self.folder / "socket" / f"{name}.sock"

    @staticmethod
    def stop(process: subprocess.Popen[bytes]) -> None:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.close()
        process.wait(10)
        process.stdout.close()

    # ---------------------------------------------------------------------------------------------------- jobs

    def files(self, name: str, source: str = "") -> dict[str, str]:
        student = source or (FOLDER / name / "student.py").read_text("utf-8")
        probe = (FOLDER / "_lab" / "probe.py").read_text("utf-8")
        return {"student.py": self.placed(student), "probe.py": self.placed(probe)}

    def placed(self, text: str) -> str:
        return text.replace("@HERE@", str(self.here)).replace("@SUITE@", str(self.suite))

    def job(self, files: dict[str, str], mode: SandboxMode) -> Job:
        lab = LabDefinition(
            slug="attack",
            revision="0" * 64,
            kind="component",
            entry_point="student:Student",
            files_allowed=("probe.py", "student.py"),
            suite_dir=str(self.suite),
            modules_allowed=MODULES,
            limits=LIMITS,
        )
        return Job(id=f"{CANARY} in the job", lab=lab, files=files, seed=5, sandbox=mode)

    def ask(self, job: Job, path: Path | None = None) -> Connection:
        return Connection(job, path or self.path())

    def grade(self, files: dict[str, str], mode: SandboxMode) -> tuple[dict[str, Any], dict[str, Any]]:
        with self.ask(self.job(files, mode)) as connection:
            outcome = connection.outcome()
        return outcome["verdict"], outcome["run"]

    # ------------------------------------------------------------------------------------------------ processes

    def processes(self) -> list[int]:
        """Every process that runs our runtime's interpreter, in whatever namespace."""
        programs = [
            (path.stat().st_dev, path.stat().st_ino) for path in (self.folder / "runtime").glob("*/python/bin/*")
        ]
        found = []
        for entry in Path("/proc").iterdir():
            if entry.name.isdigit():
                try:
                    status = (entry / "exe").stat()
                except OSError:
                    continue
                if (status.st_dev, status.st_ino) in programs:
                    found.append(int(entry.name))
        return found

    def none_left_within(self, seconds: float) -> bool:
        deadline = time.monotonic() + seconds
        while self.processes():
            if time.monotonic() > deadline:
                return False
            time.sleep(0.02)
        return True

    # -------------------------------------------------------------------------------------------------- control

    def control(self, name: str) -> dict[str, str]:
        """What came of the attempts outside, in two ordinary processes of this user: role a lives on while b tries."""
        folder = self.folder / f"control-{name}"
        folder.mkdir()
        for file, text in self.files(name).items():
            (folder / file).write_text(text, "utf-8")
        first = self._outside(folder, "a")
        try:
            seen = _report(_lines(first))
            second = self._outside(folder, "b")
            try:
                seen |= _report(_lines(second))
            finally:
                _end(second)
        finally:
            _end(first)
        return seen

    def _outside(self, folder: Path, role: str) -> subprocess.Popen[str]:
        """Only what is listed as a control is done: some attempts would harm a machine that does not refuse them."""
        attack = next(item for item in expectations() if item.name == folder.name.removeprefix("control-"))
        names = [self.placed(name) for name in attack.controls]
        script = _CONTROL.format(folder=str(folder), role=role, expressions=dict(attack.control), names=names)
        return subprocess.Popen(
            [sys.executable, "-S", "-c", script],
            env={"PATH": os.environ["PATH"], "DRILLYARD_SECRET": CANARY},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            preexec_fn=_bounded,  # noqa: PLW1509 - this process has one thread
            text=True,
            cwd=folder,
        )


def _bounded() -> None:
    """A control that hangs or spins is ended by the kernel."""
    signal.alarm(20)
    resource.setrlimit(resource.RLIMIT_CPU, (10, 10))


_CONTROL = """
import sys
sys.path.insert(0, {folder!r})
import probe
probe.OUTSIDE = True
import student
if {role!r} == "a":
    for expression, value in {expressions!r}.items():
        result = str(eval(expression, vars(student)))
        print("=" + expression + ": " + ("succeeded" if result == str(value).strip('"') else result))
if hasattr(student.Student, "attempts"):
    attempts = student.Student.attempts({role!r})
    probe.report({{name: attempts[name] for name in {names!r} if name in attempts}})
print("END", flush=True)
sys.stdin.read()
"""


class Connection:
    """One job on its way."""

    def __init__(self, job: Job, path: Path) -> None:
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.settimeout(60)
        self._socket.connect(str(path))
        frames.send(self._socket, job.to_json(), bytes_max=frames.JOB_BYTES_MAX)

    def __enter__(self) -> Connection:
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.close()

    def frame(self) -> dict[str, Any]:
        (length,) = struct.unpack(">I", self._exactly(4))
        value: dict[str, Any] = json.loads(self._exactly(length))
        return value

    def outcome(self) -> dict[str, Any]:
        while True:
            value = self.frame()
            if "verdict" in value:
                return value

    def _exactly(self, size: int) -> bytes:
        data = b""
        while len(data) < size:
            part = self._socket.recv(size - len(data))
            if not part:
                raise EOFError("the judge hung up")
            data += part
        return data


def _lines(process: subprocess.Popen[str]) -> list[str]:
    assert process.stdout is not None
    lines: list[str] = []
    for line in process.stdout:
        if line == "END\n":
            return lines
        lines.append(line)
    raise AssertionError(f"the control died: {lines}")


def _end(process: subprocess.Popen[str]) -> None:
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.close()
    process.wait(10)
    process.stdout.close()


def _report(lines: list[str]) -> dict[str, str]:
    """`name: what happened`; a second line of a name counts only if it is worse."""
    seen: dict[str, str] = {}
    for line in lines:
        name, colon, rest = line.strip().partition(": ")
        if colon and (name not in seen or not rest.startswith("denied")):
            seen[name] = rest
    return seen


def reports(run: dict[str, Any], case: str) -> dict[str, str]:
    """What the attempts of a case printed, by name, from the run record."""
    return _report([line for entry in run["cases"][case]["logs"] for line in str(entry[-1]).splitlines()])
