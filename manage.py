#!/usr/bin/env python
"""Django's command line for Drillyard: `python manage.py COMMAND`."""

from __future__ import annotations

import os
import sys
from pathlib import Path

BASE_DIR = Path(__file__).resolve().parent


def main() -> None:
    """Run one management command. `platform/` holds packages and is none itself: the standard library has that name."""
    sys.path[:0] = [str(BASE_DIR / "platform"), str(BASE_DIR)]
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "drillyard.config.settings")
    from django.core.management import execute_from_command_line  # noqa: PLC0415 - needs the path set first

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
