from __future__ import annotations

from django.apps import AppConfig


class RecordsConfig(AppConfig):
    name = "drillyard.records"
    label = "records"
