from __future__ import annotations

from django.apps import AppConfig


class PracticeConfig(AppConfig):
    name = "drillyard.practice"
    label = "practice"
