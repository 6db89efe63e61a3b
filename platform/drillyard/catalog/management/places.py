"""Where a course's files lie, as the commands are told or as the repository has them."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from drillyard.catalog.content.tree import Places


def places_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("path", type=Path, help="the course's folder, such as courses/ftdr")
    parser.add_argument("--labs", type=Path, help="the labs' folder; left out: labs beside courses, if it is there")
    parser.add_argument("--questions", type=Path, help="the folder of chNN folders; left out: question_bank/<course>")


def places_of(options: dict[str, Any]) -> Places:
    """The places that were given; what was not is taken from beside the course where it is there."""
    course: Path = options["path"]
    root = course.parent.parent
    labs = options["labs"] or _there(root / "labs")
    return Places(course, labs, options["questions"] or _there(root / "question_bank" / course.name))


def _there(folder: Path) -> Path | None:
    return folder if folder.is_dir() else None
