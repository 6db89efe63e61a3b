"""Which texts the platform shows, read from its sources; and, run as a program, bringing the catalogue up to date.

    python -m drillyard.web.tests.texts      (with PYTHONPATH=platform) adds what is new, drops what is gone

Django's own `makemessages` needs the GNU gettext programs, which a machine with nothing but Python has not. Django
itself knows how to turn a template into something that looks like a program (`templatize`), and Babel how to read that.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

PLATFORM: Final = Path(__file__).resolve().parents[2]
CATALOGUE: Final = PLATFORM / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.po"
KEYWORDS: Final = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
"""What marks a text for translation; `tests/architecture` looks for the same."""


def texts() -> Catalog:
    """Every text of the platform's templates and programs, with the places where it stands."""
    found = Catalog(fuzzy=False)
    for path in sorted(PLATFORM.rglob("*")):
        if "tests" in path.relative_to(PLATFORM).parts:
            continue
        if path.suffix == ".py":
            _gather(found, path, path.read_text("utf-8"))
        elif path.suffix in (".html", ".txt") and "templates" in path.parts:
            # What is not a text comes out as letters in the template's own indentation, which Python would not parse.
            lines = templatize(path.read_text("utf-8"), origin=str(path)).splitlines()
            _gather(found, path, "\n".join(line.strip() for line in lines))
    return found


def _gather(found: Catalog, path: Path, source: str) -> None:
    place = path.relative_to(PLATFORM).as_posix()
    for _line, message, _comments, context in _extracted(source):
        found.add(message, locations=[(place, 0)], context=context)


def _extracted(source: str) -> Iterator[tuple[int, str | tuple[str, ...], list[str], str | None]]:
    yield from extract("python", io.BytesIO(source.encode()), keywords=KEYWORDS, options={"encoding": "utf-8"})


def translated() -> Catalog:
    """The catalogue as it is in the repository."""
    with CATALOGUE.open("rb") as file:
        return read_po(file, locale="zh_Hans", domain="django")


def key(message: Message) -> tuple[str | None, str]:
    """What a message is looked up by: its context and its (singular) text."""
    return message.context, message.id[0] if isinstance(message.id, list | tuple) else message.id


def update() -> None:
    """Write the catalogue anew: the texts in the sources, with the translations that are there already.

    Texts of django-allauth that we say better are kept; they stand in no source of ours (`locations` is empty).
    """
    old = {key(message): message for message in translated() if message.id}
    found = texts()
    new = Catalog(locale="zh_Hans", domain="django", fuzzy=False, project="Drillyard", charset="utf-8")
    new.header_comment = "# Drillyard's texts in Simplified Chinese. Written, not translated word by word."
    for message in found:
        if message.id:
            known = old.get(key(message))
            places = sorted({place for place, _ in message.locations})
            string = known.string if known else ""
            new.add(message.id, string, locations=[(place, 0) for place in places], context=message.context)
    for name, message in old.items():
        if not message.locations and name not in {key(one) for one in new}:
            new.add(message.id, message.string, context=message.context)
    with CATALOGUE.open("wb") as file:
        write_po(file, new, sort_output=False, width=110, omit_header=False, include_lineno=False)


if __name__ == "__main__":
    update()
