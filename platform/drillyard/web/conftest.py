"""What the pages' tests stand on: a small course that is the default one, a lab in it, people who are signed in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from drillyard.catalog.models import Course, Lab
from drillyard.catalog.services import course_sync
from drillyard.web.context_processors import COURSE_DEFAULT
from tests.content.fixtures import good_tree, places


@pytest.fixture
def course(db: None, tmp_path: Path) -> Course:
    """The good tree of `tests/content`, under the slug to which pages outside any course lead."""
    base = good_tree(tmp_path / "tree")
    for path, before in (
        (base / "courses/mini/course.yaml", "slug: mini"),
        (base / "labs/01-counter/lab.yaml", ": mini"),
    ):
        text = path.read_text("utf-8")
        assert before in text
        path.write_text(text.replace(before, before.replace("mini", COURSE_DEFAULT), 1), "utf-8")
    (base / "courses/mini").rename(base / f"courses/{COURSE_DEFAULT}")
    (base / "question_bank/mini").rename(base / f"question_bank/{COURSE_DEFAULT}")
    found = replace(
        places(base), course=base / f"courses/{COURSE_DEFAULT}", questions=base / f"question_bank/{COURSE_DEFAULT}"
    )
    course_sync(places=found)
    return Course.objects.get(slug=COURSE_DEFAULT)


@pytest.fixture
def lab(course: Course) -> Lab:
    return Lab.objects.select_related("course", "item__published").get(course=course)


@pytest.fixture
def as_user() -> Callable[[Any], Client]:
    """A browser of its own in which this person is signed in."""

    def signed_in(user: Any) -> Client:
        client = Client()
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        return client

    return signed_in
