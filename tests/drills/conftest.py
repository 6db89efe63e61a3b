from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.drills.installation import ROOT, Installation


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated, empty database."""
    var = tmp_path_factory.mktemp("template")
    kept = {name: value for name, value in os.environ.items() if not name.startswith("DRILLYARD_")}
    environment = {**kept, "DRILLYARD_VAR_DIR": str(var), "DJANGO_SETTINGS_MODULE": "drillyard.config.settings"}
    subprocess.run(
        [sys.executable, str(ROOT / "manage.py"), "migrate", "--skip-checks", "--verbosity", "0"],
        env=environment,
        cwd=ROOT,
        check=True,
        timeout=120,
    )
    return var / "drillyard.sqlite3"


@pytest.fixture
def installation(tmp_path: Path, template: Path) -> Iterator[Installation]:
    found = Installation(tmp_path, template)
    try:
        yield found
    finally:
        found.close()
