"""Starting a supervisor inside a sandbox: what is open, who it is, what it may use.

The process that starts has an empty environment, `/dev/null` on 0 and 1, an error pipe on 2 that it gives up at once,
its control socket on 3, a session of its own, and limits. As root it first becomes a uid that nobody else has: never
run bwrap as root, since `/proc/sys/kernel/core_pattern` would be writable inside. As an ordinary user the number of
processes is not limited here (the limit is per uid, so it would count the user's own); nodes cannot fork anyway.

Forking is done by hand and not by `subprocess`, because the order matters: groups, then uid, then whatever that uid
left behind is killed, then limits, then exec.
"""

from __future__ import annotations

import contextlib
import os
import resource
import select
import shutil
import signal
import socket
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Literal

from graders.player import guard
from graders.sandbox.errors import SandboxUnavailable
from graders.sandbox.runtime import Runtime
from graders.sandbox.uids import uid_take

Mode = Literal["plain", "bwrap"]

_ERRORS_FD: Final = 2
_CONTROL_FD: Final = 3
_SECCOMP_FD: Final = 4
_NOBODY: Final = "65534"
_PROCESSES_MAX: Final = 64
_GONE_WITHIN_MS: Final = 1_000

_LIMITS: Final = (
    (resource.RLIMIT_AS, 1 << 30),
    (resource.RLIMIT_CORE, 0),
    (resource.RLIMIT_FSIZE, 0),
    (resource.RLIMIT_MSGQUEUE, 0),
    (resource.RLIMIT_NOFILE, 64),
    (resource.RLIMIT_STACK, 8 << 20),
)
"""Of the supervisor; nodes lower them further."""


@dataclass(slots=True)
class Launched:
    """A started supervisor. `close` ends it; what holds its uid and its process handle is released with it."""

    pid: int
    handle: int
    control: socket.socket
    errors: int
    uid: int | None
    uid_lock: int | None
    starter: int = field(default_factory=os.getpid)

    def why(self) -> str:
        """What it wrote to its error pipe before it died."""
        os.set_blocking(self.errors, False)
        with contextlib.suppress(OSError):
            return os.read(self.errors, 4_096).decode(errors="replace").strip()
        return ""

    def close(self) -> None:
        """Hang up, wait until the process is gone, kill it if it is not. Idempotent."""
        if self.handle < 0:
            return
        self.control.close()
        if not self._gone():
            with contextlib.suppress(ProcessLookupError):
                signal.pidfd_send_signal(self.handle, signal.SIGKILL)
            self._gone()
        if self.starter == os.getpid():
            with contextlib.suppress(ChildProcessError):
                os.waitpid(self.pid, 0)
        self.release()

    def release(self) -> None:
        """Let go of it without ending it: in a process that inherited it and is not its owner."""
        if self.handle < 0:
            return
        self.control.close()
        os.close(self.handle)
        os.close(self.errors)
        if self.uid_lock is not None:
            os.close(self.uid_lock)
        self.handle = -1

    def _gone(self) -> bool:
        waiting = select.poll()
        waiting.register(self.handle, select.POLLIN)
        return bool(waiting.poll(_GONE_WITHIN_MS))


def launch(mode: Mode, runtime: Runtime, hash_seed: int) -> Launched:
    """Start a supervisor; it will write its first packet when it is ready. Raises `SandboxUnavailable`."""
    uid, uid_lock = uid_take() if os.geteuid() == 0 else (None, None)
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    errors, errors_in = os.pipe()
    filter_out, filter_in = os.pipe()
    os.write(filter_in, guard.supervisor_program())
    os.close(filter_in)
    command, environment = _bwrap(runtime, hash_seed) if mode == "bwrap" else _plain(runtime, hash_seed)
    null = os.open(os.devnull, os.O_RDWR | os.O_CLOEXEC)
    pid = os.fork()
    if pid == 0:
        _become([null, null, errors_in, theirs.fileno(), filter_out], uid, command, environment)
    for descriptor in (null, errors_in, filter_out):
        os.close(descriptor)
    theirs.close()
    return Launched(pid, os.pidfd_open(pid), ours, errors, uid, uid_lock)


def _become(descriptors: list[int], uid: int | None, command: list[str], environment: dict[str, str]) -> None:
    """In the fork: become the supervisor; never returns."""
    try:
        os.setsid()
        _arrange(descriptors)
        for number in (signal.SIGPIPE, signal.SIGXFSZ, signal.SIGINT, signal.SIGTERM, signal.SIGCHLD, signal.SIGHUP):
            signal.signal(number, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_SETMASK, [])
        os.umask(0o077)
        os.chdir("/")
        for limit, wanted in _LIMITS:
            hard = resource.getrlimit(limit)[1]
            value = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
            resource.setrlimit(limit, (value, value))
        if uid is not None:
            _drop_to(uid)
        os.execve(command[0], command, environment)  # noqa: S606 - no shell is the point
    except BaseException as error:  # noqa: BLE001 - nothing may unwind into the judge's code in the fork
        os.write(_ERRORS_FD, f"{type(error).__name__}: {error}".encode())
    finally:
        os._exit(70)


def _arrange(descriptors: list[int]) -> None:
    """Make these the descriptors 0, 1, 2, ... and close all others."""
    highest = max(*descriptors, len(descriptors)) + 1
    for offset, descriptor in enumerate(descriptors):
        os.dup2(descriptor, highest + offset)
    for number in range(len(descriptors)):
        os.dup2(highest + number, number)
    os.closerange(len(descriptors), os.sysconf("SC_OPEN_MAX"))


def _drop_to(uid: int) -> None:
    """Become `uid` for good, and end whatever an earlier holder of it left behind."""
    resource.setrlimit(resource.RLIMIT_NPROC, (_PROCESSES_MAX, _PROCESSES_MAX))
    os.setgroups([])
    os.setresgid(uid, uid, uid)
    os.setresuid(uid, uid, uid)
    if os.getresuid() != (uid, uid, uid) or os.getresgid() != (uid, uid, uid):
        raise PermissionError("the uid was not dropped")
    with contextlib.suppress(ProcessLookupError):
        os.kill(-1, signal.SIGKILL)  # every process of this uid but ourselves


def _environment(hash_seed: int, player: str, libraries: str, python: str) -> dict[str, str]:
    return {
        "PYTHONHASHSEED": str(hash_seed),
        "PYTHONPATH": player,
        "PYTHONTZPATH": f"{python}/share/zoneinfo",
        "LD_LIBRARY_PATH": libraries,
        "LC_ALL": "C.UTF-8",
    }


def _supervisor(python: str, *arguments: str) -> list[str]:
    """No site, no byte code, no current folder; not -I or -E, which would ignore the hash seed."""
    return [f"{python}/bin/python3", "-S", "-B", "-P", "-X", "utf8", "-m", "graders.player.zygote", *arguments]


def _plain(runtime: Runtime, hash_seed: int) -> tuple[list[str], dict[str, str]]:
    environment = _environment(hash_seed, str(runtime.player), str(runtime.libraries), str(runtime.python))
    return _supervisor(str(runtime.python), "--guard"), environment


def bwrap_path() -> Path:
    """The bubblewrap program; raises `SandboxUnavailable` with what to install."""
    found = shutil.which("bwrap", path="/usr/bin:/bin:/usr/local/bin") or shutil.which("bwrap")
    if found is None:
        raise SandboxUnavailable("bwrap", "bubblewrap is not installed; on Debian or Ubuntu: apt install bubblewrap")
    return Path(found)


def _bwrap(runtime: Runtime, hash_seed: int) -> tuple[list[str], dict[str, str]]:
    options = ["--unshare-all", "--unshare-user", "--disable-userns", "--uid", _NOBODY, "--gid", _NOBODY]
    options += ["--hostname", "sandbox", "--die-with-parent", "--new-session", "--clearenv", "--cap-drop", "ALL"]
    options += ["--as-pid-1", *_mounts(runtime), "--remount-ro", "/", "--chdir", "/", "--seccomp", str(_SECCOMP_FD)]
    for name, value in _environment(hash_seed, "/player", "/lib", "/python").items():
        options += ["--setenv", name, value]
    # bwrap's own environment is empty: --clearenv alone would leave it readable in /proc/1/environ.
    return [str(bwrap_path()), *options, *_supervisor("/python")], {}


def _mounts(runtime: Runtime) -> Iterator[str]:
    """Three read-only folders and nothing else: no /proc, no /dev, no /tmp."""
    yield from ("--ro-bind", str(runtime.python), "/python")
    yield from ("--ro-bind", str(runtime.player), "/player")
    yield from ("--ro-bind", str(runtime.libraries), "/lib")
    if runtime.loader.parent != Path("/lib"):
        yield from ("--symlink", "lib", str(runtime.loader.parent))
