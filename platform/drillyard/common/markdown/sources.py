"""Citations in the text and the numbered list they lead to."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Mapping, Sequence
from typing import Final

from markdown.util import AtomicString

from drillyard.common.markdown.context import SourceLine

_ONE: Final = re.compile(r"^\s*@([A-Za-z][A-Za-z0-9-]*)\s*(?:[,，]\s*(.+?))?\s*$")


def citation_parts(written: str) -> list[tuple[str, str]] | None:
    """The (source id, place) pairs of `@a; @b, ch. 5`, written without the brackets' first `@`; `None` if malformed."""
    parts = []
    for piece in ("@" + written).split(";"):
        match = _ONE.match(piece)
        if match is None:
            return None
        parts.append((match[1], match[2] or ""))
    return parts


def citation(written: str, numbers: Mapping[str, tuple[int, SourceLine]]) -> ET.Element | None:
    """`[1, ch. 5; 2]` with each number a link to the list; `None` when it is no citation of known sources."""
    parts = citation_parts(written)
    if parts is None or any(source not in numbers for source, _ in parts):
        return None
    whole = ET.Element("span", {"class": "dy-cite"})
    whole.text = AtomicString("[")
    for index, (source, place) in enumerate(parts):
        number, line = numbers[source]
        year = f" ({line.year})" if line.year else ""
        link = ET.SubElement(whole, "a", {"href": f"#source-{source}", "title": f"{line.author}: {line.title}{year}"})
        link.text = AtomicString(str(number))
        after = f", {place}" if place else ""
        link.tail = AtomicString(after + ("]" if index == len(parts) - 1 else "; "))
    return whole


def source_list(sources: Sequence[SourceLine], language: str) -> ET.Element:
    """The numbered list; an entry's id is what citations link to."""
    whole = ET.Element("ol", {"class": "dy-sources"})
    for source in sources:
        entry = ET.SubElement(whole, "li", {"id": f"source-{source.id}"})
        ET.SubElement(entry, "span", {"class": "dy-source-author"}).text = AtomicString(source.author)
        entry[-1].tail = AtomicString("：" if language == "zh" else ": ")
        title = ET.SubElement(entry, "cite", {"lang": "zh-Hans" if source.lang == "zh" else "en"})
        if source.url:
            ET.SubElement(title, "a", {"href": source.url}).text = AtomicString(source.title)
        else:
            title.text = AtomicString(source.title)
        title.tail = AtomicString(_published(source, language))
        if source.note:
            note = ET.SubElement(entry, "span", {"class": "dy-source-note"})
            note.text = source.note
    return whole


def _published(source: SourceLine, language: str) -> str:
    chinese = language == "zh"
    comma, stop = ("，", "。") if chinese else (", ", ". ")
    words = [source.where] if source.where else []
    if source.year:
        words.append(str(source.year))
    if source.accessed and source.url:
        words.append(f"{source.accessed} 访问" if chinese else f"read {source.accessed}")
    return (comma if words else "") + comma.join(words) + stop
