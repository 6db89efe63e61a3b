"""What a person at the terminal sees: steps with their times, and failures with the way out, in English or Chinese.

The language is the terminal's own (`LC_ALL`, `LC_MESSAGES`, `LANG`); both texts stand beside each other in the code, so
that neither is forgotten.
"""

from __future__ import annotations

import errno
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from devtools import places

_LOCALE: Final = os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG") or ""
CHINESE: Final = _LOCALE.lower().startswith("zh")
LOG_TAIL_LINES: Final = 15


def text(en: str, zh: str) -> str:
    """The one of both that this terminal's language asks for."""
    return zh if CHINESE else en


class Failure(Exception):
    """A chore that cannot go on. `what` says why; `way_out` says what to do about it."""

    def __init__(self, what: str, way_out: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.way_out = way_out


def say(line: str = "") -> None:
    """Print one line now, also into a pipe."""
    print(line, flush=True)


def complain(failure: Failure) -> None:
    """Print a failure and the way out."""
    sys.stdout.flush()
    head = text("Stopped", "已停止")
    print(f"\n{head}: {failure.what}", file=sys.stderr)
    if failure.way_out:
        print(f"{text('Way out', '解决办法')}: {failure.way_out}", file=sys.stderr, flush=True)


class Step:
    """One step on the screen: its title at once, its time at the end, a running clock on a real terminal."""

    def __init__(self, title: str) -> None:
        self.title = title
        self.started_s = time.monotonic()
        self._live = sys.stdout.isatty()
        self._show("…", end="")

    def tick(self) -> None:
        """Refresh the clock."""
        if self._live:
            self._show(f"… {self.seconds:.0f} s", end="")

    def done(self, note: str = "") -> None:
        self._show(f"{self.seconds:6.1f} s" + (f"  {note}" if note else ""), end="\n", last=True)

    @property
    def seconds(self) -> float:
        return time.monotonic() - self.started_s

    def _show(self, state: str, *, end: str, last: bool = False) -> None:
        if self._live:
            print(f"\r\033[K  {self.title} {state}", end=end, flush=True)
        elif last:
            print(f" {state}", flush=True)
        else:
            print(f"  {self.title} …", end="", flush=True)


@contextmanager
def step(en: str, zh: str) -> Iterator[Step]:
    """Show a step while it is worked on. What the operating system refuses becomes a failure with a way out."""
    shown = Step(text(en, zh))
    try:
        yield shown
    except OSError as error:
        say()
        raise refused(error) from error
    except BaseException:
        say()
        raise
    shown.done()


def refused(error: OSError) -> Failure:
    """A failure that says what the operating system would not do."""
    name = str(error.filename or "")
    if error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return Failure(
            text(f"The disk is full ({name or places.ROOT}).", f"磁盘已满（{name or places.ROOT}）。"),
            text("Free about 1.5 GB and try again.", "请腾出约 1.5 GB 空间后重试。"),
        )
    if error.errno in {errno.EACCES, errno.EPERM, errno.EROFS}:
        return not_writable(Path(name) if name else places.ROOT)
    return Failure(f"{error.strerror or error}" + (f" ({name})" if name else ""))


def not_writable(path: Path) -> Failure:
    """A failure for a place that cannot be written."""
    return Failure(
        text(f"No permission to write {path}.", f"没有写入 {path} 的权限。"),
        text(
            "Clone into a folder of your own, or make this one yours (chown)."
            " State alone can go elsewhere: DRILLYARD_VAR_DIR.",
            "请克隆到自己的目录，或用 chown 把此处改为自己所有；若只想移走运行数据，请设置 DRILLYARD_VAR_DIR。",
        ),
    )


def logged(
    shown: Step,
    command: Sequence[str],
    *,
    env: Mapping[str, str],
    log: str = "setup",
    timeout_s: float = 900,
) -> None:
    """Run a command with its output in `var/log/<log>.log`. Raises `Failure` with the output's end when it fails."""
    places.LOGS.mkdir(parents=True, exist_ok=True)
    path = places.LOGS / f"{log}.log"
    with path.open("ab") as sink:
        sink.write(f"\n$ {' '.join(command)}\n".encode())
        sink.flush()
        start = sink.tell()
        child = subprocess.Popen(
            list(command), stdin=subprocess.DEVNULL, stdout=sink, stderr=sink, env=dict(env), cwd=places.ROOT
        )
        try:
            status = _watched(child, shown, timeout_s)
        finally:
            if child.poll() is None:
                child.kill()
                child.wait()
    if status != 0:
        raise explained(path, start, command, status)


def _watched(child: subprocess.Popen[bytes], shown: Step, timeout_s: float) -> int | None:
    """The child's exit status, or None when its time was up."""
    while shown.seconds < timeout_s:
        try:
            return child.wait(timeout=1)
        except subprocess.TimeoutExpired:
            shown.tick()
    return None


def explained(log: Path, start: int, command: Sequence[str], status: int | None) -> Failure:
    """What a failed command's output says, for a person."""
    with log.open("rb") as source:
        source.seek(start)
        output = source.read().decode("utf-8", "replace").strip()
    tail = "\n".join(output.splitlines()[-LOG_TAIL_LINES:])
    name = Path(command[0]).name
    state = (
        text("took too long", "超时")
        if status is None
        else text(f"ended with status {status}", f"以状态 {status} 结束")
    )
    return Failure(
        f"{name}: {state}\n{tail}\n", _way_out(output) or text(f"The whole output is in {log}.", f"完整输出见 {log}。")
    )


_SIGNS: Final = (
    (("No space left on device", "ENOSPC", "Disk quota exceeded"), "disk"),
    (("certificate", "CERTIFICATE_VERIFY_FAILED", "UnknownIssuer", "SELF_SIGNED"), "certificate"),
    (
        ("dns error", "ENOTFOUND", "EAI_AGAIN", "ECONNREFUSED", "ETIMEDOUT", "ENETUNREACH", "error sending request",
         "Connection refused", "Network is unreachable", "Temporary failure in name resolution"),
        "network",
    ),
    (("EACCES", "Permission denied", "Read-only file system"), "permission"),
)  # fmt: skip


def _way_out(output: str) -> str:
    for signs, kind in _SIGNS:
        if any(sign in output for sign in signs):
            return ways_out()[kind]
    return ""


def ways_out() -> dict[str, str]:
    """What to do about each kind of trouble that other programs report in their own words."""
    return {
        "disk": text("The disk is full: free about 1.5 GB and try again.", "磁盘已满：请腾出约 1.5 GB 空间后重试。"),
        "certificate": text(
            "The registry's certificate is not trusted here: name your CA bundle in SSL_CERT_FILE or PIP_CERT.",
            "此机器不信任软件源的证书：请用 SSL_CERT_FILE 或 PIP_CERT 指明 CA 证书文件。",
        ),
        "network": text(
            "No network, or the registry cannot be reached. The first start needs it; later ones do not."
            " Behind a proxy set HTTPS_PROXY; with a mirror set PIP_INDEX_URL (Python) and npm_config_registry (Node).",
            "没有网络，或连不上软件源。只有第一次启动需要联网。若使用代理，请设置 HTTPS_PROXY；"
            "若使用镜像，请设置 PIP_INDEX_URL（Python）与 npm_config_registry（Node）。",
        ),
        "permission": text(
            "Some folder cannot be written: clone into a folder of your own.", "有目录不可写：请克隆到自己的目录。"
        ),
    }
