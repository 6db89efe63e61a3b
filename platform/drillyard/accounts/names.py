"""Names on boards: the pseudonym that everybody has, and the handle that somebody may choose.

A board is public. It shows a pseudonym that says nothing about the person, reads the same in English and in Chinese,
and cannot be chosen, so that nobody can claim another's. A handle is chosen; it is made of Latin letters, Han
characters and digits only, since look-alikes from other scripts would let one person pose as another.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from drillyard.common import ids
from drillyard.common.errors import Refused

PSEUDONYM_PREFIX: Final = "node-"
_PSEUDONYM_CODE_LENGTH: Final = 6

HANDLE_LENGTH_MIN: Final = 2
HANDLE_LENGTH_MAX: Final = 24
_HAN: Final = "\u3400-\u4dbf\u4e00-\u9fff"
_HANDLE: Final = re.compile(rf"[A-Za-z{_HAN}][A-Za-z0-9_\-{_HAN}]*")
_RESERVED: Final = frozenset({
    "admin", "administrator", "anonymous", "drillyard", "guest", "instructor", "me", "moderator", "null", "official",
    "owner", "root", "staff", "student", "support", "system", "teacher", "you",
    "演练场", "管理员", "系统", "官方", "老师", "教师", "讲师", "助教", "学生", "客服", "匿名",
})  # fmt: skip


def pseudonym_new() -> str:
    """A random pseudonym such as `node-7kq2mx`.

    Unique with overwhelming odds; the column's constraint has the last word.
    """
    return PSEUDONYM_PREFIX + ids.code_new(_PSEUDONYM_CODE_LENGTH)


def handle_clean(handle: str) -> str:
    """The handle as it is stored. Raises `Refused`: `handle_invalid`, `handle_reserved`."""
    clean = unicodedata.normalize("NFKC", handle).strip()
    long_enough = HANDLE_LENGTH_MIN <= len(clean) <= HANDLE_LENGTH_MAX
    if not long_enough or not _HANDLE.fullmatch(clean):
        raise Refused("handle_invalid", length_min=HANDLE_LENGTH_MIN, length_max=HANDLE_LENGTH_MAX)
    key = handle_key(clean)
    if key in _RESERVED or key.startswith(PSEUDONYM_PREFIX.rstrip("-")):
        raise Refused("handle_reserved")
    return clean


def handle_key(handle: str) -> str:
    """Two handles with the same key are the same name to a reader."""
    return handle.casefold().replace("_", "-")
