from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from drillyard.catalog.content.tree import Places
from drillyard.catalog.selectors import course_get
from drillyard.catalog.services import course_export
from drillyard.common.errors import NotFound


class Command(BaseCommand):
    help = "Write what is published of a course as files, byte for byte what sync_course reads."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("slug", help="the course, such as ftdr")
        parser.add_argument("folder", type=Path, help="written to: courses/<slug>, labs and question_bank/<slug> in it")

    def handle(self, *_: Any, **options: Any) -> None:
        slug, folder = options["slug"], options["folder"]
        try:
            course = course_get(slug)
        except NotFound as failure:
            raise CommandError(f"There is no course “{slug}” in the database.") from failure
        places = Places(folder / "courses" / slug, folder / "labs", folder / "question_bank" / slug)
        written = course_export(course=course, places=places)
        self.stdout.write(f"{len(written)} files written to {folder}.")
