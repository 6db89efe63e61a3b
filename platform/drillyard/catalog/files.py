"""The files of a revision, from the database."""

from __future__ import annotations

from drillyard.catalog.models import Revision, RevisionFile


def revision_files(revision: Revision, prefix: str = "") -> dict[str, bytes]:
    """Path -> bytes of the revision's files whose path begins with `prefix`, in the order of their paths. One query."""
    rows = RevisionFile.objects.filter(revision=revision, path__startswith=prefix).select_related("blob")
    return {row.path: bytes(row.blob.data) for row in rows.order_by("path")}


def revision_file(revision: Revision, path: str) -> tuple[bytes, str] | None:
    """The bytes and the SHA-256 of one file; `None` when the revision has none of that name. One query."""
    row = RevisionFile.objects.filter(revision=revision, path=path).select_related("blob").first()
    return None if row is None else (bytes(row.blob.data), row.blob.sha256)
