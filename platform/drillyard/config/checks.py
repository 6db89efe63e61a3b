"""System checks: `manage.py check --deploy` says the same as a start would, and what a start cannot see."""

from __future__ import annotations

import stat
from typing import Any

from django.conf import settings
from django.core.checks import Error, Tags, register


@register(Tags.security)
def secrets_are_private(**_: Any) -> list[Error]:
    """A secret that others on this machine can read is none."""
    errors = []
    for name in ("secret_key", "seed_secret"):
        path = settings.DRILLYARD.var / name
        if path.exists() and stat.S_IMODE(path.stat().st_mode) & 0o077:
            errors.append(
                Error(
                    f"{path} can be read by others.", hint=f"chmod 600 {path}, or make a new one.", id="drillyard.E001"
                )
            )
    return errors


@register(Tags.security, deploy=True)
def production_is_meant(**_: Any) -> list[Error]:
    """`check --deploy` of a local installation is a mistake worth naming."""
    if settings.DRILLYARD.production:
        return []
    return [
        Error(
            "This is a local installation: made-up secrets, demo accounts, local hosts.",
            hint="Set DRILLYARD_PRODUCTION=1 and mend what the start then refuses.",
            id="drillyard.E002",
        )
    ]
