"""One judge for all attacks: that it goes on after each of them is part of what is tested."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.attacks.grounds import Grounds


@pytest.fixture(scope="session")
def grounds() -> Iterator[Grounds]:
    with Grounds() as grounds:
        yield grounds
