"""Finding labs and reading what is to be submitted to them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import graders
from drillyard.catalog.content.labs import LabContent, lab_read
from drillyard.cli.texts import text


class UsageFault(Exception):
    """What was asked for is not there or makes no sense; the message is for a person."""


@dataclass(frozen=True, slots=True)
class Lab:
    """A lab and the folder that it lies in."""

    folder: Path
    content: LabContent

    @property
    def slug(self) -> str:
        return self.content.file.slug

    def title(self, lang: str) -> str:
        return self.content.file.title.zh if lang == "zh" else self.content.file.title.en


def labs_folder(named: Path | None, lang: str) -> Path:
    """The folder of labs: the one named, else the nearest upwards, else the repository's that this belongs to."""
    if named is not None:
        if not _holds_labs(named):
            raise UsageFault(text("no_labs", lang, start=named))
        return named
    here = Path.cwd()
    for folder in (here, *here.parents, Path(graders.__file__).resolve().parents[1]):
        if _holds_labs(folder / "labs"):
            return folder / "labs"
    raise UsageFault(text("no_labs", lang, start=here))


def _holds_labs(folder: Path) -> bool:
    return folder.is_dir() and any(folder.glob("*/lab.yaml"))


def lab_folders(folder: Path) -> list[Path]:
    return sorted(path.parent for path in folder.glob("*/lab.yaml"))


def lab_get(name: str, named: Path | None, lang: str) -> Lab:
    """The lab of this slug or in this folder; raises `UsageFault`."""
    path = Path(name)
    if (path / "lab.yaml").is_file():
        return lab_open(path.resolve(), lang)
    folder = labs_folder(named, lang)
    found = [item for item in lab_folders(folder) if name in (item.name, item.name.partition("-")[2])]
    if found:
        return lab_open(found[0], lang)
    known = ", ".join(item.name.partition("-")[2] for item in lab_folders(folder))
    raise UsageFault(text("no_lab", lang, lab=name, folder=folder, known=known))


def lab_open(folder: Path, lang: str) -> Lab:
    """Read a lab's folder; raises `UsageFault` with every fault and its place."""
    content, errors = lab_read(folder)
    if content is None or errors:
        lines = [error.as_text(lang) for error in sorted(errors)]
        raise UsageFault("\n".join([text("lab_broken", lang, lab=folder.name), *lines]))
    return Lab(folder, content)


def submission_read(lab: Lab, paths: list[Path], lang: str) -> dict[str, str]:
    """The files to submit, by the names that the lab gives them; raises `UsageFault`.

    A lab of one file takes a file of any name for it; otherwise names must be those of the lab.
    """
    allowed = lab.content.file.files_allowed
    given: dict[str, Path] = {}
    for path in paths:
        if path.is_dir():
            given |= {name: path / name for name in allowed if (path / name).is_file()}
        elif path.name in allowed:
            given[path.name] = path
        elif len(allowed) == 1 and len(paths) == 1:
            given[allowed[0]] = path
        else:
            raise UsageFault(text("wrong_file", lang, allowed=", ".join(allowed), name=path.name))
    for name in allowed:
        if name not in given:
            raise UsageFault(text("missing_file", lang, name=name))
    return {name: _read(path, lang) for name, path in given.items()}


def _read(path: Path, lang: str) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageFault(text("no_file", lang, path=path, problem=error)) from None
