"""Which ASGI server streams well: uvicorn, granian and gunicorn with uvicorn's worker, side by side.

A web process of this platform answers small pages and holds many server-sent event streams open. So three things are
measured on one application, one process, loopback only:

* pages: requests a second for a 5 KB page, 16 keep-alive connections, the fastest server being 1.00;
* streams: with 200 streams open, the time from an event's making to its arrival, median and 99th percentile;
* stop: seconds from SIGTERM to the end of the process while those streams are open.

The servers take turns (A B C A B C ...), so that a change in the machine's speed meets all of them.

    uv run --group bench python bench/asgi_servers.py [--rounds N] [--seconds S] [--json FILE]
"""

from __future__ import annotations

import argparse
import asyncio
import json
import signal
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

HERE: Final = Path(__file__).resolve().parent
PAGE: Final = b"<!doctype html><title>page</title>" + b"x" * 5_000
CONNECTIONS: Final = 16
STREAMS: Final = 200
STREAM_EVENT_S: Final = 0.25
START_TIMEOUT_S: Final = 15.0
STOP_TIMEOUT_S: Final = 20.0


async def application(scope: dict[str, Any], receive: Callable[[], Awaitable[Any]], send: Any) -> None:
    """`/` is a page, `/events` a stream that sends the time every 250 ms until the client goes."""
    if scope["type"] == "lifespan":
        await _lifespan(receive, send)
        return
    is_stream = scope["path"] == "/events"
    kind = b"text/event-stream" if is_stream else b"text/html"
    headers = [(b"content-type", kind)]
    if not is_stream:
        headers.append((b"content-length", str(len(PAGE)).encode()))
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    if not is_stream:
        await send({"type": "http.response.body", "body": PAGE})
        return
    while True:
        body = f"data: {time.perf_counter()}\n\n".encode()
        await send({"type": "http.response.body", "body": body, "more_body": True})
        await asyncio.sleep(STREAM_EVENT_S)


async def _lifespan(receive: Callable[[], Awaitable[Any]], send: Any) -> None:
    while True:
        message = await receive()
        await send({"type": f"{message['type']}.complete"})
        if message["type"] == "lifespan.shutdown":
            return


def _command(server: str, port: int) -> list[str]:
    app, bind = "asgi_servers:application", ["--host", "127.0.0.1", "--port", str(port)]
    if server == "uvicorn":
        options = ["--log-level", "error", "--no-access-log", "--timeout-graceful-shutdown", "2"]
        return [sys.executable, "-m", "uvicorn", app, *bind, *options]
    if server == "granian":
        options = ["--interface", "asgi", "--no-access-log", "--log-level", "error", "--workers-kill-timeout", "2"]
        return [sys.executable, "-m", "granian", app, *bind, *options]
    options = ["--log-level", "error", "--graceful-timeout", "2", "-k", "uvicorn_worker.UvicornWorker"]
    return [sys.executable, "-m", "gunicorn", app, "-b", f"127.0.0.1:{port}", *options]


SERVERS: Final = ("uvicorn", "granian", "gunicorn")


@dataclass(frozen=True, slots=True)
class Round:
    """One server's figures in one round."""

    requests_a_second: float
    stream_ms: list[float]
    stop_s: float


async def _request(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
    head = await reader.readuntil(b"\r\n\r\n")
    length = next(
        int(line.split(b":")[1]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length")
    )
    await reader.readexactly(length)


async def _pages(port: int, seconds: float) -> float:
    """Requests a second over `CONNECTIONS` keep-alive connections."""
    count = 0

    async def client() -> None:
        nonlocal count
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        while time.perf_counter() < until:
            await _request(reader, writer)
            count += 1
        writer.close()

    started = time.perf_counter()
    until = started + seconds
    await asyncio.gather(*(client() for _ in range(CONNECTIONS)))
    return count / (time.perf_counter() - started)


async def _streams(port: int, seconds: float, stop: Callable[[], float]) -> tuple[list[float], float]:
    """The delays of the events in milliseconds, and how long the server took to stop while the streams were open."""
    delays: list[float] = []

    async def client() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"GET /events HTTP/1.1\r\nHost: localhost\r\n\r\n")
        while line := await reader.readline():
            if line.startswith(b"data: "):
                delays.append((time.perf_counter() - float(line[6:])) * 1_000)

    clients = [asyncio.create_task(client()) for _ in range(STREAMS)]
    await asyncio.sleep(seconds)
    measured = list(delays)
    stop_s = await asyncio.to_thread(stop)
    for task in clients:
        task.cancel()
    await asyncio.gather(*clients, return_exceptions=True)
    return measured, stop_s


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _wait(port: int) -> None:
    until = time.perf_counter() + START_TIMEOUT_S
    while time.perf_counter() < until:
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=1):
                return
        except OSError:
            time.sleep(0.05)
    raise SystemExit(f"the server did not listen on port {port} within {START_TIMEOUT_S:.0f} s")


def _stopper(process: subprocess.Popen[bytes]) -> Callable[[], float]:
    def stop() -> float:
        started = time.perf_counter()
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(STOP_TIMEOUT_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            return float("inf")
        return time.perf_counter() - started

    return stop


def _round(server: str, seconds: float) -> Round:
    port = _free_port()
    with subprocess.Popen(_command(server, port), cwd=HERE, stderr=subprocess.DEVNULL) as process:
        stop = _stopper(process)
        try:
            _wait(port)
            asyncio.run(_pages(port, 0.5))
            rate = asyncio.run(_pages(port, seconds))
            delays, stop_s = asyncio.run(_streams(port, seconds, stop))
        finally:
            if process.poll() is None:
                stop()
    return Round(rate, delays, stop_s)


def _row(server: str, rounds: Sequence[Round], fastest: float) -> dict[str, Any]:
    rate = statistics.median(r.requests_a_second for r in rounds)
    delays = sorted(d for r in rounds for d in r.stream_ms)
    return {
        "server": server,
        "version": version(server),
        "requests_a_second": round(rate),
        "ratio_to_fastest": round(rate / fastest, 2),
        "event_ms_p50": round(delays[len(delays) // 2], 2),
        "event_ms_p99": round(delays[len(delays) * 99 // 100], 2),
        "events": len(delays),
        "stop_s": round(statistics.median(r.stop_s for r in rounds), 2),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rounds", type=int, default=3, choices=range(1, 11), metavar="1..10")
    parser.add_argument("--seconds", type=float, default=3.0)
    parser.add_argument("--json", metavar="FILE", type=Path, help="write the result here too")
    arguments = parser.parse_args()
    rounds: dict[str, list[Round]] = {server: [] for server in SERVERS}
    for number in range(arguments.rounds):
        for server in SERVERS:
            print(f"round {number + 1} of {arguments.rounds}: {server}", file=sys.stderr)
            rounds[server].append(_round(server, arguments.seconds))
    fastest = max(statistics.median(r.requests_a_second for r in of) for of in rounds.values())
    rows = [_row(server, of, fastest) for server, of in rounds.items()]
    for row in rows:
        print("  ".join(f"{key} {value}" for key, value in row.items()))
    if arguments.json:
        arguments.json.write_text(json.dumps(rows, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
