"""A uid of its own for each sandbox, when root starts it.

Quotas, signals and `/proc` go by uid, so two runs at once must not share one. A slot is a lock file; the kernel lets
the lock go when its holder dies, however it dies. Whatever the last holder's processes left behind is killed by the
next holder, as that uid, before it starts anything (`graders.sandbox.launch`).
"""

from __future__ import annotations

import fcntl
import os
import pwd
import stat
from pathlib import Path
from typing import Final

from graders.sandbox.errors import SandboxUnavailable

SLOTS: Final = Path("/run/drillyard-uids")
SLOTS_MAX: Final = 64
_RANGES: Final = (200_000, 60_800)
"""The first is free on every distribution; the second for machines that map only 65,536 uids."""


def uid_take(slots: Path = SLOTS) -> tuple[int, int]:
    """A free uid and the descriptor of the lock that holds it; close it to give the uid back. Root only.

    One folder a machine: two with locks of their own would hand out one uid twice. Raises `SandboxUnavailable` if every
    slot is taken, the machine maps no such uids, or the folder is not ours alone.
    """
    first = _first_uid()
    slots.mkdir(mode=0o700, exist_ok=True)
    status = slots.lstat()
    if not stat.S_ISDIR(status.st_mode) or status.st_uid != os.geteuid() or status.st_mode & 0o077:
        raise SandboxUnavailable("any", f"{slots} must be a folder of root's with mode 0700")
    for uid in range(first, first + SLOTS_MAX):
        lock = os.open(slots / str(uid), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(lock)
            continue
        if not _belongs_to_somebody(uid):
            return uid, lock
        os.close(lock)
    raise SandboxUnavailable("any", f"all {SLOTS_MAX} uids from {first} on are in use")


def _belongs_to_somebody(uid: int) -> bool:
    try:
        pwd.getpwuid(uid)
    except KeyError:
        return False
    return True


def _first_uid() -> int:
    mapped = [tuple(map(int, line.split())) for line in Path("/proc/self/uid_map").read_text("ascii").splitlines()]
    for first in _RANGES:
        if any(start <= first and first + SLOTS_MAX <= start + length for start, _, length in mapped):
            return first
    raise SandboxUnavailable("any", "this container maps too few uids; run as an ordinary user or map 65,536")
