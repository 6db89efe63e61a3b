"""Figures: which file serves which language and theme, whether a picture is safe, and whether it is of its source.

Mermaid is drawn by authors and committed, since drawing it takes a browser and its script breaks a strict policy. What
can go wrong then is a picture that nobody drew again after its source changed, so every drawn picture carries the hash
of its source. `python -m drillyard.catalog.content.figures stamp FILE.mmd` writes it.
"""

from __future__ import annotations

import hashlib
import re
import struct
import sys
import xml.etree.ElementTree as ET
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from drillyard.catalog.content.faults import error
from drillyard.catalog.content.files import ItemFiles
from drillyard.common.yamlfile import ContentError, Position

SVG_BYTES_MAX: Final = 256 * 1024
LANGUAGES: Final = ("en", "zh")
THEMES: Final = ("light", "dark")
_NAME: Final = re.compile(r"figures/[a-z0-9-]+(?:\.(?:en|zh))?(?:(?:\.(?:light|dark))?\.(?:svg|png|webp)|\.mmd)")
_STAMP: Final = re.compile(r"<!-- source sha256:([0-9a-f]{64}) -->\n?")
_REFERENCE: Final = re.compile(r"@import|url\(\s*['\"]?(?!#|data:image/)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Resolved:
    """The files of a figure for one language; `dark` only where it is another file than `light`."""

    light: str
    dark: str | None


def candidates(path: str, language: str, theme: str) -> list[str]:
    """The files that can serve `path`, best first."""
    stem, _, suffix = path.rpartition(".")
    return [
        f"{stem}.{language}.{theme}.{suffix}",
        f"{stem}.{theme}.{suffix}",
        f"{stem}.{language}.{suffix}",
        f"{stem}.{suffix}",
    ]


def resolve(path: str, language: str, files: Iterable[str]) -> Resolved | None:
    """What shows `path` in `language`; `None` when no file does."""
    there = set(files)
    best = [next((name for name in candidates(path, language, theme) if name in there), None) for theme in THEMES]
    light, dark = best
    if light is None:
        return None
    return Resolved(light, dark if dark != light else None)


def size(data: bytes) -> tuple[int | None, int | None]:
    """Width and height in CSS pixels of an SVG or a PNG, where they can be told."""
    if data.startswith(b"\x89PNG\r\n\x1a\n") and len(data) > 24:
        width, height = struct.unpack(">II", data[16:24])
        return int(width), int(height)
    found = re.search(rb"""viewBox=["']\s*[-\d.]+[\s,]+[-\d.]+[\s,]+([\d.]+)[\s,]+([\d.]+)\s*["']""", data[:4096])
    if found is None:
        return None, None
    return round(float(found[1])), round(float(found[2]))


def figure_faults(item: ItemFiles, shown_in: Mapping[str, list[str]]) -> list[ContentError]:
    """The faults of the files in `figures/`; `shown_in` has, for each language, the paths that its text shows."""
    there = sorted(path for path in item.files if path.startswith("figures/"))
    used = {
        name
        for language, paths in shown_in.items()
        for path in paths
        if (resolved := resolve(path, language, there)) is not None
        for name in (resolved.light, resolved.dark)
    }
    errors: list[ContentError] = []
    for path in there:
        where = item.shown_path(path)
        if not _NAME.fullmatch(path):
            errors.append(error(where, Position(), "file-unexpected"))
        elif path.endswith(".mmd"):
            errors += _drawn(item, path)
        else:
            if path not in used:
                errors.append(error(where, Position(), "figure-unused"))
            errors += _safe(item, path)
    return errors


def _drawn(item: ItemFiles, source: str) -> list[ContentError]:
    """Both pictures of a Mermaid source are there and of its present state."""
    wanted = hashlib.sha256(item.files[source]).hexdigest()
    errors = []
    for theme in THEMES:
        picture = f"{source.removesuffix('.mmd')}.{theme}.svg"
        if picture not in item.files:
            errors.append(error(item.shown_path(source), Position(), "figure-unrendered", missing=picture))
            continue
        stamp = _STAMP.search(item.files[picture].decode(errors="replace"))
        if stamp is None or stamp[1] != wanted:
            name = item.shown_path(source)
            errors.append(error(item.shown_path(picture), Position(), "figure-stale", source=name))
    return errors


def _safe(item: ItemFiles, path: str) -> list[ContentError]:
    data = item.files[path]
    problem = _svg_problem(data) if path.endswith(".svg") else _bitmap_problem(path, data)
    return [error(item.shown_path(path), Position(), "figure-unsafe", problem=problem)] if problem else []


def _bitmap_problem(path: str, data: bytes) -> str | None:
    starts = b"\x89PNG\r\n\x1a\n" if path.endswith(".png") else b"RIFF"
    return None if data.startswith(starts) else "the content is not what the file's name says"


def _svg_problem(data: bytes) -> str | None:
    """Why an SVG is refused. It is shown by `<img>`, where nothing in it runs, but anyone may open its address."""
    if len(data) > SVG_BYTES_MAX:
        return f"more than {SVG_BYTES_MAX} bytes"
    if b"<!DOCTYPE" in data or b"<!ENTITY" in data:
        return "a DOCTYPE or an entity"
    try:
        root = ET.fromstring(data)  # noqa: S314 - without a DOCTYPE there is nothing to expand
    except ET.ParseError as failure:
        return f"no well-formed XML ({failure})"
    if root.tag != "{http://www.w3.org/2000/svg}svg" or "viewBox" not in root.attrib:
        return "no <svg> with a viewBox"
    return next((problem for element in root.iter() if (problem := _element_problem(element))), None)


def _element_problem(element: ET.Element) -> str | None:
    name = str(element.tag).rpartition("}")[2].lower()
    if name in ("script", "foreignobject", "iframe", "embed", "object"):
        return f"<{name}>"
    if element.text and name == "style" and _REFERENCE.search(element.text):
        return "a style that refers to another file"
    for attribute, value in element.attrib.items():
        short = attribute.rpartition("}")[2].lower()
        if short.startswith("on"):
            return f"the event attribute {short}"
        if short == "href" and not value.strip().startswith(("#", "data:image/png", "data:image/webp")):
            return f"a reference to {value[:60]}"
        if _REFERENCE.search(value):
            return f"a reference in {short}"
    return None


def stamp(source: Path) -> list[Path]:
    """Writes the hash of `source` into its two pictures, which must be there; returns them."""
    digest = hashlib.sha256(source.read_bytes()).hexdigest()
    pictures = [source.with_name(f"{source.name.removesuffix('.mmd')}.{theme}.svg") for theme in THEMES]
    for picture in pictures:
        bare = _STAMP.sub("", picture.read_text(encoding="utf-8")).rstrip("\n")
        picture.write_text(f"{bare}\n<!-- source sha256:{digest} -->\n", encoding="utf-8")
    return pictures


def main(arguments: list[str]) -> int:
    if len(arguments) < 2 or arguments[0] != "stamp":
        sys.stderr.write("usage: python -m drillyard.catalog.content.figures stamp FILE.mmd ...\n")
        return 64
    for name in arguments[1:]:
        for picture in stamp(Path(name)):
            sys.stdout.write(f"{picture}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
