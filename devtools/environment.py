"""The Python environment: `.venv` without pip, a pinned uv, the locked packages.

Debian's bare `python3` has no `ensurepip`, so the environment is made without pip and filled by uv, which comes as a
wheel whose hash stands below. `run` needs the server's packages and the front end's build tools; `test` and `check`
need the developers' tools as well. Both live in one `.venv`: packages are only ever added, and each set has its own
stamp, so that going from one to the other costs nothing.
"""

from __future__ import annotations

import io
import os
import platform
import stat
import subprocess
import sys
import venv
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from devtools import network, places, stamps
from devtools.console import Failure, Step, logged, step, text

UV_VERSION: Final = "0.13.9"
UV_WHEELS: Final = {
    ("linux", "x86_64", "glibc"): (
        "manylinux_2_17_x86_64.manylinux2014_x86_64",
        "d7f459fe4fd247d830351c75686d3996ace3c6f3f728eb0e85a30b7ada0cef19",
    ),
    ("linux", "aarch64", "glibc"): (
        "manylinux_2_17_aarch64.manylinux2014_aarch64.musllinux_1_1_aarch64",
        "5435c5ce14a56431208ca0996416d310f1598e8c2c8ba707688985a16bb82dbe",
    ),
    ("linux", "x86_64", "musl"): (
        "musllinux_1_1_x86_64",
        "2c45530751517d6c3bbc69a19473f6effe47cce047bede01ffd8af7ea7b36b25",
    ),
    ("linux", "aarch64", "musl"): (
        "manylinux_2_17_aarch64.manylinux2014_aarch64.musllinux_1_1_aarch64",
        "5435c5ce14a56431208ca0996416d310f1598e8c2c8ba707688985a16bb82dbe",
    ),
    ("darwin", "x86_64", ""): (
        "macosx_10_12_x86_64",
        "c16ed11e013557536b3e60065f1b912f6407bd6518e041b961e23ef9e6b4fbf5",
    ),
    ("darwin", "arm64", ""): ("macosx_11_0_arm64", "66c512266d633bef48384a1f53003f41f2a8e7b36fe6e7fbfd3e0fd52d96fa63"),
}
"""File name tag and SHA-256 of uv's wheel for each kind of machine."""


@dataclass(frozen=True, slots=True)
class Packages:
    """A set of packages: its name, its title, what uv is told, and which sets it contains."""

    name: str
    title: tuple[str, str]
    chosen: tuple[str, ...]
    contains: tuple[str, ...] = ()


SERVER: Final = Packages(
    "server", ("Python packages", "Python 包"), ("--extra", "server", "--no-default-groups", "--group", "build")
)
DEVELOPMENT: Final = Packages(
    "development",
    ("Python packages for development", "开发用的 Python 包"),
    ("--extra", "server", "--group", "dev"),
    ("server",),
)
MEASURING: Final = Packages(
    "measuring",
    ("Python packages for measuring", "测量用的 Python 包"),
    (*DEVELOPMENT.chosen, "--group", "bench"),
    ("server", "development"),
)


def prepare(packages: Packages) -> None:
    """Make `.venv` hold what the verb needs. Idempotent; without network when nothing changed. Raises `Failure`."""
    _environment_make()
    value = stamps.digest([places.ROOT / "uv.lock"], UV_VERSION, _interpreter())
    if stamps.fresh(_stamp(packages.name), value):
        return
    source = network.registry()
    _uv_fetch(source)
    with step(*packages.title) as shown:
        _packages_install(shown, source, packages.chosen)
        _command_write()
        for name in (packages.name, *packages.contains):
            stamps.write(_stamp(name), value)


def _stamp(name: str) -> Path:
    return places.VENV / f".packages-{name}"


def _interpreter() -> str:
    """Version and place of the environment's Python, as its own configuration tells."""
    return (places.VENV / "pyvenv.cfg").read_text("utf-8")


def _environment_make() -> None:
    if _works():
        return
    with step("Python environment", "Python 环境"):
        venv.EnvBuilder(with_pip=False, symlinks=True, clear=places.VENV.exists()).create(places.VENV)
    if not _works():
        raise Failure(
            text(f"The Python in {places.VENV} does not start.", f"{places.VENV} 中的 Python 无法启动。"),
            text(
                "Name another one: PYTHON=/usr/bin/python3 make run",
                "请指定另一个 Python：PYTHON=/usr/bin/python3 make run",
            ),
        )


def _works() -> bool:
    """Whether `.venv` has a Python that starts and is new enough. A copy made on another machine has not."""
    if not (places.VENV / "pyvenv.cfg").is_file():
        return False
    question = "import sys; sys.exit(sys.version_info < (3, 11))"
    try:
        return subprocess.run([places.PYTHON, "-I", "-S", "-c", question], check=False, timeout=30).returncode == 0
    except OSError:
        return False


def _uv() -> Path:
    return places.VENV / "bin" / f"uv-{UV_VERSION}"


def _uv_fetch(source: network.Registry) -> None:
    if _uv().exists():
        return
    with step(f"uv {UV_VERSION}", f"uv {UV_VERSION}"):
        tag, sha256 = _uv_wheel()
        data = network.wheel(source, "uv", f"uv-{UV_VERSION}-py3-none-{tag}.whl", sha256)
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            program = archive.read(f"uv-{UV_VERSION}.data/scripts/uv")
        draft = _uv().with_suffix(".draft")
        draft.write_bytes(program)
        draft.chmod(draft.stat().st_mode | stat.S_IXUSR | stat.S_IXGRP | stat.S_IXOTH)
        draft.replace(_uv())


def _uv_wheel() -> tuple[str, str]:
    kind = (sys.platform, platform.machine().lower().replace("amd64", "x86_64"), _c_library())
    if kind not in UV_WHEELS:
        raise Failure(
            text(
                f"No pinned uv for this kind of machine: {' '.join(kind)}.",
                f"没有为此类机器锁定的 uv：{' '.join(kind)}。",
            ),
            text(
                "Drillyard runs on Linux (x86-64, aarch64) and, without isolation, on macOS.",
                "Drillyard 可在 Linux（x86-64、aarch64）上运行；在 macOS 上运行时没有隔离。",
            ),
        )
    return UV_WHEELS[kind]


def _c_library() -> str:
    if sys.platform != "linux":
        return ""
    return "glibc" if platform.libc_ver()[0] == "glibc" else "musl"


def _packages_install(shown: Step, source: network.Registry, chosen: tuple[str, ...]) -> None:
    """Install the locked packages; every one is checked by the hash in `uv.lock`.

    `uv sync` takes each file from the address in the lock and asks no index, so a mirror would be passed by. With a
    mirror the lock is therefore written out as requirements with hashes, and those are installed from the mirror.
    """
    env = _uv_environment(source)
    common = ("--frozen", "--no-install-project" if not source.mirrored else "--no-emit-project", *chosen)
    if not source.mirrored:
        logged(shown, [str(_uv()), "sync", "--inexact", *common], env=env)
        return
    places.VAR.mkdir(parents=True, exist_ok=True)
    uv, python, listed = str(_uv()), str(places.PYTHON), str(places.VAR / "requirements.txt")
    logged(shown, [uv, "export", *common, "--quiet", "--output-file", listed], env=env)
    logged(shown, [uv, "pip", "install", "--require-hashes", "--python", python, "--requirements", listed], env=env)


def _uv_environment(source: network.Registry) -> dict[str, str]:
    more = {
        "UV_PROJECT_ENVIRONMENT": str(places.VENV),
        "UV_PYTHON": str(places.PYTHON),
        "UV_PYTHON_DOWNLOADS": "never",
        "UV_NO_PROGRESS": "1",
    }
    if not os.access(Path.home(), os.W_OK):
        more["UV_CACHE_DIR"] = str(places.VAR / "cache" / "uv")
    return {**os.environ, **source.for_uv(), **more}


def _command_write() -> None:
    """Put the command `drillyard` into `.venv`. It works on the sources: no wheel of them is built."""
    command = places.VENV / "bin" / "drillyard"
    lines = (
        f"#!{places.PYTHON}",
        "import sys",
        "",
        f"sys.path[:0] = [{str(places.ROOT / 'platform')!r}, {str(places.ROOT)!r}]",
        "",
        "from drillyard.cli import main",
        "",
        "sys.exit(main())",
        "",
    )
    command.write_text("\n".join(lines), "utf-8")
    command.chmod(0o755)
