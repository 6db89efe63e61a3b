"""`./dev run`: web server and worker as one program. It prints where to go, and ends leaving nothing behind."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import urllib.error
import urllib.request
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Final

from devtools import database, environment, frontend, places
from devtools.console import LOG_TAIL_LINES, Failure, say, step, text
from devtools.processes import Child, Family

HOST: Final = "127.0.0.1"
READY_S: Final = 60.0
_DIRECTLY: Final = urllib.request.build_opener(urllib.request.ProxyHandler({}))
"""This machine is asked without the proxy that the environment may name."""


def run(alone: Callable[[], AbstractContextManager[None]]) -> int:
    """Prepare (while `alone` in this clone), start, serve until a signal comes. Returns the exit status.

    Raises `Failure`.
    """
    with _reserved(port()) as reserved:
        with alone():
            prepare()
        address = f"http://{HOST}:{reserved.getsockname()[1]}"
    family = Family()
    try:
        with step("Web server and worker", "网页服务与评测进程"):
            _start(family, address)
            ready = family.wait(lambda: _ready(address), timeout_s=READY_S)
        if ready:
            for child in family.children:
                child.fresh_lines()  # what starting had to say is in the log; a person starts reading here
            _welcome(address, sandbox())
            family.wait(lambda: _show(family))
        return _outcome(family, ready=ready)
    finally:
        left = family.stop()
        _show(family)
        say(text("Stopped; no process is left.", "已停止，没有遗留进程。") if not left else f"! {left}")


def prepare() -> None:
    """Everything that must be there before the first request."""
    environment.prepare(environment.SERVER)
    frontend.prepare()
    database.prepare()


def port() -> int:
    """The port that `PORT` asks for. Raises `Failure` for what is none."""
    asked = os.environ.get("PORT") or "8000"
    if not (asked.isascii() and asked.isdecimal()) or not 0 < int(asked) < 65536:
        raise Failure(
            text(f"PORT={asked} is no port.", f"PORT={asked} 不是端口号。"),
            text(
                "Choose one from 1024 to 65535: PORT=8001 make run", "请选 1024 到 65535 之间的端口：PORT=8001 make run"
            ),
        )
    return int(asked)


def _reserved(number: int) -> socket.socket:
    """Hold the port while the work is done: a port in use is found in the first second and not after minutes."""
    held = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        held.bind((HOST, number))
    except OSError as error:
        held.close()
        if isinstance(error, PermissionError):
            raise Failure(
                text(f"Port {number} needs more rights than this user has.", f"当前用户无权使用端口 {number}。"),
                text("Choose another: PORT=8001 make run", "请换一个端口：PORT=8001 make run"),
            ) from error
        raise Failure(
            text(f"Port {number} is in use by another program.", f"端口 {number} 已被另一个程序占用。"),
            text(
                f"Choose another: PORT={number + 1} make run (or stop the other: ss -ltnp 'sport = :{number}')",
                f"请换一个端口：PORT={number + 1} make run（或停掉占用者：ss -ltnp 'sport = :{number}'）",
            ),
        ) from error
    return held


def _start(family: Family, address: str) -> None:
    python, number = str(places.PYTHON), address.rpartition(":")[2]
    web = ["-m", "uvicorn", "drillyard.config.asgi:application", "--host", HOST, "--port", number]
    web += ["--lifespan", "off", "--log-level", "warning", "--no-access-log", "--timeout-graceful-shutdown", "3"]
    worker = ["-m", "celery", "--app", "drillyard.config.celery", "--quiet", "worker", "--loglevel", "WARNING"]
    worker += ["--without-gossip", "--without-mingle", "--without-heartbeat"]
    for name, arguments in (("web", web), ("worker", worker)):
        family.start(
            name, [python, *arguments], env=places.environment(), cwd=places.ROOT, log=places.LOGS / f"{name}.log"
        )


def _ready(address: str) -> bool:
    try:
        with _DIRECTLY.open(f"{address}/readyz", timeout=5) as answer:
            return bool(answer.status == 200)
    except (OSError, urllib.error.URLError):
        return False


def _show(family: Family) -> bool:
    """Print what the children have said since. False, as a condition that never ends a wait."""
    for child in family.children:
        for line in child.fresh_lines():
            say(f"  {child.name:<6} | {line}")
    return False


def _outcome(family: Family, *, ready: bool) -> int:
    """What ended the serving. Raises `Failure` unless a person did."""
    if family.signals:
        say()
        name = signal.Signals(family.signals[0]).name
        say(text(f"{name}: stopping …", f"{name}：正在停止……"))
        return 0
    child = family.ended()
    if child is not None:
        raise _died(child)
    if not ready:
        raise Failure(
            text(f"Not ready after {READY_S:.0f} s.", f"{READY_S:.0f} 秒后仍未就绪。"),
            text(f"See {places.LOGS}.", f"请查看 {places.LOGS}。"),
        )
    return 0


def _died(child: Child) -> Failure:
    lines = child.log.read_text("utf-8", "replace").splitlines()[-LOG_TAIL_LINES:]
    status = child.status or 0
    how = signal.Signals(-status).name if status < 0 else text(f"status {status}", f"状态 {status}")
    return Failure(
        text(f"The {child.name} process ended ({how}):", f"{child.name} 进程已退出（{how}）：")
        + "\n  "
        + "\n  ".join(lines),
        text(f"The whole log is {child.log}.", f"完整日志见 {child.log}。"),
    )


@dataclass(frozen=True, slots=True)
class Sandbox:
    """The mode that submissions are graded in, and why it is not bubblewrap's, if it is not."""

    mode: str
    lacking: str


def sandbox() -> Sandbox:
    """The mode that the settings ask for; with `auto` bubblewrap where it works, else the plain mode."""
    question = "import json; from graders.sandbox import available_modes; print(json.dumps(available_modes()))"
    reasons = json.loads(_asked([str(places.PYTHON), "-c", question]) or '{"bwrap": "?"}')
    lacking = reasons["bwrap"] or ""
    asked = os.environ.get("DRILLYARD_SANDBOX") or "auto"
    return Sandbox(mode=asked if asked != "auto" else "plain" if lacking else "bwrap", lacking=lacking)


def _asked(command: list[str]) -> str:
    """What a short program of the project prints; nothing where it fails. A terminal's Ctrl-C does not reach it."""
    env = places.environment()
    found = subprocess.run(
        command, env=env, cwd=places.ROOT, capture_output=True, text=True, check=False, start_new_session=True
    )
    return found.stdout if found.returncode == 0 else ""


def _welcome(address: str, found: Sandbox) -> None:
    say()
    say(f"  Drillyard 演练场   {address}")
    say()
    for email, password in database.demo_accounts():
        say(f"    {email:<28} {password}")
    say()
    if found.mode == "plain":
        _banner(found.lacking)
    say(text(f"  Sandbox: {found.mode}. Ctrl-C stops everything.", f"  沙箱：{found.mode}。按 Ctrl-C 停止全部进程。"))
    say()


def _banner(lacking: str) -> None:
    lines = text(
        "PLAIN MODE: submitted code is NOT isolated from this machine, and results are marked unofficial.\n"
        "Submit only code that you would run yourself. To isolate it: apt install bubblewrap",
        "普通模式：提交的代码与本机没有隔离，成绩标为非正式。\n"
        "只提交你自己愿意运行的代码。需要隔离请安装 bubblewrap：apt install bubblewrap",
    ).splitlines()
    say("  " + "!" * 100)
    for line in [*lines, *([f"({lacking})"] if lacking else [])]:
        say(f"  ! {line}")
    say("  " + "!" * 100)
