"""What can stop a sync or an export, as opposed to what a reader may meet (`drillyard.common.errors`).

The tree::

    CatalogError
      ContentInvalid     the files have faults; `errors` has every one with its line
      ContentConflict    files and database both changed since they last agreed; `conflicts` has the three versions
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass, field

from drillyard.common.yamlfile import ContentError


class CatalogError(Exception):
    """Base of this room's errors."""


class ContentInvalid(CatalogError):
    """Nothing was written. `errors` are sorted by file and line."""

    def __init__(self, errors: list[ContentError]) -> None:
        super().__init__(f"{len(errors)} faults")
        self.errors = errors


@dataclass(frozen=True, slots=True)
class ThreeVersions:
    """An item that both sides changed: its files at the common base, in the tree and in the database.

    A file that a side does not have is absent from its mapping; a tree that dropped the item has none at all.
    """

    kind: str
    slug: str
    base: Mapping[str, bytes] = field(repr=False)
    tree: Mapping[str, bytes] = field(repr=False)
    database: Mapping[str, bytes] = field(repr=False)

    def report(self) -> str:
        """What each side changed since the base, as two unified diffs a file."""
        lines = [f"{self.kind} {self.slug}: changed in the files and in the database since they last agreed"]
        for path in sorted({*self.base, *self.tree, *self.database}):
            base, tree, database = (_lines(side.get(path)) for side in (self.base, self.tree, self.database))
            if tree == database:
                continue
            lines += difflib.unified_diff(base, tree, f"base/{path}", f"files/{path}", lineterm="")
            lines += difflib.unified_diff(base, database, f"base/{path}", f"database/{path}", lineterm="")
        return "\n".join(lines)


class ContentConflict(CatalogError):
    """Nothing was written. Merge by hand: export the database, merge the trees, sync again."""

    def __init__(self, conflicts: list[ThreeVersions]) -> None:
        super().__init__(", ".join(f"{one.kind} {one.slug}" for one in conflicts))
        self.conflicts = conflicts


def _lines(data: bytes | None) -> list[str]:
    return [] if data is None else data.decode(errors="replace").splitlines()
