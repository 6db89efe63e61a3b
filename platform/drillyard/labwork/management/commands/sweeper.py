"""`manage.py sweeper [--once]`:

mend what the queue has lost. Every worker does the same; this is for looking at it alone.
"""

from __future__ import annotations

import threading
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

from drillyard.labwork.services import sweep


class Command(BaseCommand):
    help = "End expired leases and send lost messages again, every few seconds or once."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--once", action="store_true", help="sweep once and stop")

    def handle(self, *_: Any, **options: Any) -> None:
        pause = threading.Event()
        while True:
            swept = sweep()
            self.stdout.write(f"leases ended: {swept.leases_ended}, messages sent: {swept.messages_sent}")
            if options["once"]:
                return
            pause.wait(settings.DRILLYARD.grading.sweep_s)
