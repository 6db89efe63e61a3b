"""How Chinese is set: full-width marks beside Han, one space between Han and Latin, no italics."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, Final

from drillyard.catalog.content.faults import error
from drillyard.common.yamlfile import ContentError, Document, Key, Position

_HAN: Final = r"[\u3400-\u4dbf\u4e00-\u9fff]"
_MARK: Final = re.compile(rf"{_HAN}([,;:?!()])|([(),;:?!]){_HAN}|{_HAN}(\.)(?=\s|$)")
_TOUCHING: Final = re.compile(rf"{_HAN}[A-Za-z0-9]|[A-Za-z0-9]{_HAN}")
_ITALICS: Final = re.compile(
    rf"(?<![*\w])\*(?![*\s])([^*\n]*{_HAN}[^*\n]*)\*(?![*\w])|(?<![_\w])_(?![_\s])([^_\n]*{_HAN}[^_\n]*)_(?![_\w])"
)
_NOT_PROSE: Final = (
    re.compile(r"\]\([^)\s]*\)?"),
    re.compile(r"\{[^}\n]*\}+"),
    re.compile(r"https?://[^\s）)>]+"),
    re.compile(r"\[@[^\]\n]*\]"),
    re.compile(r"\[\^[^\]\n]*\]:?"),
)
_CODE: Final = re.compile(r"`[^`]*`|\\\(.*?\\\)", re.DOTALL)


def chinese_faults(masked: str, shown: str, position: Callable[[int], Position]) -> list[ContentError]:
    """The faults of a text whose code and formulas are blanked out already; `position` gives an offset's place."""
    for pattern in _NOT_PROSE:
        masked = pattern.sub(lambda match: " " * len(match[0]), masked)
    errors = []
    for match in _MARK.finditer(masked):
        mark = next(group for group in match.groups() if group)
        errors.append(error(shown, position(match.start()), "zh-punctuation", mark=mark))
    for match in _TOUCHING.finditer(masked):
        errors.append(error(shown, position(match.start()), "zh-spacing", seen=match[0]))
    for match in _ITALICS.finditer(masked):
        errors.append(error(shown, position(match.start()), "zh-italics"))
    return errors


def chinese_faults_of(document: Document) -> list[ContentError]:
    """The faults of every `zh:` value of a YAML file, at the value's place."""
    errors: list[ContentError] = []
    for key, text in _chinese(document.value, ()):
        masked = _CODE.sub(lambda match: " " * len(match[0]), text)
        where = document.position(key)
        errors += chinese_faults(masked, document.file, lambda _offset, where=where: where)  # type: ignore[misc]
    return errors


def _chinese(value: Any, key: Key) -> list[tuple[Key, str]]:
    if isinstance(value, dict):
        found = []
        for name, inner in value.items():
            if name == "zh" and isinstance(inner, str):
                found.append(((*key, name), inner))
            else:
                found += _chinese(inner, (*key, name))
        return found
    if isinstance(value, list):
        return [pair for index, inner in enumerate(value) for pair in _chinese(inner, (*key, index))]
    return []
