"""From the click on "submit" to the verdict: the whole way through pages, database, queue, worker, judge and sandbox.

    ./dev bench click_to_verdict      (or: python -m bench.click_to_verdict [--count N] [--json FILE])

The program is the real one, started by `./dev run`. One student submits the reference solution of the circuit-breaker
lab again and again, over HTTP with a session and forms as a browser would, and follows the submission's stream of
events, as its page does. The clock runs from the sending of the form to the event that carries the verdict.

The baseline, measured in turns with it, is the judge alone: `drillyard grade` of the same file, which starts a Python,
a judge and a sandbox and has no pages, no database and no queue. A ratio below 1 says that a warm judge saves more than
the whole platform costs.
"""

from __future__ import annotations

import argparse
import http.cookiejar
import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.parse
import urllib.request
from pathlib import Path
from typing import Any, Final

from devtools import places
from tests.journeys.stack import Stack, running
from tests.journeys.visitor import PASSWORD, solution

LAB: Final = "circuit-breaker"
SUBMIT: Final = f"/en/ftdr/labs/{LAB}/submit/"
VERDICT_S: Final = 60.0
TARGET_MS: Final = 1_000
_HIDDEN: Final = re.compile(r'<input[^>]*type="hidden"[^>]*name="([^"]+)"[^>]*value="([^"]*)"')


class Student:
    """A browser without a screen: cookies, forms, redirects."""

    def __init__(self, address: str) -> None:
        self.address = address
        cookies = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
        self.opener = urllib.request.build_opener(cookies)

    def get(self, path: str) -> str:
        with self.opener.open(self.address + path, timeout=30) as answer:
            return str(answer.read().decode())

    def send(self, path: str, **fields: str) -> str:
        """Fill in and send the form at `path`. Returns the address it led to."""
        hidden = dict(_HIDDEN.findall(self.get(path)))
        data = urllib.parse.urlencode({**hidden, **fields}).encode()
        request = urllib.request.Request(self.address + path, data, headers={"Referer": self.address + path})
        with self.opener.open(request, timeout=30) as answer:
            return str(answer.geturl())


def _click_to_verdict_ms(student: Student, code: str) -> float:
    form = dict(_HIDDEN.findall(student.get(SUBMIT)))
    data = urllib.parse.urlencode({**form, "text-circuit_breaker.py": code}).encode()
    headers = {"Referer": student.address + SUBMIT}
    request = urllib.request.Request(student.address + SUBMIT, data, headers=headers)
    started = time.perf_counter()
    with student.opener.open(request, timeout=30) as answer:
        page = answer.geturl()
    with student.opener.open(f"{page}events/", timeout=VERDICT_S) as stream:
        for line in stream:
            status = json.loads(line.removeprefix(b"data: ")) if line.startswith(b"data: ") else {}
            if status.get("final"):
                break
    if status.get("score") != 100:
        raise RuntimeError(f"not graded as it should be: {status}")
    return (time.perf_counter() - started) * 1_000


def _judge_alone_ms() -> float:
    command = [str(places.PYTHON), "-m", "drillyard.cli", "grade", LAB, str(solution()), "--json"]
    started = time.perf_counter()
    subprocess.run(command, env=places.environment(), cwd=places.ROOT, check=True, capture_output=True, timeout=120)
    return (time.perf_counter() - started) * 1_000


def measure(stack: Stack, count: int) -> dict[str, Any]:
    """Both times, in turns, and their ratio."""
    student = Student(stack.address)
    student.send("/en/accounts/signup/", email="bench@example.org", password1=PASSWORD, password2=PASSWORD)
    code = solution().read_text("utf-8")
    _click_to_verdict_ms(student, code)  # the first finds nothing warm
    pairs = []
    for _ in range(count):
        pairs.append((_click_to_verdict_ms(student, code), _judge_alone_ms()))
    ours, alone = sorted(pair[0] for pair in pairs), sorted(pair[1] for pair in pairs)
    return {
        "count": count,
        "click_to_verdict_ms": {"p50": round(ours[count // 2]), "max": round(ours[-1])},
        "judge_alone_ms": {"p50": round(alone[count // 2]), "max": round(alone[-1])},
        "ratio": round(statistics.median(pair[0] / pair[1] for pair in pairs), 2),
        "target_ms_p50": TARGET_MS,
    }


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--count", type=int, default=10, choices=range(1, 51), metavar="1..50")
    parser.add_argument("--json", metavar="FILE", type=Path, help="write the result here too")
    options = parser.parse_args()
    os.environ["DRILLYARD_SUBMISSION_RATE_COUNT_MAX"] = "1000"  # the limit on one student's haste is not measured here
    with tempfile.TemporaryDirectory() as folder, running(Path(folder) / "var") as stack:
        found = measure(stack, options.count)
    print(f"{'':<24}{'p50 ms':>8}{'max ms':>8}")
    for name in ("click_to_verdict_ms", "judge_alone_ms"):
        print(f"{name.removesuffix('_ms').replace('_', ' '):<24}{found[name]['p50']:>8}{found[name]['max']:>8}")
    print(f"ratio {found['ratio']}, target for the first {TARGET_MS} ms")
    if options.json:
        options.json.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")
    return 0 if found["click_to_verdict_ms"]["p50"] < TARGET_MS else 1


if __name__ == "__main__":
    sys.exit(main())
