"""Cases and suites: the mark sheet as code.

A suite is a folder of Python files, read in the order of their names; a case is a function with `@case`, and cases keep
the order in which the files define them. Files without a case hold helpers, imported as `from .helpers import ...`.
The keywords of `@case` are literals, so that others can read the mark sheet without running it.
"""

from __future__ import annotations

import hashlib
import importlib.util
import sys
from collections.abc import Callable
from dataclasses import dataclass
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from graders.harness.failures import SuiteError
from graders.protocol.verdict import Text

if TYPE_CHECKING:
    from graders.harness.lab import Lab

CaseFunction: TypeAlias = Callable[["Lab"], None]
_MARK: Final = "drillyard_case"


@dataclass(frozen=True, slots=True)
class Case:
    """A line of the mark sheet; `schedules` is how many derived seeds it is run under."""

    name: str
    points: int
    title: Text
    schedules: int
    function: CaseFunction


@dataclass(frozen=True, slots=True)
class Suite:
    """All cases of a lab, in the order of the mark sheet."""

    cases: tuple[Case, ...]

    @property
    def points(self) -> int:
        return sum(item.points for item in self.cases)

    def chosen(self, names: tuple[str, ...]) -> tuple[Case, ...]:
        """The cases of these names, in the suite's order;

        all for no names. Raises `SuiteError` for a name there is not.
        """
        if not names:
            return self.cases
        known = {item.name for item in self.cases}
        unknown = [name for name in names if name not in known]
        if unknown:
            raise SuiteError(f"no case named {', '.join(unknown)}")
        return tuple(item for item in self.cases if item.name in names)


def case(*, points: int, en: str, zh: str, schedules: int = 1) -> Callable[[CaseFunction], CaseFunction]:
    """Mark a function as a case. `en` and `zh` state the promise that it checks, in one sentence each."""
    if points < 0 or schedules < 1:
        raise SuiteError("points are not negative, and there is at least one schedule")
    if not en.strip() or not zh.strip():
        raise SuiteError("a case says in both languages what it checks")

    def mark(function: CaseFunction) -> CaseFunction:
        name = getattr(function, "__name__", "")
        setattr(function, _MARK, Case(name, points, {"en": en, "zh": zh}, schedules, function))
        return function

    return mark


def load_suite(directory: str | Path) -> Suite:
    """Import the suite in `directory`; raises `SuiteError` if there is none or it names a case twice."""
    folder = Path(directory).resolve()
    files = [path for path in sorted(folder.glob("*.py")) if path.name != "__init__.py"]
    if not files:
        raise SuiteError(f"no suite in {folder}")
    package = _package(folder)
    cases: dict[str, Case] = {}
    for path in files:
        module = _import(f"{package}.{path.stem}", path)
        for value in tuple(vars(module).values()):
            found = getattr(value, _MARK, None)
            if not isinstance(found, Case) or getattr(value, "__module__", None) != module.__name__:
                continue
            if found.name in cases:
                raise SuiteError(f"two cases are named {found.name}")
            cases[found.name] = found
    if not cases:
        raise SuiteError(f"the suite in {folder} has no case")
    return Suite(tuple(cases.values()))


def _package(folder: Path) -> str:
    """A package of a name of its own for the folder, made anew: a judge may see two revisions of one suite."""
    name = f"drillyard_suite_{hashlib.sha256(str(folder).encode()).hexdigest()[:12]}"
    for loaded in [item for item in sys.modules if item == name or item.startswith(f"{name}.")]:
        del sys.modules[loaded]
    spec = ModuleSpec(name, None, is_package=True)
    spec.submodule_search_locations = [str(folder)]
    package: Any = importlib.util.module_from_spec(spec)
    sys.modules[name] = package
    return name


def _import(name: str, path: Path) -> ModuleType:
    if name in sys.modules:  # a file before it has imported it as a helper
        return sys.modules[name]
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except Exception as error:
        raise SuiteError(f"{path.name}: {type(error).__name__}: {error}") from error
    return module
