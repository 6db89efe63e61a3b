"""The runtime's folder: made once, ours alone, and nothing in it but the player and its Python."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from graders.sandbox import SandboxUnavailable
from graders.sandbox.runtime import runtime_get


@pytest.fixture
def base() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(dir="/var/tmp") as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


def test_a_runtime_is_made_once_and_found_again(base: Path) -> None:
    first = runtime_get(base)
    second = runtime_get(base)
    assert first.path == second.path
    assert [path.name for path in base.iterdir() if path.is_dir()] == [first.path.name]
    for runtime in (first, second):
        os.close(runtime.lock)


def test_it_holds_the_player_and_nothing_else_of_ours(base: Path) -> None:
    runtime = runtime_get(base)
    os.close(runtime.lock)
    assert sorted(path.name for path in (runtime.player / "graders").iterdir() if path.is_dir()) == [
        "__pycache__",
        "player",
        "protocol",
    ]
    assert not list(runtime.path.rglob("site-packages"))
    assert not [path for path in runtime.path.rglob("*") if not path.is_symlink() and path.stat().st_mode & 0o022]


def test_a_folder_that_others_can_write_is_refused(base: Path) -> None:
    base.chmod(0o777)
    with pytest.raises(SandboxUnavailable, match="only we can write"):
        runtime_get(base)


@pytest.mark.root
def test_a_folder_of_somebody_else_is_refused(base: Path) -> None:
    """Charlie made it before we came."""
    if os.geteuid() != 0:
        pytest.skip("only root can give a folder away")
    os.chown(base, 12_345, 12_345)
    with pytest.raises(SandboxUnavailable, match="folder of ours"):
        runtime_get(base)


def test_a_link_is_refused(base: Path) -> None:
    (base / "link").symlink_to(base)
    with pytest.raises(SandboxUnavailable, match="folder of ours"):
        runtime_get(base / "link")
