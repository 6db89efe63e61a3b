"""What a sandbox must refuse, tried out inside it.

A sandbox that was set up and not tried is a hope. Before a sandbox gets student code the judge has these attempts
made in a node like the student's and in the supervisor, and grades only if each was *seen* to be refused. An attempt
that fails for another reason than refusal (a path that does not exist anyway) would prove nothing, so the paths come
from the judge, which has read them itself a moment before.
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import os
import pathlib
import platform
import resource
import signal
import socket
import threading
import time
from collections.abc import Callable
from typing import Any, Final

from graders.protocol import frames

Attempt = Callable[[], Any]

_SYSTEM_CALLS: Final[dict[str, tuple[int, int]]] = {
    # name: (x86-64, aarch64); calls that Python has no function for
    "ptrace": (101, 117), "shmget": (29, 194), "msgget": (68, 186), "semget": (64, 190), "keyctl": (250, 219),
    "add_key": (248, 217), "mount": (165, 40), "unshare": (272, 97), "setns": (308, 268), "bpf": (321, 280),
    "perf_event_open": (298, 241), "userfaultfd": (323, 282), "io_uring_setup": (425, 425), "inotify_init1": (294, 26),
    "mq_open": (240, 180), "memfd_create": (319, 279), "process_vm_readv": (310, 270), "kcmp": (312, 272),
    "pidfd_open": (434, 434), "landlock_create_ruleset": (444, 444), "fanotify_init": (300, 262), "flock": (73, 32),
    "prctl": (157, 167), "open_by_handle_at": (304, 265), "name_to_handle_at": (303, 264), "statfs": (137, 43),
    "socketpair": (53, 199), "sched_setscheduler": (144, 119), "setpriority": (141, 140), "personality": (135, 92),
    "kexec_load": (246, 104), "init_module": (175, 105), "reboot": (169, 142), "clone3": (435, 435),
}  # fmt: skip


_COLUMN: Final = 1 if platform.machine() == "aarch64" else 0
_libc: Final = ctypes.CDLL(None, use_errno=True)


def _system_call(name: str) -> Attempt:
    number = _SYSTEM_CALLS[name][_COLUMN]

    def attempt() -> int:
        result = int(_libc.syscall(number, 0, 0, 0, 0, 0))
        if result < 0 and ctypes.get_errno() in (errno.EPERM, errno.ENOSYS):
            raise PermissionError(ctypes.get_errno(), name)
        return result

    return attempt


def _socket(family: int, kind: int) -> Attempt:
    return lambda: socket.socket(family, kind).close()


def _open(path: str, flags: int) -> Attempt:
    return lambda: os.open(path, flags, 0o600)


def _raise_limit() -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft + 1, hard + 1))


def node_attempts(target: dict[str, Any]) -> dict[str, Attempt]:
    """What a node must not be able to do. `target`: `read` and `write` paths, `memory_mb` of its limit."""
    attempts: dict[str, Attempt] = {
        "tcp": _socket(socket.AF_INET, socket.SOCK_STREAM),
        "tcp6": _socket(socket.AF_INET6, socket.SOCK_STREAM),
        "unix": _socket(socket.AF_UNIX, socket.SOCK_STREAM),
        "raw": _socket(socket.AF_INET, socket.SOCK_RAW),
        "netlink": _socket(socket.AF_NETLINK, socket.SOCK_RAW),
        "list": lambda: list(pathlib.Path("/").iterdir()),
        "stat": pathlib.Path("/").stat,
        "fork": os.fork,
        "thread": lambda: threading.Thread(target=int).start(),
        "exec": lambda: os.execv("/bin/true", ["true"]),  # noqa: S606 - it is to be refused
        "kill_parent": lambda: os.kill(os.getppid(), 0),
        "kill_all": lambda: os.kill(-1, 0),
        "kill_group": lambda: os.kill(0, 0),
        "clock_of_parent": lambda: time.clock_gettime((~os.getppid() << 3) | 2),
        "affinity": lambda: os.sched_setaffinity(0, {0}),
        "setuid": lambda: os.setuid(0),
        "setsid": os.setsid,
        "chroot": lambda: os.chroot("/"),
        "limit": _raise_limit,
        "memory": lambda: bytearray(int(target["memory_mb"]) << 20),
        "mkdir": pathlib.Path("/drillyard-denials").mkdir,
        "dup": lambda: os.dup(0),
        "pipe": os.pipe,
    }
    attempts |= {f"read {path}": _open(path, os.O_RDONLY) for path in target["read"]}
    attempts |= {f"write {path}": _open(path, os.O_WRONLY | os.O_CREAT) for path in target["write"]}
    return attempts | {f"call {name}": _system_call(name) for name in _SYSTEM_CALLS}


def supervisor_attempts(target: dict[str, Any]) -> dict[str, Attempt]:
    """What even the supervisor, which runs no student code, must not be able to do.

    `hidden`: paths outside its file system, where the mode gives it one of its own.
    """
    attempts: dict[str, Attempt] = {
        "tcp": _socket(socket.AF_INET, socket.SOCK_STREAM),
        "unix": _socket(socket.AF_UNIX, socket.SOCK_STREAM),
        "mkdir": pathlib.Path("/drillyard-denials").mkdir,
    }
    attempts |= {f"read {path}": _open(path, os.O_RDONLY) for path in target["hidden"]}
    attempts |= {f"write {path}": _open(path, os.O_WRONLY | os.O_CREAT) for path in target["write"]}
    names = ("mount", "unshare", "setns", "ptrace", "bpf", "io_uring_setup", "keyctl", "kexec_load", "init_module")
    return attempts | {f"call {name}": _system_call(name) for name in names}


def seen(attempts: dict[str, Attempt]) -> dict[str, str]:
    """Each attempt's end: `denied`, or what happened instead."""
    return {name: _outcome(attempt) for name, attempt in attempts.items()}


def _outcome(attempt: Attempt) -> str:
    parent = os.getpid()
    try:
        result = attempt()
    except (PermissionError, FileNotFoundError, MemoryError):
        return "denied"
    except ValueError as error:  # resource.setrlimit says "not allowed to raise maximum limit"
        return "denied" if "not allowed" in str(error) else f"ValueError: {error}"
    except RuntimeError as error:  # threading says "can't start new thread"
        return "denied" if "new thread" in str(error) else f"RuntimeError: {error}"
    except OSError as error:
        denied = error.errno in (errno.EROFS, errno.ENOSYS, errno.EACCES, errno.EPERM)
        return "denied" if denied else f"OSError: {error}"
    if os.getpid() != parent:
        os._exit(0)
    return f"succeeded: {str(result)[:80]}"


def serve(channel: socket.socket, target: dict[str, Any]) -> None:
    """In a guarded node: make the attempts, write what was seen as one frame."""
    with contextlib.suppress(ValueError, OSError):
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    frames.send(channel, seen(node_attempts(target)))
