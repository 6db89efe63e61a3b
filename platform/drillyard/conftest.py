"""What every test of the platform stands on: quick passwords, a state folder of its own, a person, a stranger."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache

from drillyard.accounts.models import User
from drillyard.accounts.services import user_create
from drillyard.catalog.models import Course, Item, Lab, Revision
from drillyard.common import ids
from drillyard.config import celery_app


@pytest.fixture(autouse=True)
def _apart(settings: Any, tmp_path: Path) -> None:
    """No test writes into this clone's `var/`, waits for a slow password hash, or is limited by another test's rate."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.DRILLYARD = replace(settings.DRILLYARD, var=tmp_path / "var")
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    cache.clear()


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


def lab_make(*, course: Course, slug: str) -> Lab:
    """A published lab of `course`, without files of its own: whoever needs a suite syncs a real lab."""
    item = Item.objects.create(uuid=ids.uuid_new(), kind=Item.Kind.LAB, slug=slug, course=course)
    revision = Revision.objects.create(
        item=item, number=1, content_hash=ids.sha256_hex(slug.encode()), origin=Revision.Origin.FILE, definition={}
    )
    Item.objects.filter(pk=item.pk).update(published=revision)
    item.refresh_from_db()
    return Lab.objects.create(
        course=course,
        item=item,
        slug=slug,
        title_en="A breaker",
        title_zh="熔断器",
        summary_en="",
        summary_zh="",
        difficulty=1,
        minutes=10,
        solution_lines=10,
        entry_point="breaker:Breaker",
        files_allowed=["breaker.py", "helper.py"],
        leaderboard_metrics=[{"name": "calls", "title": {"en": "Calls", "zh": "调用次数"}, "better": "lower"}],
    )
