"""Which extensions make up the dialect, and the pieces that are ours: figures, citations, formulas, places to fill."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from typing import Any, Final

from markdown import Markdown
from markdown.blockprocessors import BlockProcessor
from markdown.extensions import Extension
from markdown.inlinepatterns import InlineProcessor
from markdown.util import AtomicString

from drillyard.common.markdown.context import Context
from drillyard.common.markdown.formula import FormulaError, formula_element
from drillyard.common.markdown.sources import citation, source_list
from drillyard.common.markdown.tree import NOTE_TITLES, Finish

NOTE_KINDS: Final = tuple(NOTE_TITLES)

EXTENSIONS: Final = (
    "markdown.extensions.admonition",
    "markdown.extensions.attr_list",
    "markdown.extensions.def_list",
    "markdown.extensions.footnotes",
    "markdown.extensions.sane_lists",
    "markdown.extensions.tables",
    "markdown.extensions.toc",
    "pymdownx.details",
    "pymdownx.highlight",
    "pymdownx.keys",
    "pymdownx.mark",
    "pymdownx.superfences",
    "pymdownx.tabbed",
    "pymdownx.tilde",
)


_INLINE_REFUSED: Final = (
    "html", "automail", "image_link", "image_reference", "short_image_ref", "reference", "short_reference",
)  # fmt: skip


def configuration(language: str) -> dict[str, dict[str, Any]]:
    """The extensions' settings; those that write words write them in `language`."""
    back = "返回正文中的脚注 {}" if language == "zh" else "Back to footnote {} in the text"
    return {
        "markdown.extensions.footnotes": {"BACKLINK_TITLE": back},
        "markdown.extensions.tables": {"use_align_attribute": True},
        "markdown.extensions.toc": {"marker": "", "toc_depth": "2-3"},
        "pymdownx.highlight": {"pygments_lang_class": True, "use_pygments": True, "default_lang": "text"},
        "pymdownx.superfences": {"custom_fences": []},
        "pymdownx.tabbed": {"alternate_style": True},
        "pymdownx.tilde": {"subscript": False},
    }


class Dialect(Extension):
    """Takes out what could carry foreign HTML and adds our own pieces. `kinds` is filled by a conversion."""

    def __init__(self, context: Context, *, short: bool = False) -> None:
        super().__init__()
        self.context = context
        self.short = short
        self.kinds: list[str] = []

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802 - Python-Markdown's name
        md.preprocessors.deregister("html_block")
        for name in _INLINE_REFUSED:
            md.inlinePatterns.deregister(name)
        for name in ("reference", "setextheader", "code"):
            md.parser.blockprocessors.deregister(name)
        md.inlinePatterns.register(_Formula(r"(?<!\\)\\\((.+?)\\\)", md), "dy_formula", 185)
        md.treeprocessors.register(Finish(md, self.context, self.kinds, short=self.short), "dy_finish", 3)
        md.parser.blockprocessors.register(_FormulaBlock(md.parser), "dy_formula_block", 76)
        if self.short:
            return
        md.inlinePatterns.register(_Citation(r"\[@([^\]\n]+)\]", md, self.context), "dy_citation", 175)
        md.parser.blockprocessors.register(_Figure(md.parser, self.context), "dy_figure", 75)
        md.parser.blockprocessors.register(_Place(md.parser, self.context), "dy_place", 74)


class _Formula(InlineProcessor):
    def handleMatch(  # type: ignore[override]  # noqa: N802 - Python-Markdown's name; its stubs know strings only
        self,
        m: re.Match[str],
        data: str,  # noqa: ARG002
    ) -> tuple[ET.Element | str, int, int]:
        try:
            return formula_element(m[1].strip(), block=False), m.start(0), m.end(0)
        except FormulaError:
            return _failed(m[0]), m.start(0), m.end(0)


def _failed(written: str) -> ET.Element:
    """What is not understood shows as it was written; the checks refuse it before a reader sees it."""
    code = ET.Element("code")
    code.text = AtomicString(written)
    return code


class _FormulaBlock(BlockProcessor):
    _WHOLE: Final = re.compile(r"^\$\$[ \t]*\n(.+?)\n\$\$[ \t]*$", re.DOTALL)

    def test(self, parent: ET.Element, block: str) -> bool:  # noqa: ARG002 - Python-Markdown's signature
        return bool(self._WHOLE.match(block))

    def run(self, parent: ET.Element, blocks: list[str]) -> None:
        written = blocks.pop(0)
        match = self._WHOLE.match(written)
        frame = ET.SubElement(parent, "div", {"class": "dy-formula", "tabindex": "0"})
        try:
            frame.append(formula_element(match[1].strip() if match else "", block=True))
        except FormulaError:
            frame.append(_failed(written))


class _Citation(InlineProcessor):
    def __init__(self, pattern: str, md: Markdown, context: Context) -> None:
        super().__init__(pattern, md)
        self._numbers = {source.id: (index, source) for index, source in enumerate(context.sources, 1)}

    def handleMatch(  # type: ignore[override]  # noqa: N802 - Python-Markdown's name; its stubs know strings only
        self,
        m: re.Match[str],
        data: str,  # noqa: ARG002
    ) -> tuple[ET.Element | None, int | None, int | None]:
        element = citation(m[1], self._numbers)
        return (None, None, None) if element is None else (element, m.start(0), m.end(0))


class _Figure(BlockProcessor):
    """`![alternative](figures/x.svg "Caption"){#fig-x}` alone in its block; the caption may hold inline text."""

    _WHOLE: Final = re.compile(r'^!\[([^\]]*)\]\((\S+?)(?:\s+"([^"]*)")?\)(?:\{:?([^}\n]*)\})?\s*$')

    def __init__(self, parser: Any, context: Context) -> None:
        super().__init__(parser)
        self._context = context

    def test(self, parent: ET.Element, block: str) -> bool:  # noqa: ARG002 - Python-Markdown's signature
        return bool(self._WHOLE.match(block))

    def run(self, parent: ET.Element, blocks: list[str]) -> None:
        match = self._WHOLE.match(blocks.pop(0))
        if match is None:
            return
        alternative, path, caption, written = match[1].replace("\n", " "), match[2], match[3], match[4] or ""
        figure = ET.SubElement(parent, "figure", {"class": "dy-figure"})
        if found := re.search(r"(?:^|\s)#([\w-]+)", written):
            figure.set("id", found[1])
        if found := re.search(r"(?:^|\s)data-interactive=\"?([a-z0-9-]+)", written):
            figure.set("data-interactive", found[1])
        self._pictures(figure, path, alternative)
        if caption:
            ET.SubElement(figure, "figcaption").text = caption

    def _pictures(self, figure: ET.Element, path: str, alternative: str) -> None:
        picture = self._context.picture(path)
        if picture is None:
            ET.SubElement(figure, "p").text = AtomicString(alternative)
            return
        size = {}
        if picture.width and picture.height:
            size = {"width": str(picture.width), "height": str(picture.height)}
        themes = [("dy-figure-any", picture.light)]
        if picture.dark is not None:
            themes = [("dy-figure-light", picture.light), ("dy-figure-dark", picture.dark)]
        for theme, address in themes:
            image = {"class": theme, "src": address, "alt": alternative, **size, "loading": "lazy", "decoding": "async"}
            ET.SubElement(figure, "img", image)


class _Place(BlockProcessor):
    """`{{ sources }}`, which is filled here, and `{{ quickcheck: slug }}`, which the page fills."""

    _WHOLE: Final = re.compile(r"^\{\{[ \t]*([a-z_]+)(?::[ \t]*([a-z0-9-]*))?[ \t]*\}\}[ \t]*$")

    def __init__(self, parser: Any, context: Context) -> None:
        super().__init__(parser)
        self._context = context

    def test(self, parent: ET.Element, block: str) -> bool:
        match = self._WHOLE.match(block)
        return parent.tag == "div" and parent.get("class") is None and bool(match)

    def run(self, parent: ET.Element, blocks: list[str]) -> None:
        match = self._WHOLE.match(blocks.pop(0))
        if match is not None and match[1] == "sources":
            parent.append(source_list(self._context.sources, self._context.language))
        elif match is not None:
            ET.SubElement(parent, "div", {"data-dy-segment": f"{match[1]}:{match[2] or ''}"})
