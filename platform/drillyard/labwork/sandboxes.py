"""Which sandbox this worker grades in, and whether it works.

Before a worker takes its first run, and again while it fails, it has its judge grade a tiny submission in the sandbox.
A sandbox that does not pass grades nothing: runs stay in the queue, lose no attempt, and `readyz` says why. `auto`
takes the first of bubblewrap and the plain mode that passes; production settings do not allow `auto`.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import structlog
from django.conf import settings

from drillyard.common import clock, ids
from drillyard.labwork.judge_client import Abandoned, JudgeFault, JudgeServer
from graders.protocol.frames import canonical
from graders.protocol.jobs import Job

AUTO: Final = ("bwrap", "plain")
RETRY_S: Final = 15.0
ANSWER_S: Final = 60.0
_log = structlog.get_logger(__name__)

_SUITE: Final = '''"""The self-test of a worker: a value goes into the sandbox and comes back."""

from graders.harness import Lab, case


@case(points=100, en="The sandbox answers", zh="沙箱有应答")
def the_sandbox_answers(lab: Lab) -> None:
    echo = lab.component().call("say", "drill")
    lab.finish(echo, 1000)
    lab.require(echo.value == "drill", en="The sandbox gave another value back.", zh="沙箱返回的值与送入的不同。")
'''
_STUDENT: Final = "class Echo:\n    async def say(self, word):\n        return word\n"


@dataclass(frozen=True, slots=True)
class Readiness:
    """`sandbox` is the mode to grade in, empty if none works; then `problem` says why.

    `at` is monotonic, in seconds.
    """

    sandbox: str
    problem: str
    at: float


class Sandboxes:
    """Finds the sandbox by the self-test, once it has passed for good, before that again every `RETRY_S`."""

    def __init__(self, *, server: JudgeServer, setting: str, var: Path) -> None:
        self._server = server
        self._modes: Final = AUTO if setting == "auto" else (setting,)
        self._var = var
        self._lock = threading.Lock()
        self._readiness: Readiness | None = None

    def readiness(self) -> Readiness:
        """What is known; tests if nothing is, or if the last test failed a while ago. One thread tests, others wait."""
        with self._lock:
            known = self._readiness
            stale = known is None or (not known.sandbox and clock.monotonic() - known.at > RETRY_S)
            if known is None or stale:
                known = self._readiness = self._test()
            return known

    def _test(self) -> Readiness:
        problems = []
        for mode in self._modes:
            problem = self._problem(mode)
            if not problem:
                _log.info("sandbox ready", sandbox=mode)
                return Readiness(sandbox=mode, problem="", at=clock.monotonic())
            problems.append(f"{mode}: {problem}")
        _log.error("no sandbox works", problems=problems)
        return Readiness(sandbox="", problem="; ".join(problems), at=clock.monotonic())

    def _problem(self, mode: str) -> str:
        """Why `mode` does not work here; empty if it does."""
        try:
            job = self_test_job(mode, self._var)
            outcome = self._server.run(job, answer_s=ANSWER_S).outcome(lambda _: None)
        except JudgeFault as error:
            return str(error)
        except Abandoned:
            return "the self-test was abandoned"
        if outcome.verdict.get("status") == "pass":
            return ""
        cases = outcome.verdict.get("cases")
        return f"the self-test ended as {outcome.verdict.get('status')}: {cases!r:.500} {outcome.run!r:.500}"


def self_test_job(mode: str, var: Path) -> Job:
    """The tiny submission, and the suite that it is graded by, laid down in `var/labs`."""
    revision = ids.sha256_hex(canonical([_SUITE, _STUDENT]))
    suite = var / "labs" / f"self-test-{revision[:16]}" / "suite"
    suite.mkdir(parents=True, exist_ok=True)
    (suite / "test_sandbox.py").write_text(_SUITE, encoding="utf-8")
    return Job.from_json(
        {
            "id": f"self-test-{mode}",
            "lab": {
                "slug": "self-test",
                "revision": revision,
                "kind": "component",
                "entry_point": "echo:Echo",
                "files_allowed": ["echo.py"],
                "suite_dir": str(suite),
            },
            "files": {"echo.py": _STUDENT},
            "seed": 1,
            "sandbox": mode,
        }
    )


def sandboxes_of(server: JudgeServer) -> Sandboxes:
    """The sandboxes as this installation is set up."""
    return Sandboxes(server=server, setting=settings.DRILLYARD.grading.sandbox, var=settings.DRILLYARD.var)
