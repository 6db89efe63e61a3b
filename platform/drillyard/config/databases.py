"""How the embedded database and the embedded queue are set up.

SQLite serves the embedded installation well under four conditions, each of them measured: WAL, so that readers and the
writer do not wait for one another; `BEGIN IMMEDIATE`, since a transaction that begins by reading and then writes fails
at once, whatever the time-out, when another has written in between; `synchronous=FULL`, since a submission that was
acknowledged must outlive a power cut; and a local disk. PostgreSQL needs none of this and takes its place by one
setting.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

BUSY_TIMEOUT_S: Final = 20
POLLING_S: Final = 0.05


def database(parsed: dict[str, Any]) -> dict[str, Any]:
    """The `DATABASES` entry for what `DRILLYARD_DATABASE_URL` says."""
    entry = dict(parsed)
    if entry["ENGINE"] == "django.db.backends.sqlite3":
        entry["OPTIONS"] = {
            **entry.get("OPTIONS", {}),
            "timeout": BUSY_TIMEOUT_S,
            "transaction_mode": "IMMEDIATE",
            "init_command": "PRAGMA journal_mode=WAL;PRAGMA synchronous=FULL;PRAGMA foreign_keys=ON;",
        }
        # Tests run on a file too: Django's choice, one memory shared between threads, locks whole tables and does not
        # wait, which no installation ever sees.
        entry["TEST"] = {"NAME": f"{entry['NAME']}.test"}
    elif entry["ENGINE"] == "django.db.backends.postgresql":
        entry["CONN_HEALTH_CHECKS"] = True
        entry["OPTIONS"] = {**entry.get("OPTIONS", {}), "options": "-c synchronous_commit=on"}
    return entry


def broker_folders(folder: Path) -> dict[str, Any]:
    """Where the filesystem broker keeps its messages, and how often a worker looks."""
    messages, control = folder / "messages", folder / "control"
    for path in (messages, control):
        path.mkdir(parents=True, exist_ok=True)
    return {
        "data_folder_in": str(messages),
        "data_folder_out": str(messages),
        "control_folder": str(control),
        "polling_interval": POLLING_S,
    }
