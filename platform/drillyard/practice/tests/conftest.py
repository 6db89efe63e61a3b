from __future__ import annotations

from pathlib import Path

import pytest

from drillyard.catalog.models import Course
from drillyard.catalog.services import course_sync
from tests.content.fixtures import good_tree, places


@pytest.fixture
def course(db: None, tmp_path: Path) -> Course:
    """The good tree's course, synced."""
    course_sync(places=places(good_tree(tmp_path / "tree")))
    return Course.objects.get(slug="mini")
