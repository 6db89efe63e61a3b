from __future__ import annotations

from django.apps import AppConfig


class EnrolmentConfig(AppConfig):
    name = "drillyard.enrolment"
    label = "enrolment"
