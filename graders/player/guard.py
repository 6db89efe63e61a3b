"""The node guard: the last thing a node process does before it meets student code.

The problem: the nodes of one run collude. Two processes of one uid, even in one hardened container, share dozens of
ways to talk past the judge (files, abstract sockets, loopback, signals, `/proc/PID/mem`, locks, inotify, SysV and
POSIX shared memory, another process's CPU clock), and a simulation in which nodes talk past the network proves
nothing.

Rejected: removing builtins and hooking imports (a boundary inside the interpreter is none), a deny-list of calls (every
kernel brings new ones), and namespaces a node (ten times the cost of the guard and no better).

So each node allows itself about forty system calls: memory, time, its own signals, and reading and writing what is
already open, which is one socketpair. Everything else answers EPERM, so that a student sees an exception with a name
instead of a dead process. A call of another architecture's table kills: nobody gets there by mistake.

Invariant: after `apply()` a process can reach no file, no other process and no network, can start neither a process
nor a thread, and can never get any of this back; the filter outlives whatever happens inside the interpreter.

The numbers are per architecture. x86-64 is tested; aarch64 is written from the kernel's generic table and untested,
and any other machine is refused (`GuardUnavailable`).
"""

from __future__ import annotations

import ctypes
import os
import platform
import resource
import struct
from dataclasses import dataclass
from typing import Final

_LOAD: Final = 0x20  # BPF_LD | BPF_W | BPF_ABS
_AND: Final = 0x54  # BPF_ALU | BPF_AND | BPF_K
_JUMP_EQUAL: Final = 0x15  # BPF_JMP | BPF_JEQ | BPF_K
_JUMP_AT_LEAST: Final = 0x35  # BPF_JMP | BPF_JGE | BPF_K
_RETURN: Final = 0x06  # BPF_RET | BPF_K

_ALLOW: Final = 0x7FFF0000
_KILL_PROCESS: Final = 0x80000000
_REFUSE: Final = 0x00050000 | 1  # SECCOMP_RET_ERRNO with EPERM
_NO_SUCH_CALL: Final = 0x00050000 | 38  # ... with ENOSYS: the C library then tries the older call

_OFFSET_NUMBER: Final = 0
_OFFSET_ARCHITECTURE: Final = 4
_OFFSET_ARGUMENTS: Final = 16
_X32_BIT: Final = 0x40000000

_PR_SET_PDEATHSIG: Final = 1
_PR_SET_DUMPABLE: Final = 4
_PR_SET_SECCOMP: Final = 22
_PR_SET_NO_NEW_PRIVS: Final = 38
_SECCOMP_MODE_FILTER: Final = 2

_CLONE_NEW_NAMESPACES: Final = 0x7E020000
_OPEN_FOR_WRITING: Final = (
    0o3 | 0o100 | 0o1000 | 0o2000 | 0o20000000
)  # any access mode but read, create, truncate, append
_PROT_EXEC: Final = 4

X86_64: Final[dict[str, int]] = {
    "read": 0, "write": 1, "open": 2, "close": 3, "stat": 4, "fstat": 5, "lstat": 6, "poll": 7, "lseek": 8, "mmap": 9,
    "mprotect": 10, "munmap": 11, "brk": 12, "rt_sigaction": 13, "rt_sigprocmask": 14, "rt_sigreturn": 15,
    "ioctl": 16, "pread64": 17, "writev": 20, "access": 21, "sched_yield": 24, "mremap": 25, "madvise": 28, "dup": 32,
    "dup2": 33, "nanosleep": 35, "getpid": 39, "sendto": 44, "recvfrom": 45, "sendmsg": 46, "recvmsg": 47,
    "getsockname": 51, "getpeername": 52, "setsockopt": 54, "getsockopt": 55, "clone": 56, "fork": 57, "vfork": 58,
    "execve": 59, "exit": 60, "wait4": 61, "kill": 62, "uname": 63, "fcntl": 72, "getcwd": 79, "readlink": 89,
    "umask": 95, "gettimeofday": 96, "getrlimit": 97, "getrusage": 98, "sysinfo": 99, "getuid": 102, "getgid": 104,
    "geteuid": 107, "getegid": 108, "getppid": 110, "sigaltstack": 131, "prctl": 157, "arch_prctl": 158,
    "setrlimit": 160, "gettid": 186, "time": 201, "futex": 202, "sched_setaffinity": 203, "sched_getaffinity": 204,
    "getdents64": 217, "set_tid_address": 218, "restart_syscall": 219, "fadvise64": 221, "clock_gettime": 228,
    "clock_getres": 229, "clock_nanosleep": 230, "exit_group": 231, "tgkill": 234, "waitid": 247, "openat": 257,
    "newfstatat": 262, "readlinkat": 267, "faccessat": 269, "ppoll": 271, "set_robust_list": 273,
    "epoll_create1": 291, "dup3": 292, "pipe2": 293, "prlimit64": 302, "seccomp": 317, "getrandom": 318, "statx": 332,
    "rseq": 334, "clone3": 435, "close_range": 436, "faccessat2": 439,
}  # fmt: skip

AARCH64: Final[dict[str, int]] = {
    "getcwd": 17, "epoll_create1": 20, "dup": 23, "dup3": 24, "fcntl": 25, "ioctl": 29, "faccessat": 48, "openat": 56,
    "close": 57, "pipe2": 59, "getdents64": 61, "lseek": 62, "read": 63, "write": 64, "writev": 66, "pread64": 67,
    "ppoll": 73, "readlinkat": 78, "newfstatat": 79, "fstat": 80, "exit": 93, "exit_group": 94, "waitid": 95,
    "set_tid_address": 96, "futex": 98, "set_robust_list": 99, "nanosleep": 101, "clock_gettime": 113,
    "clock_getres": 114, "clock_nanosleep": 115, "sched_setaffinity": 122, "sched_getaffinity": 123,
    "sched_yield": 124, "restart_syscall": 128, "kill": 129, "tgkill": 131, "sigaltstack": 132, "rt_sigaction": 134,
    "rt_sigprocmask": 135, "rt_sigreturn": 139, "uname": 160, "getrlimit": 163, "setrlimit": 164, "getrusage": 165,
    "umask": 166, "prctl": 167, "gettimeofday": 169, "getpid": 172, "getppid": 173, "getuid": 174, "geteuid": 175,
    "getgid": 176, "getegid": 177, "gettid": 178, "sysinfo": 179, "getsockname": 204, "getpeername": 205,
    "sendto": 206, "recvfrom": 207, "setsockopt": 208, "getsockopt": 209, "sendmsg": 211, "recvmsg": 212, "brk": 214,
    "munmap": 215, "mremap": 216, "clone": 220, "execve": 221, "mmap": 222, "fadvise64": 223, "mprotect": 226,
    "madvise": 233, "wait4": 260, "prlimit64": 261, "seccomp": 277, "getrandom": 278, "statx": 291, "rseq": 293,
    "clone3": 435, "close_range": 436, "faccessat2": 439,
}  # fmt: skip

ARCHITECTURES: Final[dict[str, tuple[int, dict[str, int]]]] = {
    "x86_64": (0xC000003E, X86_64),
    "aarch64": (0xC00000B7, AARCH64),
}

ALLOWED: Final = (
    "recvfrom", "read", "write", "writev", "close", "poll", "ppoll",
    "munmap", "mremap", "brk", "madvise",
    "rt_sigaction", "rt_sigprocmask", "rt_sigreturn", "sigaltstack", "restart_syscall",
    "nanosleep", "clock_nanosleep", "gettimeofday", "time", "sched_yield",
    "getpid", "getppid", "gettid", "getuid", "geteuid", "getgid", "getegid", "getrandom",
    "exit", "exit_group",
)  # fmt: skip
"""What a node may call with any arguments. `fstat` and `lseek` are absent: nothing that a node holds has a size."""

SUPERVISOR_ALLOWED: Final = (
    *ALLOWED, "sendto", "sendmsg", "recvmsg", "stat", "fstat", "lstat", "newfstatat", "statx", "lseek", "pread64",
    "access", "faccessat", "faccessat2", "readlink", "readlinkat", "getcwd", "getdents64", "fadvise64", "umask",
    "uname", "sysinfo", "mmap", "mprotect", "futex", "ioctl", "fcntl", "clock_gettime", "clock_getres", "dup", "dup2",
    "dup3", "pipe2", "close_range", "epoll_create1", "getsockname", "getpeername", "getsockopt", "setsockopt", "fork",
    "vfork", "execve", "wait4", "waitid", "kill", "tgkill", "getrlimit", "setrlimit", "prlimit64", "getrusage",
    "prctl", "seccomp", "arch_prctl", "sched_setaffinity", "sched_getaffinity", "set_tid_address", "set_robust_list",
    "rseq",
)  # fmt: skip
"""What the supervisor, our own code that never runs a student's, needs to start Python, fork nodes and reap them."""


class GuardUnavailable(OSError):
    """This machine cannot be guarded: unknown architecture, or the kernel refused the filter."""


@dataclass(frozen=True, slots=True)
class _Test:
    """The low (or high) word of an argument, masked, is one of `values`; otherwise the call is refused."""

    argument: int
    values: tuple[int, ...]
    mask: int = 0xFFFFFFFF
    high: bool = False

    def instructions(self) -> list[bytes]:
        code = [_instruction(_LOAD, _OFFSET_ARGUMENTS + 8 * self.argument + (4 if self.high else 0))]
        if self.mask != 0xFFFFFFFF:
            code.append(_instruction(_AND, self.mask))
        for index, value in enumerate(self.values):
            code.append(_instruction(_JUMP_EQUAL, value, len(self.values) - index, 0))
        return [*code, _instruction(_RETURN, _REFUSE)]


def _null(argument: int) -> tuple[_Test, _Test]:
    return _Test(argument, (0,)), _Test(argument, (0,), high=True)


def _instruction(code: int, value: int, jump_true: int = 0, jump_false: int = 0) -> bytes:
    return struct.pack("<HBBI", code, jump_true, jump_false, value)


def _limited(pid: int) -> dict[str, tuple[_Test, ...]]:
    """What a node may call with some arguments only. Sending comes first: it is once a message."""
    own_process = (_Test(0, (pid,)),)
    return {
        "sendto": _null(4),  # no address: the channel is connected
        "mmap": (_Test(2, (0,), mask=_PROT_EXEC),),
        "mprotect": (_Test(2, (0,), mask=_PROT_EXEC),),
        "futex": (_Test(1, (0, 1, 9, 10), mask=0x7F),),  # wait and wake: what a lock needs
        # A clock of another process (a negative identifier) would be a channel from node to node.
        "clock_gettime": (_Test(0, (0,), mask=0xFFFFFFF0),),
        "clock_getres": (_Test(0, (0,), mask=0xFFFFFFF0),),
        "fcntl": (_Test(1, (1, 2, 3, 4)),),  # F_GETFD, F_SETFD, F_GETFL, F_SETFL
        "ioctl": (_Test(1, (0x5421, 0x5451, 0x5401)),),  # FIONBIO, FIOCLEX, TCGETS
        "prlimit64": (_Test(0, (0,)), *_null(2)),  # read one's own limits
        "kill": own_process,
        "tgkill": own_process,
    }


_SUPERVISOR_LIMITED: Final[dict[str, tuple[_Test, ...]]] = {
    "openat": (_Test(2, (0,), mask=_OPEN_FOR_WRITING),),
    "open": (_Test(1, (0,), mask=_OPEN_FOR_WRITING),),
    "clone": (_Test(0, (0,), mask=_CLONE_NEW_NAMESPACES),),
}


def _architecture() -> tuple[int, dict[str, int]]:
    machine = platform.machine()
    if machine not in ARCHITECTURES or struct.calcsize("P") != 8:
        raise GuardUnavailable(f"no table of system calls for {machine!r}")
    return ARCHITECTURES[machine]


def _program(allowed: tuple[str, ...], limited: dict[str, tuple[_Test, ...]]) -> bytes:
    architecture, numbers = _architecture()
    code = [
        _instruction(_LOAD, _OFFSET_ARCHITECTURE),
        _instruction(_JUMP_EQUAL, architecture, 1, 0),
        _instruction(_RETURN, _KILL_PROCESS),
        _instruction(_LOAD, _OFFSET_NUMBER),
    ]
    if architecture == ARCHITECTURES["x86_64"][0]:
        code += [_instruction(_JUMP_AT_LEAST, _X32_BIT, 0, 1), _instruction(_RETURN, _KILL_PROCESS)]
    for name, tests in limited.items():
        if name in numbers:
            body = [line for test in tests for line in test.instructions()] + [_instruction(_RETURN, _ALLOW)]
            code += [_instruction(_JUMP_EQUAL, numbers[name], 0, len(body)), *body]
    for name in allowed:
        if name in numbers:
            code += [_instruction(_JUMP_EQUAL, numbers[name], 0, 1), _instruction(_RETURN, _ALLOW)]
    code += [_instruction(_JUMP_EQUAL, numbers["clone3"], 0, 1), _instruction(_RETURN, _NO_SUCH_CALL)]
    return b"".join([*code, _instruction(_RETURN, _REFUSE)])


def node_program(pid: int) -> bytes:
    """The filter of the node whose process number (as it sees it) is `pid`: an array of `struct sock_filter`."""
    return _program(ALLOWED, _limited(pid))


def supervisor_program() -> bytes:
    """The supervisor's filter, in the form that `bwrap --seccomp` takes."""
    return _program(SUPERVISOR_ALLOWED, _SUPERVISOR_LIMITED)


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_char_p))


_libc = ctypes.CDLL(None, use_errno=True)
_libc.prctl.argtypes = (ctypes.c_int, ctypes.c_ulong, ctypes.c_void_p, ctypes.c_ulong, ctypes.c_ulong)


def _prctl(option: int, value: int, pointer: object = None) -> None:
    if _libc.prctl(option, value, pointer, 0, 0) != 0:
        number = ctypes.get_errno()
        raise GuardUnavailable(number, f"prctl({option}): {os.strerror(number)}")


def die_with_parent() -> None:
    """Ask the kernel to kill this process when its parent goes, whatever becomes of the control channel."""
    _prctl(_PR_SET_PDEATHSIG, 9)


def install(program: bytes) -> None:
    """Bind this process, and whatever it starts, to a filter for ever; raises `GuardUnavailable`."""
    _prctl(_PR_SET_NO_NEW_PRIVS, 1)
    record = _Program(len(program) // 8, program)
    _prctl(_PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, ctypes.byref(record))


@dataclass(frozen=True, slots=True)
class NodeLimits:
    """The kernel's limits on one node process: address space in MiB, processor time in seconds."""

    memory_mb_max: int
    cpu_seconds_max: int

    def apply(self) -> None:
        """Set them, soft and hard alike."""
        size = self.memory_mb_max << 20
        for limit, value in (
            (resource.RLIMIT_AS, size),
            (resource.RLIMIT_CPU, self.cpu_seconds_max),
            (resource.RLIMIT_FSIZE, 0),
            (resource.RLIMIT_CORE, 0),
            (resource.RLIMIT_STACK, 8 << 20),
            (resource.RLIMIT_NPROC, 0),
            (resource.RLIMIT_NOFILE, 8),
        ):
            resource.setrlimit(limit, (value, value))


def apply(limits: NodeLimits) -> None:
    """Make this process a guarded node. Nothing that student code can influence may have run before."""
    die_with_parent()
    _prctl(_PR_SET_DUMPABLE, 0)
    limits.apply()
    install(node_program(os.getpid()))
