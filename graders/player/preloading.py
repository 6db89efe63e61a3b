"""Importing, ahead of time, what a guarded node could not import any more.

Under the guard nothing can be opened, so a lazy import deep inside the standard library dies: `datetime.strptime`
imports `_strptime`, a first `"x".encode("idna")` imports its codec, `asyncio` imports parts of itself on first use.
The zygote calls `preload` before it forks; the children inherit what is loaded.
"""

from __future__ import annotations

import asyncio
import codecs
import importlib
import linecache
import sys
from collections.abc import Iterable
from contextlib import suppress
from typing import Final

from graders.protocol.errors import ProtocolError

LAZY: Final = (
    "_strptime", "locale", "calendar", "secrets", "statistics", "uuid", "traceback", "linecache", "tokenize",
    "warnings", "contextvars", "copyreg", "unicodedata", "stringprep", "difflib", "pprint", "textwrap", "numbers",
    "decimal", "fractions", "bisect", "hmac", "hashlib", "base64", "struct", "string", "types", "weakref", "reprlib",
    "keyword", "inspect", "ast", "dis", "opcode", "signal", "selectors", "subprocess", "threading", "queue",
    "concurrent.futures", "concurrent.futures.thread", "asyncio.base_events", "asyncio.taskgroups",
    "asyncio.timeouts", "asyncio.queues", "asyncio.runners", "asyncio.staggered", "asyncio.threads", "asyncio.log",
    "_colorize", "rlcompleter",
)  # fmt: skip
"""Imported by other modules at their first use, or by the interpreter while it formats an error."""

CODECS: Final = ("ascii", "utf-8", "utf-8-sig", "utf-16", "utf-32", "latin-1", "gbk", "gb18030", "big5", "idna",
                 "punycode", "hex", "base64", "rot13", "unicode_escape", "raw_unicode_escape")  # fmt: skip

ZONES: Final = ("UTC", "Asia/Shanghai", "Europe/Berlin", "Europe/London", "America/New_York", "Asia/Tokyo")


def preload(modules: Iterable[str]) -> tuple[str, ...]:
    """Import `modules` (the lab's list) and whatever they import later; returns the names that do not exist here.

    Raises `ProtocolError("bad_shape")` if a name is no top-level module of the standard library: a lab that allows
    another package needs a player of its own.
    """
    wanted = tuple(modules)
    for name in wanted:
        if name.partition(".")[0] not in sys.stdlib_module_names:
            raise ProtocolError("bad_shape", f"{name!r} is not in the standard library")
    missing = tuple(name for name in wanted if not _import(name))
    for name in LAZY:
        _import(name)
    if "collections" in wanted:
        _import("collections.abc")
    if "concurrent" in wanted:
        _import("concurrent.futures.process")
    for name in CODECS:
        with suppress(LookupError):
            codecs.lookup(name)
    "preload".encode("idna")  # the codec loads its tables at its first use
    _warm_zones("zoneinfo" in wanted)
    _warm_time()
    return missing


def _import(name: str) -> bool:
    try:
        importlib.import_module(name)
    except ImportError:
        return False
    return True


def _warm_zones(wanted: bool) -> None:
    """The zones named in `ZONES` stay in the cache of `zoneinfo`; others cannot be read under the guard."""
    if not wanted:
        return
    zoneinfo = importlib.import_module("zoneinfo")
    for name in ZONES:
        with suppress(Exception):
            _kept.append(zoneinfo.ZoneInfo(name))


_kept: list[object] = []


def _warm_time() -> None:
    datetime = importlib.import_module("datetime")
    datetime.datetime.strptime("2026-01-01", "%Y-%m-%d")
    traceback = importlib.import_module("traceback")
    try:
        raise ValueError("warm")
    except ValueError as error:
        "".join(traceback.format_exception(error))
    for name in ("TaskGroup", "Runner", "Queue", "timeout", "Barrier"):  # each is an attribute of a lazy part
        getattr(asyncio, name)
    linecache.checkcache()
