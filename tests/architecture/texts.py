"""Finds the texts of the platform that people see, and whether the Chinese catalogue has them.

Texts are read the way `makemessages` reads them, without its need for GNU gettext: Django turns a template into Python,
Babel's extractor reads Python and JavaScript, and Babel reads the catalogues.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Final

import allauth
import django.conf
import django.contrib.auth
from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.pofile import read_po
from django.utils.translation.template import templatize

from drillyard.web.tests.texts import KEYWORDS
from tests.architecture.source import ROOT, files, place

ATTRIBUTES: Final = {"alt", "aria-label", "aria-description", "content", "label", "placeholder", "summary", "title"}
OPAQUE: Final = {"script", "style", "code", "pre", "svg", "kbd"}
SAME_IN_BOTH: Final = {"Drillyard", "演练场", "English", "简体中文", "阅读中文版 Read in English", "JSON", "CSV"}
"""What reads the same in both languages: names, and each language in its own words."""
_TAGS: Final = re.compile(r"\{%.*?%\}|\{\{.*?\}\}|\{#.*?#\}", re.DOTALL)
_BLOCKS: Final = re.compile(
    r"\{%\s*(blocktranslate|blocktrans|comment|verbatim)\b.*?%\}.*?\{%\s*end\1\s*%\}", re.DOTALL
)
_WORD: Final = re.compile(r"[A-Za-z]{2,}|[\u3400-\u9fff]")


def templates() -> tuple[Path, ...]:
    return files("platform/drillyard/*.html", "platform/drillyard/*.txt")


def messages() -> Iterator[tuple[str, str | None, str]]:
    """Each text marked for translation: where it stands, its context, the text (of a plural, the singular)."""
    for path in templates():
        if "templates" in path.parts:
            source = templatize(path.read_text("utf-8"), origin=str(path))
            # What was no text is blanked out and keeps its indentation, which Python's tokenizer would take seriously.
            yield from _extracted(path, "python", "\n".join(line.lstrip() for line in source.splitlines()))
    for path in files("platform/drillyard/*.py"):
        if "tests" not in path.parts and "migrations" not in path.parts:
            yield from _extracted(path, "python", path.read_text("utf-8"))


def script_messages() -> Iterator[tuple[str, str | None, str]]:
    """The same for the scripts of the pages, whose catalogue is `djangojs`."""
    for path in files("platform/frontend/*.ts"):
        yield from _extracted(path, "javascript", path.read_text("utf-8"))


def _extracted(path: Path, method: str, source: str) -> Iterator[tuple[str, str | None, str]]:
    for line, message, _, context in extract(method, io.BytesIO(source.encode()), KEYWORDS, (), {"encoding": "utf-8"}):
        if text := first(message):
            yield place(path, line), context, text


def catalogue(domain: str = "django") -> Catalog:
    """The Simplified Chinese catalogue."""
    path = ROOT / "platform" / "drillyard" / "locale" / "zh_Hans" / "LC_MESSAGES" / f"{domain}.po"
    with path.open("rb") as source:
        return read_po(source, locale="zh_Hans")


def borrowed() -> set[str]:
    """Texts of allauth and Django, which our catalogue may say in its own words."""
    found: set[str] = set()
    for package in (allauth, django.contrib.auth, django.conf):
        folder = Path(str(package.__file__)).parent / "locale"
        for path in folder.glob("zh_Hans/LC_MESSAGES/django.po"):
            with path.open("rb") as source:
                found.update(first(message.id) for message in read_po(source, locale="zh_Hans"))
    return found


def first(message: object) -> str:
    """A text; of a plural, the singular."""
    return str(message[0]) if isinstance(message, tuple | list) else str(message)


def bare_texts(path: Path) -> Iterator[str]:
    """Words that a template shows without marking them for translation."""
    text = path.read_text("utf-8")
    parser = _Words()
    parser.feed(_TAGS.sub(" ", _BLOCKS.sub(" ", text)))
    parser.close()
    yield from (f"{place(path)}: {words}" for words in parser.found)


class _Words(HTMLParser):
    """Collects text that a person sees or hears: between tags, and in some attributes."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []
        self._opaque: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in OPAQUE:
            self._opaque.append(tag)
        named = dict(attrs)
        for name in ATTRIBUTES & named.keys():
            if not (tag == "meta" and named.get("name", "") not in {"description"}):
                self._note(named[name] or "")

    def handle_endtag(self, tag: str) -> None:
        if self._opaque and self._opaque[-1] == tag:
            self._opaque.pop()

    def handle_data(self, data: str) -> None:
        if not self._opaque:
            self._note(data)

    def _note(self, words: str) -> None:
        words = " ".join(words.split())
        if _WORD.search(words) and words not in SAME_IN_BOTH:
            self.found.append(words)
