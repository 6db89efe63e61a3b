"""Wiring: settings, URLs, ASGI, Celery, checks. Nothing imports this room; it imports every other."""

from __future__ import annotations

from drillyard.config.celery import app as celery_app

__all__ = ["celery_app"]
