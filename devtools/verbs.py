"""What `./dev VERB` does: one verb a chore, the same at home and in CI."""

from __future__ import annotations

import fcntl
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from devtools import checks, database, environment, frontend, measuring, places, serving
from devtools.console import Failure, complain, not_writable, refused, say, text

USAGE: Final = 64
FAILED: Final = 1
INTERRUPTED: Final = 130


@dataclass(frozen=True, slots=True)
class Verb:
    """A chore: its name, one line of help in both languages, and what it does with the rest of the command line."""

    name: str
    en: str
    zh: str
    act: Callable[[Sequence[str]], int]


def run(arguments: Sequence[str]) -> int:
    """Do what the command line asks. Returns the exit status."""
    name, *rest = arguments or ["help"]
    if name in {"help", "-h", "--help"}:
        return _help()
    verb = next((verb for verb in VERBS if verb.name == name), None)
    if verb is None:
        complain(Failure(text(f"There is no verb “{name}”.", f"没有名为“{name}”的命令。"), "./dev help"))
        return USAGE
    try:
        os.chdir(places.ROOT)
        return verb.act(rest)
    except Failure as failure:
        complain(failure)
    except OSError as error:
        complain(refused(error))
    except KeyboardInterrupt:
        say()
        return INTERRUPTED
    return FAILED


def _help() -> int:
    say(text("Usage: ./dev VERB (or: make VERB)", "用法：./dev 命令（或 make 命令）") + "\n")
    for verb in VERBS:
        say(f"  {verb.name:<8} {text(verb.en, verb.zh)}")
    return 0


@contextmanager
def _alone() -> Iterator[None]:
    """Let only one preparation run at a time in this clone."""
    for folder in (places.ROOT, places.VAR):
        folder.mkdir(parents=True, exist_ok=True)
        if not os.access(folder, os.W_OK):
            raise not_writable(folder)
    with (places.VAR / ".preparing").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say(text("Another ./dev is preparing this clone; waiting for it …", "另一个 ./dev 正在准备，等待中……"))
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _prepare(packages: environment.Packages = environment.DEVELOPMENT) -> None:
    with _alone():
        environment.prepare(packages)
        frontend.prepare()


def _setup(_: Sequence[str]) -> int:
    with _alone():
        serving.prepare()
    say(text("Ready. Next: make run", "准备完毕。接下来：make run"))
    return 0


def _run(_: Sequence[str]) -> int:
    return serving.run(_alone)


def _test(rest: Sequence[str]) -> int:
    _prepare()
    chosen = [] if rest else ["--numprocesses", "2", "--dist", "loadgroup"]
    return _python(["-m", "pytest", *chosen, *rest])


def _check(rest: Sequence[str]) -> int:
    _prepare()
    return checks.run(rest)


def _labs(rest: Sequence[str]) -> int:
    _prepare()
    return _python(["-m", "drillyard.cli", "labs", "verify", *rest])


def _content(rest: Sequence[str]) -> int:
    _prepare()
    return _program([*database.manage("check_content", "courses/ftdr"), *rest])


def _bench(rest: Sequence[str]) -> int:
    _prepare(environment.MEASURING)
    return measuring.run(rest, _python)


def _drill(rest: Sequence[str]) -> int:
    return _suite("drills", rest)


def _attack(rest: Sequence[str]) -> int:
    return _suite("attacks", rest)


def _suite(folder: str, rest: Sequence[str]) -> int:
    there = _there(f"tests/{folder}")
    _prepare()
    return _python(["-m", "pytest", str(there.relative_to(places.ROOT)), *rest])


def _there(folder: str) -> Path:
    """The folder that a verb works on. A verb whose work is not there yet says so and fails."""
    path = places.ROOT / folder
    if not any(path.glob("*.py")):
        raise Failure(text(f"{folder}/ is empty: this work comes later.", f"{folder}/ 是空的：这部分工作尚未开始。"))
    return path


def _python(arguments: Sequence[str]) -> int:
    return _program([str(places.PYTHON), *arguments])


def _program(command: Sequence[str]) -> int:
    """Run one of the project's programs on this terminal. Returns its exit status."""
    sys.stdout.flush()
    child = subprocess.Popen(list(command), env=places.environment(), cwd=places.ROOT)
    while True:
        try:
            return child.wait()
        except KeyboardInterrupt:
            continue  # the terminal has sent it to the child as well: its status says how it ended


VERBS: Final = (
    Verb("setup", "Install everything and build it.", "安装并构建所需的一切。", _setup),
    Verb("run", "Start Drillyard on this machine (PORT=8000).", "在本机启动演练场（PORT=8000）。", _run),
    Verb("test", "Run every test that this machine can run.", "运行本机能运行的全部测试。", _test),
    Verb("check", "Check style, types, layers and templates.", "检查风格、类型、分层与模板。", _check),
    Verb("labs", "Prove every lab: solutions pass, mutants die.", "验证每个实验：参考解通过，变异体全灭。", _labs),
    Verb("content", "Check every chapter, lab and question file.", "检查全部章节、实验与题目文件。", _content),
    Verb(
        "bench",
        "Measure; records go to bench/results/.",
        "测量，记录写入 bench/results/。",
        _bench,
    ),
    Verb("drill", "Kill workers mid-run: no submission is lost.", "中途杀掉评测进程：一份提交也不丢。", _drill),
    Verb("attack", "Attack the sandbox with hostile submissions.", "用恶意提交攻击沙箱。", _attack),
)
"""The verbs, in the order in which a newcomer meets them. The Makefile and the documentation list the same ones."""
