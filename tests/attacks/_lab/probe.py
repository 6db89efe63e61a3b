# mypy: ignore-errors
# It is handed to students as text, and is as short as what they would write.
"""Handed in beside every attack: raw system calls, and a report of what came of each attempt.

The player's own hygiene refuses `os.fork` and its like with a message; that is no boundary and proves nothing here. So
attempts go to the kernel directly, and `denied` in a report means that the kernel said no.
"""

import ctypes
import os
import platform

OUTSIDE = False
"""The positive control sets it: attempts then keep to what may be done to a machine in use."""

HERE = "@HERE@"
"""A folder of the test's own, with a canary in it that this uid could read if nothing stopped it."""

libc = ctypes.CDLL(None, use_errno=True)
_ARM = platform.machine() == "aarch64"


class Denied(Exception):
    pass


def call(x86_64, aarch64, *arguments):
    number = aarch64 if _ARM else x86_64
    if number is None:
        raise Denied("no such call on this machine")
    words = [ctypes.c_long(item) if isinstance(item, int) else item for item in arguments]
    result = libc.syscall(ctypes.c_long(number), *words)
    if result < 0:
        error = ctypes.get_errno()
        raise OSError(error, os.strerror(error))
    return result


def fork():
    """clone(SIGCHLD): the child leaves at once."""
    pid = call(56, 220, 17, 0, 0, 0, 0)
    if pid == 0:
        libc._exit(0)
    libc.waitpid(pid, None, 0)
    return pid


def in_child(action):
    """Outside only: do it in a fork, so that what it changes is gone; inside, do it here."""
    if not OUTSIDE:
        return action()
    pid = os.fork()
    if pid == 0:
        try:
            action()
            os._exit(0)
        except BaseException:  # noqa: BLE001 - nothing may unwind out of the child
            os._exit(1)
    _, status = os.waitpid(pid, 0)
    if status:
        raise OSError(1, f"the child ended with {status}")
    return "done in a child"


def open_(path, flags=0):
    return call(257, 56, -100, path.encode() + b"\0", flags, 0o600)


def read(path):
    descriptor = open_(path)
    data = os.read(descriptor, 65536)
    os.close(descriptor)
    return data.decode(errors="replace")


def write(path, data=b"x"):
    descriptor = open_(path, os.O_WRONLY | os.O_CREAT)
    size = os.write(descriptor, data)
    os.close(descriptor)
    return size


def shared(key, flags, keep):
    """A System V segment of this uid's own key; what a control has made is taken away again."""
    segment = call(29, 194, key + (os.getuid() << 12), 4096, flags)
    if not keep:
        call(31, 195, segment, 0, 0)
    return segment


def report(attempts):
    for name, attempt in attempts.items():
        try:
            result = attempt()
        except (OSError, RuntimeError, Denied) as error:
            print(f"{name}: denied: {type(error).__name__}: {error}")
        else:
            print(f"{name}: succeeded: {str(result)[:200]}")


class Attack:
    """Does its attempts in both roles, and works."""

    @staticmethod
    def attempts(role):
        return {}

    async def attack(self, role):
        report(self.attempts(role))

    async def double(self, number):
        return number * 2
