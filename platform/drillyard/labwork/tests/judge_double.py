"""A judge for drills: a real process that speaks the judge's protocol, as slow and as broken as the submission says.

    python -m drillyard.labwork.tests.judge_double SOCKET [JOURNAL]

The submission's text says what happens: `# drill: slow 2` (seconds, with progress), `# drill: silent`, `# drill: die`,
`# drill: nonsense`, `# drill: hang up`, `# drill: unknown`, `# drill: fail`; anything else passes. Each job is noted in
JOURNAL when it begins and when it ends. Like the real one it goes when its standard input closes, and takes a closed
connection for the end of the run.
"""

from __future__ import annotations

import hashlib
import os
import select
import socket
import sys
import threading
import time
from pathlib import Path
from typing import Any

from graders.protocol import ProtocolError, frames
from graders.protocol.jobs import Job, Outcome, Progress

CASES = ("opens_after_failures", "closes_after_a_probe", "counts_nothing_twice", "lets_healthy_calls_through")


def verdict_of(job: Job, status: str) -> dict[str, Any]:
    """A verdict of the right shape: every case of `status`."""
    score = 100 if status == "pass" else 0
    points = 100 // len(CASES)
    cases = [
        {
            "name": name,
            "title": {"en": name.replace("_", " "), "zh": "用例"},
            "points": points if status == "pass" else 0,
            "points_max": points,
            "status": status,
            "reason": {"pass": None, "fail": "contradiction", "unknown": "system"}[status],
            "schedules": 3,
            "events": 7,
            "trace_hash": "0" * 64,
            "seed": job.seed if status == "fail" else None,
            "choices": [1, 2] if status == "fail" else None,
            "contradiction": {"en": "Promised this, saw that.", "zh": "承诺如此，所见如彼。"}
            if status == "fail"
            else None,
        }
        for name in CASES
    ]
    return {
        "lab": job.lab.slug,
        "lab_revision": job.lab.revision,
        "judge_version": "double",
        "python": "3.11",
        "code_hash": hashlib.sha256(frames.canonical(job.files)).hexdigest(),
        "seed": job.seed,
        "status": status,
        "score": score,
        "cases": cases,
        "metrics": {"calls": 5},
    }


def _directive(job: Job) -> list[str]:
    for text in job.files.values():
        for line in text.splitlines():
            if line.startswith("# drill: "):
                return line.removeprefix("# drill: ").split()
    return ["pass"]


class _Server:
    def __init__(self, journal: Path | None) -> None:
        self._journal = journal

    def note(self, word: str, job: Job) -> None:
        if self._journal is not None:
            with self._journal.open("a") as journal:
                journal.write(f"{word} {job.id} {os.getpid()}\n")

    def serve(self, channel: socket.socket) -> None:
        try:
            job = Job.from_json(frames.receive(channel, bytes_max=frames.JOB_BYTES_MAX))
            self.note("begin", job)
            self._answer(channel, job)
            self.note("end", job)
        except (OSError, EOFError, ProtocolError):
            pass  # the worker has gone or given up: nothing to answer to
        finally:
            channel.close()

    def _answer(self, channel: socket.socket, job: Job) -> None:
        word, *arguments = _directive(job)
        if word == "die":
            os._exit(70)
        if word == "silent":
            channel.recv(1)
        if word == "nonsense":
            channel.sendall(b"\0\0\0\5[1,2]")
            channel.recv(1)
        if word == "hang":
            return
        pause_s = float(arguments[0]) / len(CASES) if word == "slow" else 0.0
        for index, name in enumerate(CASES):
            frames.send(channel, Progress(name, index, len(CASES), "running").to_json())
            time.sleep(pause_s)
            frames.send(channel, Progress(name, index, len(CASES), "pass").to_json())
        status = word if word in ("fail", "unknown") else "pass"
        outcome = Outcome(verdict_of(job, status), {"wall_ms": 1, "sandbox": job.sandbox})
        frames.send(channel, outcome.to_json(), bytes_max=frames.JOB_BYTES_MAX)


def main(path: str, journal: str | None = None) -> None:
    """Serve until standard input closes."""
    Path(path).unlink(missing_ok=True)
    server = _Server(Path(journal) if journal else None)
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as listening:
        listening.bind(path)
        listening.listen()
        while True:
            readable, _, _ = select.select([listening, sys.stdin], [], [])
            if sys.stdin in readable and not os.read(sys.stdin.fileno(), 1):
                os._exit(0)
            if listening in readable:
                threading.Thread(target=server.serve, args=(listening.accept()[0],), daemon=True).start()


if __name__ == "__main__":
    main(*sys.argv[1:])
