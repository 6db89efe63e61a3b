"""A lab read from its folder: what the server keeps of it, what the judge is told, and what is wrong with it.

What is served or judged (`lab.yaml`, statements, figures, starter, suite) makes up the lab's revision. Solutions and
mutants are needed only where a lab proves itself, from the tree: a better mutant makes no new revision, so it regrades
nobody. Nothing here imports Django: the command line grades with the same definition and the same revision hash.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from drillyard.catalog.content.faults import error
from drillyard.catalog.content.files import ItemFiles, folder_files, item_files_read
from drillyard.catalog.content.sheet import Case, mark_sheet
from drillyard.catalog.content.validation import shape_of
from drillyard.catalog.schemas import LabFile, MutantFile
from drillyard.common import yamlfile
from drillyard.common.yamlfile import ContentError, Document, Position

PUBLISHED: Final = re.compile(
    r"lab\.yaml|statement\.(?:en|zh)\.md|figures/[^/]+|starter/[A-Za-z_]\w*\.py|suite/\w+\.(?:py|json)"
)
_UNPUBLISHED: Final = ("solution/", "solutions/", "mutants/")


@dataclass(frozen=True, slots=True)
class LabContent:
    """A lab without faults of its own. `files` are those of its revision."""

    item: ItemFiles
    document: Document
    file: LabFile
    cases: list[Case]

    @property
    def content_hash(self) -> str:
        return self.item.content_hash()

    def definition(self, suite_dir: str) -> dict[str, Any]:
        """What `graders.protocol.jobs.LabDefinition` is built of; `suite_dir` is where the suite lies now."""
        return lab_definition(self.file, self.content_hash, suite_dir)


def lab_definition(lab: LabFile, content_hash: str, suite_dir: str) -> dict[str, Any]:
    """The judge's part of a lab. `revision` is the content hash of the published files."""
    return {
        "slug": lab.slug,
        "revision": content_hash,
        "kind": lab.kind,
        "entry_point": lab.entry_point,
        "files_allowed": list(lab.files_allowed),
        "suite_dir": suite_dir,
        "modules_allowed": list(lab.modules_allowed),
        "limits": lab.limits.model_dump(),
    }


def lab_folder_read(folder: Path, shown: str) -> tuple[ItemFiles, list[ContentError]]:
    """The published files of a lab's folder. A file that has no place there is an error, not left out in silence."""
    paths = folder_files(folder)
    published = [path for path in paths if PUBLISHED.fullmatch(path)]
    item, errors = item_files_read(folder, shown, published)
    for path in paths:
        if path not in published and not path.startswith(_UNPUBLISHED):
            errors.append(error(item.shown_path(path), Position(), "file-unexpected"))
    return item, errors


def lab_parse(item: ItemFiles) -> tuple[LabContent | None, list[ContentError]]:
    """The lab in `item`, or every fault of its fields and its mark sheet. The statements are checked elsewhere."""
    document, errors = yamlfile.parse_item(item.files.get("lab.yaml"), item.shown_path("lab.yaml"))
    lab: LabFile | None = None
    if document is not None:
        lab, faults = shape_of(LabFile.model_validate, document)
        errors += faults
    cases, faults = mark_sheet(item)
    errors += faults
    if lab is None or document is None:
        return None, errors
    for index, name in enumerate(lab.files_allowed):
        if f"starter/{name}" not in item.files:
            place = document.position(("files_allowed", index))
            errors.append(error(document.file, place, "starter-missing", name=name))
    return (None if errors else LabContent(item, document, lab, cases)), errors


def lab_read(folder: Path, shown: str | None = None) -> tuple[LabContent | None, list[ContentError]]:
    """The lab in `folder`, as the command line needs it: fields and mark sheet checked, texts not."""
    shown = str(folder) if shown is None else shown
    if not folder.is_dir():
        return None, [error(shown, Position(), "folder-missing")]
    item, errors = lab_folder_read(folder, shown)
    lab, faults = lab_parse(item)
    return (None if errors else lab), errors + faults


def mutants_read(folder: Path, shown: str, lab: LabContent) -> tuple[dict[str, MutantFile], list[ContentError]]:
    """The mutants of the lab in `folder`, by name: each with its mutant.yaml and every file a student sends."""
    found: dict[str, MutantFile] = {}
    errors: list[ContentError] = []
    base = folder / "mutants"
    for mutant in sorted(path for path in base.iterdir() if path.is_dir()) if base.is_dir() else []:
        if mutant.name.startswith((".", "__")):
            continue
        here = f"{shown}/mutants/{mutant.name}"
        document, faults = yamlfile.load(mutant / "mutant.yaml", f"{here}/mutant.yaml")
        errors += faults
        for name in lab.file.files_allowed:
            if not (mutant / name).is_file():
                errors += yamlfile.missing(f"{here}/{name}")
        if document is None:
            continue
        parsed, faults = shape_of(MutantFile.model_validate, document)
        errors += faults
        if parsed is None:
            continue
        if parsed.killed_by not in {case.name for case in lab.cases}:
            place = document.position(("killed_by",))
            errors.append(error(document.file, place, "mutant-case", name=parsed.killed_by))
        found[mutant.name] = parsed
    return found, errors
