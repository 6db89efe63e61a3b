"""The embedded database: tables, course, demo accounts.

The stamp of what the database holds is kept in the database itself (SQLite's `user_version`): an older backup put in
its place brings its own stamp along and is brought up to date, and a deleted database is simply made anew. Any other
database is brought up to date at every start, which costs a few seconds and is always right.
"""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
from contextlib import closing
from typing import Final

from devtools import places, stamps
from devtools.console import Failure, logged, step

FILE: Final = places.VAR / "drillyard.sqlite3"
ACCOUNTS: Final = places.VAR / "demo_accounts.json"
CONTENT: Final = ("courses", "question_bank", "labs")
_STAMP_BITS: Final = 31
_TRUE: Final = {"1", "true", "yes", "on", "t", "y"}


def prepare() -> None:
    """Bring the database up to date with the code and the course. Idempotent. Raises `Failure`."""
    sources = [places.ROOT / name for name in (*CONTENT, "platform/drillyard")]
    value = int(stamps.digest(sources, os.environ.get("DRILLYARD_DEMO_ACCOUNTS", "")), 16) % (1 << _STAMP_BITS)
    if _embedded() and _stamp() == value:
        return
    for en, zh, command in (
        ("Database tables", "数据库表", ("migrate", "--verbosity", "0")),
        ("Course, labs, questions", "课程、实验与题目", ("sync_course", "courses/ftdr")),
    ):
        with step(en, zh) as shown:
            logged(shown, manage(*command), env=places.environment())
    _demo_accounts_make()
    if _embedded():
        _stamp_write(value)


def _demo_accounts_make() -> None:
    """Have the demo accounts made, and keep what they are for the welcome. A production installation has none."""
    if os.environ.get("DRILLYARD_PRODUCTION", "").lower() in _TRUE:
        ACCOUNTS.unlink(missing_ok=True)
        return
    with step("Demo accounts", "演示账号"):
        command = manage("demo_accounts", "--json")
        made = subprocess.run(command, env=places.environment(), cwd=places.ROOT, capture_output=True, check=False)
        if made.returncode != 0:
            raise Failure(made.stderr.decode("utf-8", "replace").strip())
        ACCOUNTS.write_bytes(made.stdout)


def demo_accounts() -> list[tuple[str, str]]:
    """E-mail and password of each demo account."""
    try:
        listed = json.loads(ACCOUNTS.read_bytes())
    except FileNotFoundError:
        return []
    return [(one["email"], one["password"]) for one in listed]


def manage(*arguments: str) -> list[str]:
    """The command that runs one of Django's management commands."""
    return [str(places.PYTHON), str(places.ROOT / "manage.py"), *arguments]


def _embedded() -> bool:
    return not os.environ.get("DRILLYARD_DATABASE_URL")


def _stamp() -> int:
    if not FILE.is_file():
        return 0
    try:
        with closing(sqlite3.connect(f"file:{FILE}?mode=ro", uri=True, timeout=5)) as connection:
            return int(connection.execute("PRAGMA user_version").fetchone()[0])
    except sqlite3.Error:
        return 0


def _stamp_write(value: int) -> None:
    with closing(sqlite3.connect(FILE, timeout=20)) as connection:
        connection.execute(f"PRAGMA user_version = {value:d}")
        connection.commit()
