"""What rendering is told, and what it gives back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Picture:
    """Addresses of a figure's files, relative to the page; `dark` only where it is another file. Size in CSS pixels."""

    light: str
    dark: str | None = None
    width: int | None = None
    height: int | None = None


@dataclass(frozen=True, slots=True)
class SourceLine:
    """One entry of the source list; its number is its place in it. `note` is in the page's language."""

    id: str
    title: str
    author: str
    year: int | None
    where: str
    url: str | None = None
    accessed: str | None = None
    lang: str = "en"
    note: str | None = None


def _nowhere(_kind: str, _slug: str, _anchor: str) -> str | None:
    return None


def _no_picture(_path: str) -> Picture | None:
    return None


@dataclass(frozen=True, slots=True)
class Context:
    """`link(kind, slug, anchor)` gives the address of a chapter or lab, `None` for one that is only planned."""

    language: str = "en"
    link: Callable[[str, str, str], str | None] = _nowhere
    picture: Callable[[str], Picture | None] = _no_picture
    sources: tuple[SourceLine, ...] = ()


@dataclass(frozen=True, slots=True)
class Segment:
    """`kind` is "html", or what the page puts in its place: ("quickcheck", slug)."""

    kind: str
    value: str


@dataclass(frozen=True, slots=True)
class TocEntry:
    """A heading; `title` is HTML without links."""

    level: int
    id: str
    title: str
    children: list[TocEntry] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Rendered:
    """`kinds` are the blocks at the margin in order, as the checks compare them with what they see in the source."""

    segments: list[Segment]
    toc: list[TocEntry]
    kinds: list[str]

    @property
    def html(self) -> str:
        """The whole, with nothing where the page's own things go."""
        return "".join(segment.value for segment in self.segments if segment.kind == "html")
