"""The good tree, and trees with one fault each, described by files that are named for their fault.

`broken/<fault>.yaml` says how the good tree is changed and every error that must come of it, with line and column. All
else is the good tree's, so a fixture shows its fault and nothing more.
"""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any, Final

import yaml

from drillyard.catalog.content.labs import mutants_read
from drillyard.catalog.content.snippets import snippet_faults
from drillyard.catalog.content.tree import Places
from drillyard.catalog.content.whole import tree_check
from drillyard.common.yamlfile import ContentError

HERE: Final = Path(__file__).parent
ROOT: Final = HERE.parents[1]
GOOD: Final = HERE / "good"
BROKEN: Final = HERE / "broken"


def good_tree(base: Path) -> Path:
    """A copy of the good tree, to be changed."""
    shutil.copytree(GOOD, base, ignore=shutil.ignore_patterns("__pycache__"))
    return base


def places(base: Path, labs: str = "labs") -> Places:
    return Places(base / "courses/mini", base / labs, base / "question_bank/mini")


def broken(name: str) -> dict[str, Any]:
    spec: dict[str, Any] = yaml.safe_load((BROKEN / f"{name}.yaml").read_text(encoding="utf-8"))
    return spec


def materialise(spec: dict[str, Any], base: Path) -> Path:
    """The good tree at `base` with the changes that `spec` describes."""
    good_tree(base)
    for edit in spec.get("edits", []):
        path = base / edit["file"]
        before = path.read_text(encoding="utf-8")
        assert edit["find"] in before, f"{edit['file']} has no {edit['find']!r}"
        path.write_text(before.replace(edit["find"], edit["put"]), encoding="utf-8")
    for name in spec.get("remove", []):
        (base / name).unlink()
    for name, content in spec.get("add", {}).items():
        path = base / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(_bytes(content))
    if "move" in spec:
        (base / spec["move"]["from"]).rename(base / spec["move"]["to"])
    if "copies" in spec:
        _copies(base / spec["copies"]["of"], spec["copies"]["count"])
    return base


def check(spec: dict[str, Any], base: Path) -> list[ContentError]:
    """Everything that `make content` says of the tree, files named from `base`."""
    where = places(base, spec.get("labs", "labs"))
    tree, errors = tree_check(where)
    for lab in tree.labs.values():
        assert where.labs is not None
        errors += mutants_read(where.labs / lab.folder, lab.item.shown, lab.lab)[1]
    for chapter in tree.chapters.values():
        errors += snippet_faults(chapter.texts.en, ROOT, wall_s=3)
    prefix = f"{base}/"
    return [
        ContentError(one.file.removeprefix(prefix), one.line, one.column, one.id, one.message, one.mend)
        for one in sorted(errors)
    ]


def _bytes(content: Any) -> bytes:
    if isinstance(content, str):
        return content.encode()
    if "gbk" in content:
        return str(content["gbk"]).encode("gbk")
    return str(content["big"]).encode() * int(content["times"])


def _copies(path: Path, count: int) -> None:
    """More questions like this one, each with a slug and a uuid of its own."""
    text = path.read_text(encoding="utf-8")
    for number in range(1, count + 1):
        copy = text.replace(path.stem, f"{path.stem}-{number}").replace("7a1004", f"7a11{number:02d}")
        path.with_name(f"{path.stem}-{number}.yaml").write_text(copy, encoding="utf-8")
