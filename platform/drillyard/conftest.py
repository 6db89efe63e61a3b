"""What every test of the platform stands on: quick passwords, a state folder of its own, a person, a stranger."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.utils import translation

from drillyard.accounts.models import User
from drillyard.accounts.services import user_create
from drillyard.catalog.models import Course, Lab
from drillyard.config import celery_app
from drillyard.labwork.tests.support import lab_make


@pytest.fixture(autouse=True)
def _apart(settings: Any, tmp_path: Path) -> None:
    """No test writes into this clone's `var/`, waits for a slow hash, or inherits another's rate or language."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.DRILLYARD = replace(settings.DRILLYARD, var=tmp_path / "var")
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    cache.clear()
    translation.deactivate()


@pytest.fixture(autouse=True, scope="session")
def _broker_in_memory() -> None:
    """Messages that tests send are not for this clone's worker."""
    celery_app.conf.update(broker_url="memory://localhost//", broker_transport="memory", broker_transport_options={})


@pytest.fixture
def alice(db: None) -> User:
    """A student."""
    return user_create(email="alice@example.org", password="drill-alice")


@pytest.fixture
def bob(db: None) -> User:
    """Another student."""
    return user_create(email="bob@example.org", password="drill-bob")


@pytest.fixture
def charlie(db: None) -> User:
    """Somebody with an account who must not get in."""
    return user_create(email="charlie@example.org", password="drill-charlie")


@pytest.fixture
def owner(db: None) -> User:
    """Staff of the installation."""
    return user_create(email="owner@example.org", password="drill-owner", is_staff=True, is_superuser=True)


@pytest.fixture
def lab(db: None) -> Lab:
    """A published lab with one file, `breaker.py`, and one metric."""
    course = Course.objects.create(slug="drills", title_en="Drills", title_zh="演练", summary_en="", summary_zh="")
    return lab_make(course=course, slug="breaker")
