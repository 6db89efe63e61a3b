"""What has been done already. A step is done again only when the content that it depends on has changed.

Content and not modification times: a checkout, a copy or a `touch` changes times and nothing else. A stamp lies within
what it vouches for (in `.venv`, in `node_modules`, in the build folder), so that removing that removes the stamp.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from devtools import places

_IGNORED: Final = {"__pycache__", "node_modules", ".mypy_cache", ".ruff_cache", "build"}


def digest(sources: Iterable[Path], *words: str) -> str:
    """SHA-256, in hex, of the files below `sources` (their paths and bytes) and of `words`."""
    total = hashlib.sha256()
    for word in words:
        total.update(f"{word}\0".encode())
    for path in sorted(set(_files(sources))):
        total.update(f"{path.relative_to(places.ROOT)}\0".encode())
        total.update(hashlib.sha256(path.read_bytes()).digest())
    return total.hexdigest()


def _files(sources: Iterable[Path]) -> Iterator[Path]:
    for source in sources:
        if source.is_file():
            yield source
        elif source.is_dir():
            for path in source.rglob("*"):
                if path.is_file() and not _IGNORED.intersection(path.relative_to(places.ROOT).parts):
                    yield path


def fresh(stamp: Path, value: str) -> bool:
    """Whether the stamp says that this has been done."""
    try:
        return stamp.read_text("ascii").strip() == value
    except (OSError, UnicodeDecodeError):
        return False


def write(stamp: Path, value: str) -> None:
    """Vouch for what has been done."""
    stamp.parent.mkdir(parents=True, exist_ok=True)
    stamp.write_text(value + "\n", "ascii")
