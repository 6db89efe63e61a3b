"""An item's files as they lie in memory: read from a folder or, later, from a draft in the database.

Validators see only this, so that the web studio's drafts pass through the same rules as the tree.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from drillyard.common import yamlfile
from drillyard.common.yamlfile import ContentError

BINARY_BYTES_MAX: Final = 512 * 1024
TEXT_BYTES_MAX: Final = 512 * 1024
_IGNORED_FOLDERS: Final = frozenset({"__pycache__", ".mypy_cache", ".ruff_cache", ".pytest_cache"})


@dataclass(frozen=True, slots=True)
class ItemFiles:
    """`files` maps a path inside the item's folder to its bytes; `shown` is the folder as errors name it."""

    shown: str
    files: dict[str, bytes] = field(default_factory=dict)

    def shown_path(self, path: str) -> str:
        return f"{self.shown}/{path}" if self.shown else path

    def content_hash(self) -> str:
        """SHA-256 over the paths and the bytes, 64 hexadecimal digits. This is what a revision is known by."""
        whole = hashlib.sha256()
        for path in sorted(self.files):
            whole.update(f"{path}\0{hashlib.sha256(self.files[path]).hexdigest()}\n".encode())
        return whole.hexdigest()

    def text(self, path: str) -> tuple[str, list[ContentError]]:
        """The file at `path` as text; an error when it is absent or not UTF-8."""
        if path not in self.files:
            return "", yamlfile.missing(self.shown_path(path))
        return yamlfile.text(self.files[path], self.shown_path(path))


def folder_files(folder: Path) -> list[str]:
    """The paths of every file below `folder`, sorted, without caches and hidden files. Links are not followed out."""
    if not folder.is_dir():
        return []
    found = []
    for path in sorted(folder.rglob("*")):
        parts = path.relative_to(folder).parts
        if any(part in _IGNORED_FOLDERS or part.startswith(".") for part in parts) or path.suffix == ".pyc":
            continue
        if path.is_file():
            found.append("/".join(parts))
    return found


def item_files_read(folder: Path, shown: str, paths: Iterable[str]) -> tuple[ItemFiles, list[ContentError]]:
    """`paths` of `folder`, those that are there, with an error for each that cannot be read."""
    item = ItemFiles(shown)
    errors: list[ContentError] = []
    for path in paths:
        data, faults = yamlfile.read(folder / path, item.shown_path(path), BINARY_BYTES_MAX)
        errors += faults
        if not faults:
            item.files[path] = data
    return item, errors
