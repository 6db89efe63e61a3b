"""One text of one language: what it refers to, and every fault that can be seen in it alone."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import Final

from pygments.lexers import get_lexer_by_name
from pygments.util import ClassNotFound

from drillyard.catalog.content.chinese import chinese_faults
from drillyard.catalog.content.faults import error
from drillyard.catalog.content.scan import Block, Scanned, scan
from drillyard.catalog.schemas import SLUG_PATTERN
from drillyard.common.markdown import NOTE_KINDS, Context, FormulaError, formula_html, render
from drillyard.common.markdown.sources import citation_parts
from drillyard.common.yamlfile import ContentError, Document, Position

_CITATION: Final = re.compile(r"\[@([^\]\n]*)\]")
_LINK: Final = re.compile(r"(?<!!)\[(?![@^])([^\[\]]*)\]\(([^)\s]*)(?:\s+\"[^\"]*\")?\)")
_FIGURE: Final = re.compile(r'!\[([^\]]*)\]\(([^)\s]*)(?:\s+"([^"]*)")?\)(?:\{:?([^}\n]*)\})?')
_FOOTNOTE: Final = re.compile(r"\[\^([^\]\n]+)\](?!:)")
_HTML: Final = re.compile(r"</?[A-Za-z][A-Za-z0-9-]*(?:\s[^<>]*)?/?>|<!--")
_BRACES: Final = re.compile(r"\{:?([^{}\n]*)\}")
_ATTRIBUTE: Final = re.compile(r"(?:^|\s)([^\s=\"}]+)=")
_ATTRIBUTES_ALLOWED: Final = frozenset({"title", "lang", "data-interactive", "start", "linenums", "hl_lines"})
_MENTIONED: Final = re.compile(r"[A-Za-z][A-Za-z0-9-]*")
_PLACE: Final = re.compile(r"\{\{")
_ITEM_INSIDE: Final = re.compile(r"^(?:[-*+]|\d+\.)[ \t]+\S")
_DASHES_INSIDE: Final = re.compile(r"^\|[ \t]*:?-+:?[ \t]*\|")
_FIRST_LEVEL, _LAST_LEVEL = 2, 4


@dataclass(frozen=True, slots=True)
class Citation:
    source: str
    offset: int


@dataclass(frozen=True, slots=True)
class Link:
    target: str
    offset: int


@dataclass(frozen=True, slots=True)
class FigureUse:
    path: str
    alternative: str
    caption: str
    id: str | None
    line: int


@dataclass(frozen=True, slots=True)
class Prose:
    """A text and what is found in it. `anchors` maps each id to its line; ids derived by the renderer are not in it."""

    language: str
    scanned: Scanned
    citations: list[Citation] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    figures: list[FigureUse] = field(default_factory=list)
    anchors: dict[str, int] = field(default_factory=dict)
    footnotes: list[tuple[str, int]] = field(default_factory=list)

    @property
    def shown(self) -> str:
        return self.scanned.shown

    def quickchecks(self) -> list[tuple[str, int]]:
        """(slug, line) of each."""
        return [(block.argument, block.line) for block in self.scanned.blocks if block.name == "quickcheck"]

    def anchors_known(self) -> bool:
        """False while a heading has no id: what leads there may lead somewhere yet."""
        return all(heading.id is not None for heading in self.scanned.headings())

    def words(self) -> int:
        """Words of English, characters of Han and words between them in Chinese; code and addresses do not count."""
        text = _LINK.sub(r"\1", self.scanned.masked)
        if self.language == "en":
            return len(re.findall(r"[^\W_]+(?:['’.-][^\W_]+)*", text))
        return len(re.findall(r"[\u3400-\u4dbf\u4e00-\u9fff]", text)) + len(re.findall(r"[A-Za-z0-9]+", text))


def prose_read(text: str, shown: str, language: str, *, chapter: bool) -> tuple[Prose, list[ContentError]]:
    """The text and its own faults. `chapter`: sources and quick checks may stand in it."""
    scanned = scan(text, shown)
    prose = Prose(language, scanned)
    errors: list[ContentError] = []
    errors += _headings(prose)
    errors += _blocks(prose, chapter=chapter)
    errors += _inline(prose)
    errors += _formulas(scanned)
    if language == "zh":
        errors += chinese_faults(scanned.masked, shown, scanned.position)
    if not errors:
        errors += _structure(prose)
    return prose, errors


# -------------------------------------------------------------------------------------------------------- the blocks


def _headings(prose: Prose) -> list[ContentError]:
    errors = []
    level = _FIRST_LEVEL - 1
    for heading in prose.scanned.headings():
        where = Position(heading.line, 1)
        if not _FIRST_LEVEL <= heading.level <= min(level + 1, _LAST_LEVEL):
            errors.append(error(prose.shown, where, "heading-level", level=heading.level, before=level))
        level = heading.level
        if heading.id is None:
            errors.append(error(prose.shown, Position(heading.line, len(heading.lines[0]) + 1), "heading-id-missing"))
    return errors


def _blocks(prose: Prose, *, chapter: bool) -> list[ContentError]:
    errors: list[ContentError] = []
    for block in prose.scanned.all_blocks():
        if block.id is not None:
            line = block.line + len(block.lines) - 1 if block.kind == "paragraph" else block.line
            errors += _anchor(prose, block.id, line)
        if block.kind in ("code", "unclosed"):
            errors += _code(prose.shown, block)
        elif block.kind in ("note", "folded") and block.name not in NOTE_KINDS:
            kinds = ", ".join(NOTE_KINDS)
            errors.append(error(prose.shown, Position(block.line, 5), "note-kind", kind=block.name, kinds=kinds))
        elif block.kind == "directive":
            errors += _directive(prose, block, chapter=chapter)
        elif block.kind == "paragraph":
            errors += _paragraph(prose.shown, block)
    return errors


def _anchor(prose: Prose, anchor: str, line: int) -> list[ContentError]:
    where = Position(line, 1)
    if not re.match(SLUG_PATTERN, anchor):
        return [error(prose.shown, where, "id-form", id=anchor)]
    if anchor in prose.anchors:
        return [error(prose.shown, where, "id-twice", id=anchor, line=prose.anchors[anchor])]
    prose.anchors[anchor] = line
    return []


def _code(shown: str, block: Block) -> list[ContentError]:
    where = Position(block.line, 1)
    if block.kind == "unclosed":
        return [error(shown, where, "code-unclosed")]
    if block.name == "mermaid":
        return [error(shown, where, "code-mermaid")]
    try:
        get_lexer_by_name(block.name)
    except ClassNotFound:
        return [error(shown, where, "code-language", language=block.name)]
    return []


def _directive(prose: Prose, block: Block, *, chapter: bool) -> list[ContentError]:
    known = chapter and block in prose.scanned.blocks
    fits = (block.name == "sources" and not block.argument) or (
        block.name == "quickcheck" and re.match(SLUG_PATTERN, block.argument)
    )
    if known and fits:
        return []
    return [
        error(prose.shown, Position(block.line, 1), "directive-unknown", name=f"{block.name} {block.argument}".strip())
    ]


def _paragraph(shown: str, block: Block) -> list[ContentError]:
    """What looks like a list or a table but is read as text, for want of a blank line."""
    for offset, line in enumerate(block.lines[1:], 1):
        where = Position(block.line + offset, 1)
        if _ITEM_INSIDE.match(line):
            return [error(shown, where, "list-blank-line")]
        if _DASHES_INSIDE.match(line):
            return [error(shown, where, "table-blank-line")]
    return []


def _structure(prose: Prose) -> list[ContentError]:
    """Whether the renderer sees the blocks that are seen here; the first difference is said."""
    blocks = [block for block in prose.scanned.blocks if block.kind != "footnote"]
    seen = render(prose.scanned.text, Context(language=prose.language)).kinds
    for index, block in enumerate(blocks):
        kind = seen[index] if index < len(seen) else "nothing"
        if kind != block.kind:
            where = Position(block.line, 1)
            return [error(prose.shown, where, "block-structure", seen=kind, wanted=block.kind)]
    if len(seen) > len(blocks):
        where = Position(blocks[-1].line if blocks else 1, 1)
        return [error(prose.shown, where, "block-structure", seen=seen[len(blocks)], wanted="nothing")]
    return []


# ---------------------------------------------------------------------------------------------------- inside the lines


def _inline(prose: Prose) -> list[ContentError]:
    errors: list[ContentError] = []
    masked, position = prose.scanned.masked, prose.scanned.position
    for match in _CITATION.finditer(masked):
        parts = citation_parts(match[1])
        if parts is None:
            errors.append(error(prose.shown, position(match.start()), "citation-syntax"))
            parts = [(source, "") for source in _MENTIONED.findall("@" + match[1])]
        prose.citations.extend(Citation(source, match.start()) for source, _ in parts)
    for match in _LINK.finditer(masked):
        prose.links.append(Link(match[2], match.start(2)))
        if not re.match(
            r"https?://[^\s<>]+$|#[a-z0-9-]+$|chapter:[a-z0-9-]+(?:#[a-z0-9-]+)?$|lab:[a-z0-9-]+$", match[2]
        ):
            errors.append(error(prose.shown, position(match.start(2)), "link-scheme", target=match[2]))
    for match in _HTML.finditer(re.sub(r"<https?://[^>\s]*>", lambda found: " " * len(found[0]), masked)):
        errors.append(error(prose.shown, position(match.start()), "raw-html", tag=match[0][:40]))
    return errors + _figures(prose) + _footnotes(prose) + _attributes(prose) + _places(prose)


def _places(prose: Prose) -> list[ContentError]:
    """Double braces that are not alone on their line."""
    alone = {block.line for block in prose.scanned.all_blocks() if block.kind == "directive"}
    errors = []
    for match in _PLACE.finditer(prose.scanned.masked):
        where = prose.scanned.position(match.start())
        if where.line not in alone:
            errors.append(error(prose.shown, where, "directive-unknown", name="{{ ... }}"))
    return errors


def _figures(prose: Prose) -> list[ContentError]:
    errors: list[ContentError] = []
    alone = {block.line for block in prose.scanned.blocks if block.kind == "figure"}
    for match in _FIGURE.finditer(prose.scanned.masked):
        where = prose.scanned.position(match.start())
        if where.line not in alone or where.column != 1:
            errors.append(error(prose.shown, where, "figure-alone"))
            continue
        found = re.search(r"(?:^|\s)#([^\s}]+)", match[4] or "")
        figure = FigureUse(
            match[2], match[1].strip(), (match[3] or "").strip(), found[1] if found else None, where.line
        )
        prose.figures.append(figure)
        parts = (
            ("alternative text", "替代文字", bool(figure.alternative)),
            ("caption", "图注", bool(figure.caption)),
            ("id, fig-...", "以 fig- 开头的 id", bool(figure.id and figure.id.startswith("fig-"))),
        )
        for en, zh, given in parts:
            if not given:
                errors.append(error(prose.shown, where, "figure-part", part=en, part_zh=zh))
        if figure.id:
            errors += _anchor(prose, figure.id, figure.line)
    return errors


def _footnotes(prose: Prose) -> list[ContentError]:
    defined = {block.name: block.line for block in prose.scanned.blocks if block.kind == "footnote"}
    errors = []
    used = set()
    for match in _FOOTNOTE.finditer(prose.scanned.masked):
        used.add(match[1])
        prose.footnotes.append((match[1], match.start()))
        if match[1] not in defined:
            where = prose.scanned.position(match.start())
            errors.append(error(prose.shown, where, "footnote-undefined", name=match[1]))
    for name, line in defined.items():
        if name not in used:
            errors.append(error(prose.shown, Position(line, 1), "footnote-unused", name=name))
    return errors


def _attributes(prose: Prose) -> list[ContentError]:
    """Only harmless attributes in braces; the renderer drops the others, and the author should know."""
    errors = []
    lines = [(match, match.start()) for match in _BRACES.finditer(prose.scanned.masked)]
    for match, offset in lines:
        bare = re.sub(r'"[^"]*"', '""', match[1])
        for attribute in _ATTRIBUTE.findall(bare):
            if attribute not in _ATTRIBUTES_ALLOWED:
                where = prose.scanned.position(offset)
                errors.append(error(prose.shown, where, "attribute-refused", attribute=attribute))
    return errors


def _formulas(scanned: Scanned) -> list[ContentError]:
    errors = []
    for formula in scanned.formulas:
        try:
            formula_html(formula.latex, block=formula.block)
        except FormulaError as failure:
            where = scanned.position(formula.offset)
            errors.append(error(scanned.shown, where, "formula-invalid", problem=str(failure)))
    return errors


def short_text_faults(document: Document) -> list[ContentError]:
    """The faults of every bilingual text of a YAML file: what may stand in an option, a hint, a goal is less."""
    errors: list[ContentError] = []
    for key in document.values:
        if not key or key[-1] not in ("en", "zh"):
            continue
        text = document.value_at(key)
        if not isinstance(text, str):
            continue
        prose = Prose(str(key[-1]), scan(text, document.file))
        where = document.position(key)
        faults = _inline(prose) + _formulas(prose.scanned)
        faults += [error(document.file, where, "citation-syntax") for _ in prose.citations]
        faults += [error(document.file, where, "figure-alone") for _ in prose.figures]
        errors += [replace(fault, line=where.line, column=where.column) for fault in faults]
    return errors
