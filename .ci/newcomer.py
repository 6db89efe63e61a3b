"""What a newcomer does with a bare clone: `make run`, a look at some pages, Ctrl-C. Standard library only.

Run it in the clone, as a user who has no other processes. It fails when the start takes three minutes or more, when a
page is not there, or when a process of the user is left at the end.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import suppress
from pathlib import Path

PORT = 8321
COLD_START_S = 180
STOP_S = 30
PAGES = ("/readyz", "/en/", "/zh-hans/", "/en/ftdr/chapters/circuit-breaker-bulkhead/")


def pages_answer() -> bool:
    """Whether every page is there."""
    try:
        for page in PAGES:
            with urllib.request.urlopen(f"http://127.0.0.1:{PORT}{page}", timeout=10) as answer:
                answer.read()
    except urllib.error.URLError:
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


def main() -> int:
    before = processes()
    started = time.monotonic()
    program = subprocess.Popen(["make", "run", f"PORT={PORT}"], start_new_session=True)
    try:
        while not pages_answer():
            if program.poll() is not None or time.monotonic() - started > COLD_START_S:
                print("make run did not get as far as its pages")
                return 1
            time.sleep(0.5)
        print(f"cold start: {time.monotonic() - started:.1f} s")
    finally:
        with suppress(ProcessLookupError):
            os.killpg(program.pid, signal.SIGINT)  # as a terminal's Ctrl-C: everyone in its foreground group
        program.wait(STOP_S)
    left = processes() - before
    print(f"processes left: {sorted(left) or 'none'}")
    return 1 if left else 0


if __name__ == "__main__":
    sys.exit(main())
