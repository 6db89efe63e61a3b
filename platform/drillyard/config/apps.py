from __future__ import annotations

from django.apps import AppConfig


class ConfigConfig(AppConfig):
    name = "drillyard.config"
    label = "config"

    def ready(self) -> None:
        from drillyard.config import checks  # noqa: F401, PLC0415 - registers the system checks
