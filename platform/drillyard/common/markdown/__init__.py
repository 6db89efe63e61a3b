"""Written text to HTML that a strict content security policy lets through.

The dialect is that of `docs/content-format.md`: Python-Markdown and pymdown-extensions, less everything that could
carry foreign HTML. Safety does not rest on cleaning up afterwards: raw HTML is never parsed (it shows as the characters
it is), and every element that the extensions build passes one list of tags and attributes (`tree.Finish`), so there is
no script, no inline style, no event attribute and no address but those of `Context`. What changes its HTML for the same
text must change `VERSION`: cached pages are rendered anew.

Links between pages come out relative (`../other/#part`), so a cached page knows nothing of routes or hosts.
"""

from __future__ import annotations

import hashlib
import re
from functools import lru_cache
from importlib.metadata import version
from typing import Any, Final

import markdown

from drillyard.common.markdown.context import Context, Picture, Rendered, Segment, SourceLine, TocEntry
from drillyard.common.markdown.dialect import EXTENSIONS, Dialect, configuration
from drillyard.common.markdown.formula import FormulaError, formula_html

__all__ = [
    "NOTE_KINDS",
    "Context",
    "FormulaError",
    "Picture",
    "Rendered",
    "Segment",
    "SourceLine",
    "TocEntry",
    "formula_html",
    "render",
    "render_inline",
    "renderer_key",
]

from drillyard.common.markdown.dialect import NOTE_KINDS

VERSION: Final = 2
"""Raised by one whenever this package makes other HTML of the same text."""

_SEGMENT: Final = re.compile(r'<div data-dy-segment="([a-z]+):([^"]*)"></div>\n?')
_PARAGRAPH: Final = re.compile(r"^<p>(.*)</p>$", re.DOTALL)


def render(text: str, context: Context) -> Rendered:
    """`text` as HTML in segments: between them stand the things that a page fills in itself (quick checks)."""
    dialect = Dialect(context)
    converter = _converter(dialect, context.language)
    # Code scrolls sideways on narrow screens, so the keyboard must reach it; nothing but Pygments writes `<pre>`.
    html = converter.convert(text).replace("<pre>", '<pre tabindex="0" translate="no">')
    tokens: list[dict[str, Any]] = getattr(converter, "toc_tokens", [])
    return Rendered(segments=_segments(html), toc=_toc(tokens), kinds=dialect.kinds)


def render_inline(text: str, language: str) -> str:
    """A short text (a title, an option, a hint) as HTML; a single paragraph loses its `<p>`."""
    converter = _short_converter("zh" if language.startswith("zh") else "en")
    converter.reset()
    html = converter.convert(text).replace("<pre>", '<pre tabindex="0" translate="no">')
    single = _PARAGRAPH.match(html)
    return single[1] if single and "<p>" not in single[1] else html


@lru_cache(maxsize=1)
def renderer_key() -> str:
    """Changes whenever the same text may give other HTML: our version and those of the libraries."""
    libraries = [f"{name}={version(name)}" for name in ("markdown", "pymdown-extensions", "pygments", "latex2mathml")]
    return hashlib.sha256("\n".join([str(VERSION), *libraries]).encode()).hexdigest()[:16]


def _converter(dialect: Dialect, language: str) -> markdown.Markdown:
    return markdown.Markdown(
        extensions=[*EXTENSIONS, dialect], extension_configs=configuration(language), output_format="html"
    )


@lru_cache(maxsize=2)
def _short_converter(language: str) -> markdown.Markdown:
    """Without ids, figures and sources: what a question or a title may hold."""
    return _converter(Dialect(Context(language=language), short=True), language)


def _segments(html: str) -> list[Segment]:
    segments: list[Segment] = []
    end = 0
    for match in _SEGMENT.finditer(html):
        segments += [Segment("html", html[end : match.start()]), Segment(match[1], match[2])]
        end = match.end()
    segments.append(Segment("html", html[end:]))
    return [segment for segment in segments if segment.kind != "html" or segment.value.strip()]


def _toc(tokens: list[dict[str, Any]]) -> list[TocEntry]:
    return [TocEntry(token["level"], token["id"], token["html"], _toc(token["children"])) for token in tokens]
