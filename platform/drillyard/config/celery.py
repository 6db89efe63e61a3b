"""The Celery application. The broker only wakes workers up; what is to be graded is in the database."""

from __future__ import annotations

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "drillyard.config.settings")

app = Celery("drillyard")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.set_default()  # for every thread: a view runs in another than the one that imports this
app.autodiscover_tasks()
