from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from drillyard.catalog.errors import ContentConflict, ContentInvalid
from drillyard.catalog.management.places import places_arguments, places_of
from drillyard.catalog.services import SyncReport, course_sync


class Command(BaseCommand):
    help = "Publish what a course's files hold: all of it or nothing. Unchanged files cost nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        places_arguments(parser)

    def handle(self, *_: Any, **options: Any) -> None:
        try:
            report = course_sync(places=places_of(options))
        except ContentInvalid as failure:
            for fault in failure.errors:
                self.stderr.write(fault.as_text())
            raise CommandError(f"{len(failure.errors)} faults; nothing was written.") from failure
        except ContentConflict as failure:
            for conflict in failure.conflicts:
                self.stderr.write(conflict.report())
            raise CommandError(
                "Files and database both changed; nothing was written. Export the database to another folder "
                "(export_course), merge the two trees, publish the merged one."
            ) from failure
        self.stdout.write(_summary(report))


def _summary(report: SyncReport) -> str:
    if not report.changed and not report.ahead:
        return "Nothing has changed."
    counts = (
        ("created", len(report.created)),
        ("updated", len(report.updated)),
        ("withdrawn", len(report.withdrawn)),
        ("ahead in the database", len(report.ahead)),
        ("rendered", report.rendered),
    )
    return ", ".join(f"{count} {word}" for word, count in counts if count) + "."
