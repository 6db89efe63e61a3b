"""A sheet of paper for the book's figures: plain SVG, one file a language and theme.

A figure is shown through `<img>`, where it inherits neither fonts nor colours from the page and where a media query
would follow the operating system instead of the reader's choice. So every figure with words is written four times, from
one description. Rejected: Mermaid, whose layout cannot be placed by hand, and one file with CSS variables, for the
reason above.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from html import escape
from pathlib import Path
from typing import Final, Literal

Language = Literal["en", "zh"]
Theme = Literal["light", "dark"]
Anchor = Literal["start", "middle", "end"]
Point = tuple[float, float]

FONTS: Final = (
    "system-ui, -apple-system, 'Segoe UI', Roboto, 'PingFang SC', 'Hiragino Sans GB', 'Microsoft YaHei', "
    "'Noto Sans CJK SC', 'Noto Sans SC', sans-serif"
)
# Ink on both grounds has a contrast of at least 4.5 : 1; fills carry no meaning by their colour alone.
COLOURS: Final[dict[Theme, dict[str, str]]] = {
    "light": {
        "ink": "#1d2733", "muted": "#566270", "line": "#7a8794", "grid": "#dfe4ea", "paper": "#ffffff",
        "good": "#14713f", "good-fill": "#dff3e6", "bad": "#b3261e", "bad-fill": "#fbe3e1",
        "warn": "#8a5a00", "warn-fill": "#fdf0d2", "cool": "#1d5bb8", "cool-fill": "#e2edfb",
    },
    "dark": {
        "ink": "#e8edf2", "muted": "#a9b5c1", "line": "#8593a1", "grid": "#38434f", "paper": "#161c23",
        "good": "#5fd39a", "good-fill": "#17392a", "bad": "#ff8a80", "bad-fill": "#45201f",
        "warn": "#f0c058", "warn-fill": "#40330f", "cool": "#85b7ff", "cool-fill": "#1a3051",
    },
}  # fmt: skip


class Sheet:
    """Collects shapes; coordinates are user units, the origin is at the top left."""

    def __init__(self, *, width: int, height: int, language: Language, theme: Theme) -> None:
        self.width, self.height, self.language, self.theme = width, height, language, theme
        self._parts: list[str] = []

    def words(self, en: str, zh: str) -> str:
        return en if self.language == "en" else zh

    def colour(self, name: str) -> str:
        return COLOURS[self.theme][name]

    def text(
        self, at: Point, text: str, *, colour: str = "ink", size: int = 15, anchor: Anchor = "start", bold: bool = False
    ) -> None:
        weight = ' font-weight="600"' if bold else ""
        self._parts.append(
            f'<text x="{at[0]:g}" y="{at[1]:g}" font-size="{size}" text-anchor="{anchor}"{weight} '
            f'fill="{self.colour(colour)}">{escape(text)}</text>'
        )

    def lines(self, at: Point, texts: Sequence[str], *, leading: int = 20, **style: object) -> None:
        for number, text in enumerate(texts):
            self.text((at[0], at[1] + number * leading), text, **style)  # type: ignore[arg-type] # passed on as given

    def box(self, at: Point, size: Point, *, fill: str, stroke: str, radius: int = 10, width: float = 2) -> None:
        self._parts.append(
            f'<rect x="{at[0]:g}" y="{at[1]:g}" width="{size[0]:g}" height="{size[1]:g}" rx="{radius}" '
            f'fill="{self.colour(fill)}" stroke="{self.colour(stroke)}" stroke-width="{width:g}"/>'
        )

    def path(self, data: str, *, colour: str = "line", width: float = 2, dashes: str = "", arrow: bool = False) -> None:
        dashed = f' stroke-dasharray="{dashes}"' if dashes else ""
        head = f' marker-end="url(#arrow-{colour})"' if arrow else ""
        self._parts.append(
            f'<path d="{data}" fill="none" stroke="{self.colour(colour)}" stroke-width="{width:g}" '
            f'stroke-linejoin="round"{dashed}{head}/>'
        )

    def line(self, start: Point, end: Point, **style: object) -> None:
        data = f"M{start[0]:g} {start[1]:g}L{end[0]:g} {end[1]:g}"
        self.path(data, **style)  # type: ignore[arg-type] # passed on as given

    def cross(self, at: Point, *, colour: str = "bad", reach: float = 6) -> None:
        x, y = at
        falling = f"M{x - reach:g} {y - reach:g}L{x + reach:g} {y + reach:g}"
        rising = f"M{x - reach:g} {y + reach:g}L{x + reach:g} {y - reach:g}"
        self.path(falling + rising, colour=colour, width=2.5)

    def dot(self, at: Point, *, colour: str, radius: float = 6) -> None:
        self._parts.append(f'<circle cx="{at[0]:g}" cy="{at[1]:g}" r="{radius:g}" fill="{self.colour(colour)}"/>')

    def svg(self) -> str:
        heads = "".join(
            f'<marker id="arrow-{name}" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="7" markerHeight="7" '
            f'orient="auto-start-reverse"><path d="M0 0L10 5L0 10z" fill="{self.colour(name)}"/></marker>'
            for name in ("line", "good", "bad", "warn", "cool")
        )
        language = "en" if self.language == "en" else "zh-Hans"
        body = "\n".join(self._parts)
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {self.width} {self.height}" width="{self.width}" '
            f'height="{self.height}" xml:lang="{language}" font-family="{FONTS}">\n<defs>{heads}</defs>\n'
            f'<rect width="100%" height="100%" rx="12" fill="{self.colour("paper")}"/>\n{body}\n</svg>\n'
        )


def write_figure(folder: Path, stem: str, *, size: tuple[int, int], draw: Callable[[Sheet], None]) -> None:
    """Draw the figure in both languages on both grounds: `<stem>.<language>.<theme>.svg`."""
    languages: tuple[Language, ...] = ("en", "zh")
    themes: tuple[Theme, ...] = ("light", "dark")
    for language in languages:
        for theme in themes:
            sheet = Sheet(width=size[0], height=size[1], language=language, theme=theme)
            draw(sheet)
            (folder / f"{stem}.{language}.{theme}.svg").write_text(sheet.svg(), encoding="utf-8")
