"""Use case: a program and everything that it has started end together, whoever tries to stay."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from devtools.processes import descendants
from devtools.tests.support import sources_on_path

RUNNER = """
import sys
from pathlib import Path
from devtools.processes import Family
family = Family(grace_s=1)
command = [sys.executable, "-c", sys.argv[2]]
family.start("child", command, env={"PATH": "/usr/bin:/bin"}, cwd=Path("/"), log=Path(sys.argv[1]))
family.wait(lambda: False)
left = family.stop()
print("left", left, "ended", family.children[0].status, flush=True)
"""

READER = """
import sys
from pathlib import Path
from devtools.processes import Family
family = Family(grace_s=1)
log = Path(sys.argv[1])
command = [sys.executable, "-u", "-c", sys.argv[2]]
child = family.start("child", command, env={"PATH": "/usr/bin:/bin"}, cwd=Path("/"), log=log)
assert family.wait(lambda: log.read_text().endswith("tw"), timeout_s=20)
print(child.fresh_lines(), child.fresh_lines(), family.stop(), flush=True)
"""

LEAVES_A_DAEMON = """
import os, signal, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        os.setsid()
        print("daemon", os.getpid(), flush=True)
        time.sleep(600)
    os._exit(0)
print("up", flush=True)
time.sleep(600)
"""


def _runner(log: Path, program: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", RUNNER, str(log), program]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=sources_on_path())


def _said(log: Path, word: str) -> str:
    """What follows `word` in the log, once it is there."""
    limit = time.monotonic() + 20
    while time.monotonic() < limit:
        for line in log.read_text().splitlines() if log.exists() else []:
            if line.startswith(word):
                return line.removeprefix(word).strip()
        time.sleep(0.05)
    raise AssertionError(f"the program never said {word}")


def _alive(pid: int) -> bool:
    """Whether it runs. An orphan that has ended may wait long until init takes note; that is not running."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state not in "ZX"


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_signal_ends_even_a_daemon_that_ignores_it(tmp_path: Path, number: int) -> None:
    log = tmp_path / "child.log"
    with _runner(log, LEAVES_A_DAEMON.replace("time.sleep(600)\nprint", "print")) as runner:
        daemon = int(_said(log, "daemon"))
        _said(log, "up")
        assert daemon in descendants(runner.pid)
        runner.send_signal(number)
        out, _ = runner.communicate(timeout=30)
    assert out.startswith("left []")
    assert not _alive(daemon)


def test_a_child_that_ends_is_noticed_with_its_status(tmp_path: Path) -> None:
    with _runner(tmp_path / "child.log", "import sys; print('up', flush=True); sys.exit(7)") as runner:
        out, _ = runner.communicate(timeout=30)
    assert out == "left [] ended 7\n"


def test_a_child_does_not_outlive_a_family_that_was_killed(tmp_path: Path) -> None:
    log = tmp_path / "child.log"
    with _runner(log, "import os, time; print('up', os.getpid(), flush=True); time.sleep(600)") as runner:
        child = int(_said(log, "up"))
        runner.kill()
        runner.wait(timeout=10)
    limit = time.monotonic() + 10
    while _alive(child) and time.monotonic() < limit:
        time.sleep(0.05)
    assert not _alive(child)


def test_lines_are_shown_once_and_only_when_they_are_whole(tmp_path: Path) -> None:
    """In a process of its own, since a family that stops ends every descendant of its process."""
    program = "import sys, time; print('one'); sys.stdout.write('tw'); sys.stdout.flush(); time.sleep(600)"
    command = [sys.executable, "-c", READER, str(tmp_path / "child.log"), program]
    done = subprocess.run(command, capture_output=True, text=True, env=sources_on_path(), timeout=60, check=True)
    assert done.stdout == "['one'] [] []\n"
