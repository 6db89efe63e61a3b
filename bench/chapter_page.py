"""A chapter's page against a page that does nothing, on the same server; and what a reload costs.

    ./dev bench chapter_page          (or: python -m bench.chapter_page [--rounds N] [--requests N] [--json FILE])

The server is the real one, started by `./dev run` in a state folder of its own. One connection is kept open, so that
what is measured is the server's work and not the network's. The pages take turns, so that a change in the machine's
speed meets all of them; the median of the rounds counts.

* nothing: `/healthz`, which goes through every middleware and touches no database;
* chapter: chapter 7, the longest page there is;
* reload: the same with `If-None-Match`, which answers 304.
"""

from __future__ import annotations

import argparse
import http.client
import json
import statistics
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from tests.journeys.stack import running

CHAPTER: Final = "/en/ftdr/chapters/circuit-breaker-bulkhead/"
NOTHING: Final = "/healthz"


def _times_ms(connection: http.client.HTTPConnection, path: str, headers: Mapping[str, str], count: int) -> list[float]:
    """How long each of `count` requests took."""
    found = []
    for _ in range(count):
        started = time.perf_counter()
        connection.request("GET", path, headers=dict(headers))
        answer = connection.getresponse()
        answer.read()
        found.append((time.perf_counter() - started) * 1_000)
        if answer.status not in {200, 304}:
            raise RuntimeError(f"{path}: {answer.status}")
    return found


def _row(rounds: list[list[float]]) -> dict[str, float]:
    """Median and 99th percentile, in milliseconds, each the median of the rounds."""
    ordered = [sorted(times) for times in rounds]
    return {
        "p50_ms": round(statistics.median(times[len(times) // 2] for times in ordered), 3),
        "p99_ms": round(statistics.median(times[len(times) * 99 // 100] for times in ordered), 3),
    }


def measure(address: str, *, rounds: int, requests: int) -> dict[str, Any]:
    """The three pages' times, with ratios to the page that does nothing."""
    connection = http.client.HTTPConnection(urlsplit(address).netloc, timeout=30)
    connection.request("GET", CHAPTER)
    answer = connection.getresponse()
    size = len(answer.read())
    etag = answer.getheader("ETag")
    if not etag:
        raise RuntimeError("the chapter's page carries no ETag, so a reload costs the whole page")
    pages: dict[str, tuple[str, dict[str, str]]] = {
        "nothing": (NOTHING, {}),
        "chapter": (CHAPTER, {}),
        "reload": (CHAPTER, {"If-None-Match": etag}),
    }
    for path, headers in pages.values():
        _times_ms(connection, path, headers, max(10, requests // 10))
    times: dict[str, list[list[float]]] = {name: [] for name in pages}
    for _ in range(rounds):
        for name, (path, headers) in pages.items():
            times[name].append(_times_ms(connection, path, headers, requests))
    rows: dict[str, Any] = {name: _row(found) for name, found in times.items()}
    for row in rows.values():
        row["ratio"] = round(row["p50_ms"] / rows["nothing"]["p50_ms"], 2)
    rows["chapter"]["bytes"] = size
    return rows


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=5, choices=range(1, 21), metavar="1..20")
    parser.add_argument("--requests", type=int, default=200, choices=range(10, 2_001), metavar="10..2000")
    parser.add_argument("--json", metavar="FILE", type=Path, help="write the result here too")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, running(Path(folder) / "var") as stack:
        rows = measure(stack.address, rounds=options.rounds, requests=options.requests)
    print(f"{'page':<10}{'p50 ms':>10}{'p99 ms':>10}{'ratio':>8}")
    for name, row in rows.items():
        print(f"{name:<10}{row['p50_ms']:>10.2f}{row['p99_ms']:>10.2f}{row['ratio']:>8.2f}")
    print(f"the chapter's page has {rows['chapter']['bytes']:,} bytes before compression")
    if options.json:
        options.json.write_text(json.dumps(rows, indent=2) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
