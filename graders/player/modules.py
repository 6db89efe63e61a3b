"""A node's own modules: the student's files, imported anew, and the rule of what else they may import.

Each node has its own module objects and its own `__import__`, which the student's modules find in their
`__builtins__`. The standard library's modules are shared and import as ever, since only code whose globals we made
sees our import. This keeps a lab's promise of what is allowed and gives a clear message; it is no wall. The wall is
the guard of the process.

`sys.modules` has the student's modules too while their node runs, because `dataclasses`, `typing` and `pickle` look
classes up there.
"""

from __future__ import annotations

import base64
import builtins
import linecache
import marshal
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import lru_cache
from types import CodeType, ModuleType
from typing import Any, Final

from graders.player.errors import ImportRefused, Refused
from graders.player.world import current

_ALWAYS: Final = ("__future__",)
_OURS: Final = ("graders.player", "graders.player.errors")
_NO_FILES: Final = (
    "{name}() does not exist here: there are no files and nobody types / {name}() 在这里不存在：没有文件，也没有人输入"
)


def packed_code(files: Mapping[str, str]) -> dict[str, str]:
    """The files that compile, as text for a `Start`: so one node compiles for all of a run."""
    packed = {}
    for name, source in files.items():
        with suppress(SyntaxError):
            packed[name] = base64.b64encode(marshal.dumps(compile_source(name, source))).decode("ascii")
    return packed


@lru_cache(maxsize=64)
def compile_source(name: str, source: str) -> CodeType:
    """Code objects do not change, so nodes of one process share them. Raises `SyntaxError` and nothing else.

    A NUL byte is a ValueError before Python 3.12, and nesting that the parser cannot follow is a RecursionError or a
    MemoryError: they are all one thing to the person who wrote the file.
    """
    try:
        code = compile(source, name, "exec", dont_inherit=True)
    except (ValueError, RecursionError, MemoryError) as error:
        raise SyntaxError(f"{type(error).__name__}: {error}", (name, 1, 0, "")) from None
    # There and back even where nobody sends it: a constant set is built anew on the way, perhaps in another order, and
    # all players must see the same.
    again: CodeType = marshal.loads(marshal.dumps(code))  # noqa: S302 - our own bytes
    return again


def _unpacked(name: str, source: str, packed: str | None) -> CodeType:
    """What the run's compiling node has made of the file; without that, or if it is no code, compiled here."""
    if packed is not None:
        with suppress(ValueError, EOFError, TypeError):
            code = marshal.loads(base64.b64decode(packed))  # noqa: S302 - behind the guard, like the code itself
            if isinstance(code, CodeType):
                return code
    return compile_source(name, source)


class Shown:
    """What `sys.modules` shows of student's modules, and what was there before."""

    __slots__ = ("_previous", "modules")

    def __init__(self) -> None:
        self.modules: Modules | None = None
        self._previous: dict[str, ModuleType | None] = {}

    def add(self, name: str, module: ModuleType) -> bool:
        """Show a module, unless it would stand in for one that the standard library may import later."""
        if name in sys.stdlib_module_names:
            return False
        self._previous.setdefault(name, sys.modules.get(name))
        sys.modules[name] = module
        return True

    def restore(self) -> None:
        """As it was before any node ran."""
        self.modules = None
        for name, previous in self._previous.items():
            if previous is None:
                sys.modules.pop(name, None)
            else:
                sys.modules[name] = previous
        self._previous.clear()


shown: Final = Shown()


class Modules:
    """The namespace of one incarnation of a node."""

    def __init__(self, files: Mapping[str, str], allowed: Sequence[str], code: Mapping[str, str] | None = None) -> None:
        self._code = dict(code or {})
        self._sources = {name.removesuffix(".py"): (name, text) for name, text in files.items() if name.endswith(".py")}
        self._allowed = tuple(allowed)
        self._loaded: dict[str, ModuleType] = {}
        self._visible: dict[str, ModuleType] = {}
        self._builtins = {
            **vars(builtins),
            "__import__": self.import_module,
            "open": _missing("open"),
            "input": _missing("input"),
            "breakpoint": _missing("breakpoint"),
        }

    def file_names(self) -> tuple[str, ...]:
        return tuple(name for name, _ in self._sources.values())

    def load(self, name: str) -> ModuleType:
        """The student's module `name`, executed once;

        raises whatever it raises, `ModuleNotFoundError` if there is none.
        """
        module = self._loaded.get(name)
        if module is not None:
            return module
        if name not in self._sources:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
        file_name, source = self._sources[name]
        code = _unpacked(file_name, source, self._code.get(file_name))
        linecache.cache[file_name] = (len(source), None, source.splitlines(keepends=True), file_name)
        module = ModuleType(name)
        module.__file__ = file_name
        module.__dict__["__builtins__"] = self._builtins
        self._loaded[name] = module
        if shown.add(name, module):
            self._visible[name] = module
        try:
            exec(code, module.__dict__)  # noqa: S102 - this is what a player is for; it runs behind the guard
        except BaseException:
            del self._loaded[name]
            self._visible.pop(name, None)
            raise
        return module

    def import_module(
        self,
        name: str,
        module_globals: Any = None,
        module_locals: Any = None,
        fromlist: Any = (),
        level: int = 0,
    ) -> ModuleType:
        """`__import__` as the student's modules see it.

        The interpreter's own lazy imports in C (`_strptime`, `warnings`) take the `__import__` of whoever is running.
        They are known by the list that they pass where a statement passes a tuple.
        """
        if type(fromlist) is list:
            return builtins.__import__(name, module_globals, module_locals, fromlist, level)
        if level == 0:
            top = name.partition(".")[0]
            if top in self._sources:
                return self.load(name)
            if top in self._allowed or top in _ALWAYS or name in _OURS:
                return builtins.__import__(name, module_globals, module_locals, fromlist, 0)
        elif name in self._sources:
            raise ImportError("files stand side by side here; import without the leading dot")
        raise self._refusal(name)

    def _refusal(self, name: str) -> ImportRefused:
        allowed = ", ".join(sorted((*self._sources, *_OURS[:1], *self._allowed)))
        text = f"this lab does not allow {name!r}; allowed: {allowed} / 本实验不允许导入 {name!r}；允许：{allowed}"
        if current.world is not None:
            current.world.report("refused", text)
        return ImportRefused(text)

    def show(self) -> None:
        """Make this node's modules the ones that `sys.modules` shows.

        Nodes of a run have the same files, so those of the node before are simply overwritten.
        """
        shown.modules = self
        sys.modules.update(self._visible)


def _missing(name: str) -> Any:
    def missing(*_args: Any, **_options: Any) -> Any:
        raise Refused(_NO_FILES.format(name=name))

    return missing
