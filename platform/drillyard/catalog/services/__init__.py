"""Everything that writes to the catalogue."""

from __future__ import annotations

from drillyard.catalog.services.export import course_export
from drillyard.catalog.services.revisions import item_withdraw, revision_publish, revision_write
from drillyard.catalog.services.sync import SyncReport, course_sync

__all__ = ["SyncReport", "course_export", "course_sync", "item_withdraw", "revision_publish", "revision_write"]
