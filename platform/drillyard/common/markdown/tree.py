"""The last pass over a rendered text: addresses, ids of blocks, languages, and the list of what may be there at all."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from typing import Final

from markdown import Markdown
from markdown.treeprocessors import Treeprocessor
from markdown.util import AtomicString

from drillyard.common.markdown.context import Context

NOTE_TITLES: Final[dict[str, tuple[str, str]]] = {
    "note": ("Note", "说明"),
    "tip": ("Tip", "提示"),
    "warning": ("Warning", "注意"),
    "example": ("Example", "示例"),
    "incident": ("Incident", "事故"),
    "question": ("Question", "思考"),
    "key": ("Key point", "要点"),
    "interview": ("Interview", "面试"),
}

_KINDS: Final = {
    "p": "paragraph", "ul": "bullets", "ol": "numbers", "blockquote": "quote", "figure": "figure",
    "dl": "definitions", "hr": "rule", "details": "folded", "table": "table",
}  # fmt: skip
_CLASSES: Final = {
    "admonition": "note", "tabbed-set": "tabs", "dy-formula": "formula", "dy-code": "code", "dy-table": "table",
}  # fmt: skip
_MATH: Final = frozenset({
    "math", "maction", "menclose", "merror", "mfenced", "mfrac", "mi", "mmultiscripts", "mn", "mo", "mover", "mpadded",
    "mphantom", "mprescripts", "mroot", "mrow", "ms", "mspace", "msqrt", "mstyle", "msub", "msubsup", "msup", "mtable",
    "mtd", "mtext", "mtr", "munder", "munderover", "none",
})  # fmt: skip
_TAGS: Final = _MATH | frozenset({
    "a", "abbr", "blockquote", "br", "cite", "code", "dd", "del", "details", "div", "dl", "dt", "em", "figcaption",
    "figure", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "img", "input", "kbd", "label", "li", "mark", "ol", "p", "pre",
    "span", "strong", "sub", "summary", "sup", "table", "tbody", "td", "th", "thead", "tr", "ul",
})  # fmt: skip
_ATTRIBUTES: Final = frozenset({
    "align", "alt", "aria-label", "checked", "class", "data-dy-segment", "data-interactive", "data-tabs", "decoding",
    "for", "height", "href", "id", "lang", "loading", "name", "open", "rel", "role", "scope", "src", "start",
    "tabindex", "title", "type", "width",
})  # fmt: skip
_CODE: Final = re.compile(r"^\x02wzxhzdk:\d+\x03$")
_HAN: Final = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff][\u3000-\u303f\u3400-\u4dbf\u4e00-\u9fff\uff00-\uffef]*")
_WIDE: Final = r"[\u3000-\u303f\u3400-\u4dbf\u4e00-\u9fff\uff00-\uffef]"
_HAN_BREAK: Final = re.compile(rf"(?<={_WIDE})\n(?={_WIDE})")
_VERBATIM: Final = frozenset({"code", "pre", "kbd", "math"})


class Finish(Treeprocessor):
    """Runs once, after every other extension has built its part of the tree."""

    def __init__(self, md: Markdown, context: Context, kinds: list[str], *, short: bool) -> None:
        super().__init__(md)
        self._context = context
        self._kinds = kinds
        self._short = short

    def run(self, root: ET.Element) -> None:
        chinese = self._context.language == "zh"
        for element in list(root.iter()):
            self._allow(element)
            if element.tag == "a":
                self._address(element)
            elif element.tag in ("p", "summary"):
                _title_of_note(element, chinese=chinese)
        if chinese:
            _join_han_lines(root)
        else:
            _mark_han(root)
        if not self._short:
            self._blocks(root)

    def _allow(self, element: ET.Element) -> None:
        """What is not on the lists loses its tag or its attribute. Mathematics was cleaned where it was made."""
        if element.tag in _MATH:
            return
        if element.tag not in _TAGS:
            element.tag = "span"
        for name in [name for name in element.attrib if name not in _ATTRIBUTES]:
            del element.attrib[name]

    def _address(self, link: ET.Element) -> None:
        target = link.get("href", "")
        scheme, _, rest = target.partition(":")
        if scheme in ("chapter", "lab"):
            slug, _, anchor = rest.partition("#")
            address = self._context.link(scheme, slug, anchor)
            if address is None:
                link.tag = "span"
                link.attrib.pop("href")
                link.set("class", "dy-planned")
            else:
                link.set("href", address)
        elif scheme in ("http", "https"):
            link.set("class", "dy-external")
            link.set("rel", "noopener noreferrer")
        elif not target.startswith("#"):
            link.tag = "span"
            link.attrib.pop("href", None)

    def _blocks(self, root: ET.Element) -> None:
        """Every block at the margin gets an id: its own, or its heading's with its number below the heading."""
        section, number = "start", 0
        for place, block in enumerate(list(root)):
            kind = _kind(block)
            if kind == "footnotes":
                continue
            if kind in ("code", "table"):
                block = _framed(root, place, block, kind, self._context.language)  # noqa: PLW2901
            self._kinds.append(kind)
            if kind == "heading":
                section, number = block.get("id", section), 0
                _anchor(block, self._context.language)
                continue
            number += 1
            if block.get("data-dy-segment") is None and block.get("id") is None:
                block.set("id", f"{section}-{number}")


def _kind(block: ET.Element) -> str:
    if block.tag == "p" and _CODE.match((block.text or "").strip()) and not len(block):
        return "code"
    classes = (block.get("class") or "").split()
    if "footnote" in classes:
        return "footnotes"
    if block.get("data-dy-segment") is not None or "dy-sources" in classes:
        return "directive"
    for name in classes:
        if name in _CLASSES:
            return _CLASSES[name]
    return _KINDS.get(block.tag, "heading" if re.fullmatch(r"h[1-6]", block.tag) else block.tag)


def _framed(root: ET.Element, place: int, block: ET.Element, kind: str, language: str) -> ET.Element:
    """Code and tables in a frame of their own: it carries the id, and a wide table scrolls inside it."""
    frame = ET.Element("div", {"class": f"dy-{kind}"})
    if kind == "table":
        label = "表格" if language == "zh" else "Table"
        frame.attrib |= {"tabindex": "0", "role": "group", "aria-label": label}
        for cell in block.iter("th"):
            cell.set("scope", "col")
        frame.append(block)
    else:
        frame.text = block.text
    if own := block.attrib.pop("id", None):
        frame.set("id", own)
    frame.tail, block.tail = block.tail, None
    root.remove(block)
    root.insert(place, frame)
    return frame


def _anchor(heading: ET.Element, language: str) -> None:
    label = "本节链接" if language == "zh" else "Link to this section"
    link = ET.SubElement(heading, "a", {"class": "dy-anchor", "href": f"#{heading.get('id', '')}", "aria-label": label})
    link.text = AtomicString("#")


def _title_of_note(element: ET.Element, *, chinese: bool) -> None:
    """A note without a title of its own gets the word for its kind, which the extensions know in English only."""
    if element.tag == "p" and "admonition-title" not in (element.get("class") or ""):
        return
    for kind, (en, zh) in NOTE_TITLES.items():
        if (element.text or "").strip() == kind.capitalize() and not len(element):
            element.text = AtomicString(zh if chinese else en)


def _join_han_lines(root: ET.Element) -> None:
    """A line break between two Han characters is no space: Chinese is written without."""
    for element in root.iter():
        if element.text and element.tag not in _VERBATIM:
            element.text = _as(element.text, _HAN_BREAK.sub("", element.text))
        if element.tail:
            element.tail = _as(element.tail, _HAN_BREAK.sub("", element.tail))


def _as(model: str, value: str) -> str:
    return AtomicString(value) if isinstance(model, AtomicString) else value


def _mark_han(element: ET.Element) -> None:
    """Han inside English is marked as Chinese, so that it is set and spoken as such."""
    if element.tag in _VERBATIM or (element.get("lang") or "").startswith("zh"):
        return
    children = list(element)
    for child in children:
        _mark_han(child)
        if child.tail and _HAN.search(child.tail):
            pieces, child.tail = _pieces(child.tail)
            at = list(element).index(child) + 1
            for offset, piece in enumerate(pieces):
                element.insert(at + offset, piece)
    if element.text and _HAN.search(element.text):
        pieces, element.text = _pieces(element.text)
        for offset, piece in enumerate(pieces):
            element.insert(offset, piece)


def _pieces(text: str) -> tuple[list[ET.Element], str]:
    """Spans for the Han runs of `text`, each with what follows it, and what stands before the first."""
    runs = list(_HAN.finditer(text))
    pieces = []
    for run, following in zip(runs, [*runs[1:], None], strict=True):
        span = ET.Element("span", {"lang": "zh-Hans"})
        span.text = AtomicString(run[0])
        span.tail = AtomicString(text[run.end() : following.start() if following else len(text)])
        pieces.append(span)
    return pieces, AtomicString(text[: runs[0].start()])
