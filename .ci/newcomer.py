"""What a newcomer does with a bare clone: `make run`, a look at some pages, Ctrl-C; and once more without network.

Run it in the clone, as a user who has no other processes. It fails when the first start takes three minutes or more or
the second ten seconds or more (five on a quiet machine), when a page is not there, or when a process of the user is
left at the end. Standard library only.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from contextlib import suppress
from pathlib import Path

PORT = 8321
COLD_START_S = 180
WARM_START_S = 10
STOP_S = 30
NOWHERE = "http://127.0.0.1:9"
DIRECTLY = urllib.request.build_opener(urllib.request.ProxyHandler({}))
PAGES = ("/readyz", "/en/", "/zh-hans/", "/en/ftdr/chapters/circuit-breaker-bulkhead/")


def pages_answer() -> bool:
    """Whether every page is there."""
    try:
        for page in PAGES:
            with DIRECTLY.open(f"http://127.0.0.1:{PORT}{page}", timeout=10) as answer:
                answer.read()
    except OSError:
        return False
    return True


def processes() -> set[str]:
    """The processes of this user, by number and name."""
    found = set()
    for entry in Path("/proc").iterdir():
        try:
            if entry.name.isdigit() and entry.stat().st_uid == os.getuid():
                found.add(f"{entry.name} {(entry / 'comm').read_text().strip()}")
        except OSError:
            continue
    return found


def start_and_stop(limit_s: float, **settings: str) -> bool:
    """One `make run`. Whether it was ready in time, isolates what it runs, and left nothing."""
    before = processes()
    started = time.monotonic()
    with tempfile.NamedTemporaryFile("ab") as output:
        log = Path(output.name)
        command = ["make", "run", f"PORT={PORT}"]
        program = subprocess.Popen(command, start_new_session=True, stdout=output, env={**os.environ, **settings})
        try:
            while not (pages_answer() and "Ctrl-C" in log.read_text("utf-8")):
                if program.poll() is not None or time.monotonic() - started > limit_s:
                    break
                time.sleep(0.1)
            took_s = time.monotonic() - started
        finally:
            with suppress(ProcessLookupError):
                os.killpg(program.pid, signal.SIGINT)  # as a terminal's Ctrl-C: everyone in its foreground group
            program.wait(STOP_S)
        print(log.read_text("utf-8"))
        isolated = "Sandbox: bwrap" in log.read_text("utf-8")
    left = processes() - before
    print(f"start: {took_s:.1f} s, isolated: {isolated}, processes left: {sorted(left) or 'none'}", flush=True)
    return took_s < limit_s and isolated and not left


def main() -> int:
    closed = dict.fromkeys(("HTTPS_PROXY", "HTTP_PROXY", "npm_config_registry"), NOWHERE)
    good = start_and_stop(COLD_START_S) and start_and_stop(WARM_START_S, **closed, PIP_INDEX_URL=f"{NOWHERE}/simple")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
