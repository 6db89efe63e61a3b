"""The player's runtime: a copy of Python and of `graders.player` that the sandbox may read, and nothing else.

The problem: a sandbox process must be able to read its interpreter, its standard library and the player, and must not
be able to read the repository, the labs' suites, or whatever else lies beside them. The interpreter may lie in a
private home (pyenv, uv) that the sandbox's uid cannot even traverse, the clone likewise.

Rejected: mounting the originals where they can be read and copying where not (two paths, one of them seldom tried), and
mounting `/usr` whole (shows what is installed). So the runtime is always a copy, made once a content hash: later starts
find it. Layout::

    <base>/<hash>/python/bin/python3, python/lib/...     interpreter and standard library, no site-packages, no tests
    <base>/<hash>/lib/*.so                               the shared libraries those need, and the loader
    <base>/<hash>/player/graders/{protocol,player}       our side of the channel
    <base>/<hash>.lock                                   held shared by whoever uses it; old ones without holder go

Invariant: nothing in the folder was written by anyone but us. The base folder is ours, writable by us alone, and below
parents that cannot be swapped by a stranger; a copy is made under another name and renamed when it is complete.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import py_compile
import shutil
import stat
import subprocess
import sys
import sysconfig
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

import graders
from graders.sandbox.errors import SandboxUnavailable

LAYOUT: Final = 1
"""Part of the hash: change it when the way of copying changes."""

_NOT_COPIED: Final = (
    "site-packages", "dist-packages", "test", "tests", "idlelib", "tkinter", "turtledemo", "ensurepip", "lib2to3",
    "distutils", "venv", "pydoc_data", "msilib", "curses", "dbm", "sqlite3",
)  # fmt: skip
_NOT_COPIED_PREFIXES: Final = ("config-", "_test", "_xx", "xxlimited", "_tkinter", "_curses", "readline", "_gdbm",
                               "_dbm", "_sqlite3", "nis.", "ossaudiodev", "_ctypes_test", "_crypt")  # fmt: skip
_NOT_COPIED_ENDINGS: Final = (".a", ".exe", ".opt-1.pyc", ".opt-2.pyc")
_PLAYER_PARTS: Final = ("protocol", "player")
_ZONEINFO: Final = Path("/usr/share/zoneinfo")
_KEPT_OLD: Final = 1
"""Runtimes beside the one in use that may stay: going back and forth between two versions costs no copy."""

_LIST_LIBRARIES: Final = """
import importlib, os, sys
for name in sys.argv[1:]:
    try:
        importlib.import_module(name)
    except Exception:
        pass
for line in open("/proc/self/maps"):
    path = line.split(maxsplit=5)[5].strip() if line.count(" ") > 4 and "/" in line else ""
    if ".so" in os.path.basename(path):
        print(path)
"""


@dataclass(frozen=True, slots=True)
class Runtime:
    """A complete runtime. `loader` is where the interpreter expects its dynamic loader; `lock` is held while used."""

    path: Path
    loader: Path
    lock: int

    @property
    def python(self) -> Path:
        return self.path / "python"

    @property
    def libraries(self) -> Path:
        return self.path / "lib"

    @property
    def player(self) -> Path:
        return self.path / "player"


def runtime_get(base: Path | None = None) -> Runtime:
    """The runtime of this interpreter and this version of the player, copied if it is not there yet.

    Takes about a second when it copies and 20 ms when not. Raises `SandboxUnavailable`.
    """
    folder = _base(base)
    player = _player_files()
    name = _content_hash(player)
    lock = os.open(folder / f"{name}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    fcntl.flock(lock, fcntl.LOCK_SH)
    path = folder / name
    if not path.is_dir():
        _build(folder, path, player)
    _require_ours(path)
    os.utime(path)
    _clean(folder, name)
    return Runtime(path, _loader(Path(sys.executable)), lock)


@cache
def runtime_shared() -> Runtime:
    """The runtime of this process, looked for once and held as long as the process lives."""
    return runtime_get()


# -------------------------------------------------------------------------------------------------- where


def _base(base: Path | None) -> Path:
    candidates = [base] if base is not None else _candidates()
    problems = []
    for folder in candidates:
        try:
            folder.mkdir(mode=0o755, parents=True, exist_ok=True)
            _require_ours(folder)
            _require_reachable(folder)
        except (OSError, SandboxUnavailable) as error:
            problems.append(f"{folder}: {error}")
        else:
            return folder
    raise SandboxUnavailable(
        "runtime", f"no folder for the player's runtime ({'; '.join(problems)}); name one in DRILLYARD_RUNTIME_DIR"
    )


def _candidates() -> list[Path]:
    named = os.environ.get("DRILLYARD_RUNTIME_DIR")
    if named:
        return [Path(named)]
    private = Path(f"/var/tmp/drillyard-runtime-{os.geteuid()}")  # noqa: S108 - ownership and mode are checked
    if os.geteuid() == 0:
        return [private, Path("/var/lib/drillyard/runtime")]
    cache = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")  # noqa: PTH111 - a string is enough
    return [Path(cache) / "drillyard" / "runtime", private]


def _require_ours(folder: Path) -> None:
    status = folder.lstat()
    if not stat.S_ISDIR(status.st_mode) or status.st_uid != os.geteuid() or status.st_mode & 0o022:
        raise SandboxUnavailable("runtime", f"{folder} is not a folder of ours that only we can write")


def _require_reachable(folder: Path) -> None:
    """No stranger can swap a parent; and, if the sandbox gets a uid of its own, that uid can come here."""
    for parent in folder.resolve().parents:
        status = parent.stat()
        if status.st_uid not in (0, os.geteuid()) or (status.st_mode & 0o022 and not status.st_mode & stat.S_ISVTX):
            raise SandboxUnavailable("runtime", f"others can replace what is below {parent}")
        if os.geteuid() == 0 and not status.st_mode & 0o001:
            raise SandboxUnavailable("runtime", f"the sandbox's uid cannot pass through {parent}")


# --------------------------------------------------------------------------------------------------- what


def _standard_library() -> Path:
    return Path(sysconfig.get_path("stdlib"))


def _interpreter() -> Path:
    return Path(os.path.realpath(getattr(sys, "_base_executable", sys.executable)))


def _wanted(name: str) -> bool:
    if name in _NOT_COPIED or name.startswith(_NOT_COPIED_PREFIXES):
        return False
    return not name.endswith(_NOT_COPIED_ENDINGS)


def _library_files(top: Path) -> Iterator[Path]:
    """Files to copy below `top`, sorted, relative to it."""
    for folder, names, files in os.walk(top):
        names[:] = sorted(name for name in names if _wanted(name))
        for name in sorted(files):
            if _wanted(name) and (Path(folder) / name).exists():
                yield (Path(folder) / name).relative_to(top)


def _player_files() -> dict[str, bytes]:
    """Our side's sources by their names below `graders`, read once, so that what is hashed is what is copied."""
    top = Path(graders.__file__).parent
    found = [top / "__init__.py"]
    for part in _PLAYER_PARTS:
        found += sorted((top / part).glob("*.py"))
    return {str(path.relative_to(top)): path.read_bytes() for path in found}


def _content_hash(player: dict[str, bytes]) -> str:
    """The player by its bytes; the interpreter and its library, which are large, by names, sizes and times."""
    digest = hashlib.sha256(f"{LAYOUT} {sys.version} {sys.prefix == sys.base_prefix} {_interpreter()}".encode())
    for program in (_interpreter(), _loader(_interpreter())):
        status = program.stat()
        digest.update(f"{status.st_size} {status.st_mtime_ns}".encode())
    top = _standard_library()
    for folder, names, files in os.walk(top):
        names[:] = sorted(name for name in names if _wanted(name) and name != "__pycache__")
        status = Path(folder).stat()
        digest.update(f"{folder} {len(files)} {status.st_mtime_ns}".encode())
    for name, content in player.items():
        digest.update(f"{name} {len(content)}\n".encode() + content)
    return digest.hexdigest()[:32]


# --------------------------------------------------------------------------------------------------- copy


def _build(folder: Path, path: Path, player: dict[str, bytes]) -> None:
    draft = Path(tempfile.mkdtemp(prefix=".draft-", dir=folder))
    try:
        _copy_python(draft / "python")
        _copy_libraries(draft / "lib")
        _write_player(draft / "player" / "graders", player)
        _open_to_readers(draft)
        with contextlib.suppress(OSError):  # somebody else was faster: theirs is as good
            draft.rename(path)
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    if not path.is_dir():
        raise SandboxUnavailable("runtime", f"the runtime could not be completed at {path}")


def _copy_python(target: Path) -> None:
    name = f"python{sys.version_info.major}.{sys.version_info.minor}"
    source = _standard_library()
    for relative in _library_files(source):
        _copy(source / relative, target / "lib" / name / relative)
    _copy(_interpreter(), target / "bin" / "python3")
    if _ZONEINFO.is_dir():
        for relative in _library_files(_ZONEINFO):
            if relative.parts[0] not in ("posix", "right"):
                _copy(_ZONEINFO / relative, target / "share" / "zoneinfo" / relative)


def _copy_libraries(target: Path) -> None:
    """Every shared object outside the standard library that its extensions have mapped, under each of its names."""
    extensions = [path.name.partition(".")[0] for path in (_standard_library() / "lib-dynload").iterdir()]
    command = [str(_interpreter()), "-I", "-S", "-c", _LIST_LIBRARIES, *filter(_wanted, sorted(extensions))]
    listed = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60, env={})  # noqa: S603
    for name in sorted(dict.fromkeys(filter(None, listed.stdout.split("\n")))):
        path = Path(name)
        if _standard_library() in path.parents:
            continue
        _copy(path, target / path.name)
        for sibling in path.parent.glob("*.so.*"):
            if sibling.is_symlink() and os.path.realpath(sibling) == os.path.realpath(path):
                (target / sibling.name).symlink_to(path.name)
    _copy(_loader(_interpreter()), target / _loader(_interpreter()).name)


def _write_player(target: Path, player: dict[str, bytes]) -> None:
    for name, content in player.items():
        path = target / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        py_compile.compile(str(path), doraise=True, invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH)


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy2(source, target)


def _open_to_readers(top: Path) -> None:
    top.chmod(0o755)
    for folder, names, files in os.walk(top):
        for name in names:
            (Path(folder) / name).chmod(0o755)
        for path in (Path(folder) / name for name in files):
            path.chmod(0o755 if path.stat().st_mode & 0o100 else 0o644)


def _loader(program: Path) -> Path:
    """The dynamic loader that an ELF program names (PT_INTERP), as it spells it."""
    with Path(os.path.realpath(program)).open("rb") as file:
        head = file.read(4096)
    for candidate in ("/lib64/ld-linux-x86-64.so.2", "/lib/ld-linux-aarch64.so.1"):
        if candidate.encode() in head:
            return Path(candidate)
    raise SandboxUnavailable("runtime", f"{program} is not linked for glibc on x86-64 or aarch64")


# --------------------------------------------------------------------------------------------------- clean


def _clean(folder: Path, current: str) -> None:
    """Remove runtimes that nobody holds, but for the newest beside the current one, and drafts of dead processes."""
    others = [path for path in folder.iterdir() if path.is_dir() and path.name != current and path.name[0] != "."]
    others.sort(key=lambda path: path.stat().st_mtime_ns, reverse=True)
    for path in others[_KEPT_OLD:]:
        _remove_unheld(folder, path)
    for path in folder.glob(".draft-*"):
        if path.stat().st_mtime < folder.stat().st_mtime - 3600:
            shutil.rmtree(path, ignore_errors=True)


def _remove_unheld(folder: Path, path: Path) -> None:
    with (folder / f"{path.name}.lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return
        shutil.rmtree(path, ignore_errors=True)
        Path(lock.name).unlink(missing_ok=True)
