from __future__ import annotations

from django.apps import AppConfig


class LabworkConfig(AppConfig):
    name = "drillyard.labwork"
    label = "labwork"
