"""`manage.py demo_accounts [--json]`: make the demo accounts that are missing and print all of them."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from drillyard.accounts.services import DemoAccount, demo_accounts_ensure
from drillyard.common.errors import Refused


class Command(BaseCommand):
    help = "Make the demo accounts and print them. Their passwords are public: a production installation refuses."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="print a JSON list of objects")

    def handle(self, *_: Any, **options: Any) -> None:
        accounts = self._ensure()
        if options["json"]:
            self.stdout.write(json.dumps([asdict(account) for account in accounts]))
            return
        for account in accounts:
            self.stdout.write(f"{account.role:<12}{account.email:<32}{account.password}")

    def _ensure(self) -> tuple[DemoAccount, ...]:
        """None where they are switched off; an error where they must not be."""
        if not settings.DRILLYARD.production and not settings.DRILLYARD.demo_accounts:
            return ()
        try:
            return demo_accounts_ensure()
        except Refused as error:
            raise CommandError(str(error)) from None
