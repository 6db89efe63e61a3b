"""The judge reads a suite from a folder; the database is what is served. So the folder is made from the database.

A revision's suite lies at `var/labs/<content hash>/suite`. The folder is written beside its place and renamed into it,
so whoever sees it sees all of it, and two workers that make it at once make the same thing. It is never changed
afterwards: another suite has another hash.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path

from django.conf import settings

from drillyard.catalog.files import revision_files
from drillyard.catalog.models import Revision

_SUITE = "suite/"


def lab_materialise(revision: Revision) -> Path:
    """The folder that holds the suite of this lab revision, written now if it is not there yet."""
    base: Path = settings.DRILLYARD.var / "labs"
    place = base / revision.content_hash / "suite"
    if place.is_dir():
        return place
    return suite_write(base, revision.content_hash, revision_files(revision, prefix=_SUITE))


def suite_write(base: Path, content_hash: str, files: Mapping[str, bytes]) -> Path:
    """Writes `files` (`suite/...` -> bytes) to `base/<content hash>`, all at once; returns the suite's folder there."""
    place = base / content_hash
    base.mkdir(parents=True, exist_ok=True)
    work = Path(tempfile.mkdtemp(prefix=".new-", dir=base))
    try:
        for path, data in files.items():
            target = work / path
            target.parent.mkdir(parents=True, exist_ok=True)
            _write(target, data)
        work.chmod(0o755)
        work.rename(place)
    except OSError:
        # Another worker was first: its folder has the same hash, hence the same files.
        if not (place / "suite").is_dir():
            raise
    finally:
        shutil.rmtree(work, ignore_errors=True)
    return place / "suite"


def _write(path: Path, data: bytes) -> None:
    """On the disk before the folder gets its name: a suite cut short by a power failure would be trusted for ever."""
    with path.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
