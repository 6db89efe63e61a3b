"""Markdown seen as blocks with line numbers, for the checks that must say where.

The problem: Python-Markdown gives a tree without positions, and what has to be compared between two languages (which
blocks, which figures, which citations) is lost in its HTML. Rejected: a second Markdown parser with positions (two
parsers disagree, and the reader sees the other one); comparing the HTML (no lines). So the dialect is narrow enough
that its *block structure* can be seen line by line, here, and every text is also rendered once and the two structures
compared (`block-structure`): where this scan and the renderer disagree the author is told, with the line.

Inline things (citations, links, figures) are found in `Scanned.masked`: the text with code, escapes and formulas
blanked out, every other character in its place, so that an offset is a position.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from drillyard.common.yamlfile import Position

_FENCE: Final = re.compile(r"^( *)(`{3,}|~{3,})[ \t]*(?:\{([^}\n]*)\}|([\w#.+-]*)[^`\n]*)$")
_HEADING: Final = re.compile(r"^(#{1,6})[ \t]+(.*?)[ \t]*(?:\{:?([^}\n]*)\})?[ \t]*$")
_NOTE: Final = re.compile(r'^(!!!|\?\?\?\+?)[ \t]+([a-z]+)(?:[ \t]+"([^"\n]*)")?[ \t]*$')
_TAB: Final = re.compile(r'^===[!+]*[ \t]+"([^"\n]*)"[ \t]*$')
_DIRECTIVE: Final = re.compile(r"^\{\{[ \t]*([a-z_]+)(?::[ \t]*(.*?))?[ \t]*\}\}[ \t]*$")
_FOOTNOTE: Final = re.compile(r"^\[\^([^\]\n]+)\]:")
_BULLET: Final = re.compile(r"^[-*+][ \t]+\S")
_NUMBER: Final = re.compile(r"^\d+\.[ \t]+\S")
_DASHES: Final = re.compile(r"^\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*\|?[ \t]*$")
_DEFINITION: Final = re.compile(r"^:[ \t]{1,3}\S")
_RULE: Final = re.compile(r"^(?:\*[ \t]*){3,}$|^(?:-[ \t]*){3,}$|^(?:_[ \t]*){3,}$")
_ATTRIBUTES: Final = re.compile(r"^\{:([^}\n]*)\}[ \t]*$")
_FIGURE: Final = re.compile(r"^!\[")
_CODE_SPAN: Final = re.compile(r"(?<![`\\])(`+)(?!`)((?:(?!\n[ \t]*\n).)+?)(?<!`)\1(?!`)", re.DOTALL)
_ESCAPE: Final = re.compile(r"\\[\\`*_{}\[\]>#+\-.!<()$@|~=]")
_FORMULA_INLINE: Final = re.compile(r"(?<!\\)\\\(((?:(?!\n[ \t]*\n).)+?)\\\)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Block:
    """One block of the text: what it is, where it begins (line from 1), its lines, and what can be compared.

    `shape` is what the counterpart must have too: items of a list, rows and columns of a table, tabs. `name` is the
    language of code, the kind of a note, the name of a directive, the label of a footnote; `argument` what follows it.
    """

    kind: str
    line: int
    lines: tuple[str, ...]
    id: str | None = None
    level: int = 0
    shape: tuple[int, ...] = ()
    name: str = ""
    argument: str = ""
    classes: tuple[str, ...] = ()
    children: tuple[Block, ...] = ()

    @property
    def code(self) -> str:
        """The text between the fences, without the indentation of the fence."""
        indent = len(self.lines[0]) - len(self.lines[0].lstrip(" "))
        return "".join(line[indent:] + "\n" for line in self.lines[1:-1])

    def walk(self) -> list[Block]:
        """This block and all within it."""
        return [self, *(inner for child in self.children for inner in child.walk())]


@dataclass(frozen=True, slots=True)
class Formula:
    latex: str
    offset: int
    block: bool


@dataclass(frozen=True, slots=True)
class Scanned:
    """A text of one language: its blocks, and the masked text in which inline things are found."""

    shown: str
    text: str
    blocks: list[Block]
    masked: str
    formulas: list[Formula]
    _starts: list[int] = field(repr=False)

    def position(self, offset: int) -> Position:
        """Line and column of a character."""
        before = self.text.rfind("\n", 0, offset)
        return Position(self.text.count("\n", 0, offset) + 1, offset - before)

    def masked_of(self, block: Block) -> tuple[str, int]:
        """A block's masked text and the offset at which it begins."""
        start = self._starts[block.line - 1]
        last = block.line - 1 + len(block.lines)
        end = self._starts[last] if last < len(self._starts) else len(self.masked)
        return self.masked[start:end], start

    def all_blocks(self) -> list[Block]:
        return [inner for block in self.blocks for inner in block.walk()]

    def headings(self) -> list[Block]:
        return [block for block in self.blocks if block.kind == "heading"]


def scan(text: str, shown: str) -> Scanned:
    """The blocks of `text`. Never fails: what is malformed is a paragraph, and the checks say so."""
    lines = text.split("\n")
    blocks = _blocks(lines, 1)
    starts = [0]
    for line in lines[:-1]:
        starts.append(starts[-1] + len(line) + 1)
    masked, formulas = _mask(text, lines, starts, blocks)
    return Scanned(shown, text, blocks, masked, formulas, starts)


def attributes(written: str) -> tuple[str | None, tuple[str, ...]]:
    """The id and the classes of an attribute list such as `.python .run #budget title="x"`."""
    bare = re.sub(r'"[^"]*"', "", written)
    found = re.search(r"(?:^|\s)#([^\s}]+)", bare)
    return (found[1] if found else None), tuple(re.findall(r"(?:^|\s)\.([\w+#-]+)", bare))


# ------------------------------------------------------------------------------------------------------------ blocks


def _blocks(lines: list[str], first: int) -> list[Block]:
    """The blocks of `lines`, of which the first has the number `first`."""
    found: list[Block] = []
    index = 0
    while index < len(lines):
        if not lines[index].strip():
            index += 1
            continue
        block = _block(lines, index, first)
        index += len(block.lines)
        if block.kind == "tabs" and found and found[-1].kind == "tabs" and _only_blank(lines, found[-1], first, block):
            block = _joined(found.pop(), block, lines, first)
        found.append(block)
    return found


def _block(lines: list[str], index: int, first: int) -> Block:
    """The block that begins at `lines[index]`."""
    for start, make in _STARTS:
        if match := start.match(lines[index]):
            return make(lines, index, first + index, match)
    return _paragraph(lines, index, first + index)


def _heading(lines: list[str], index: int, number: int, match: re.Match[str]) -> Block:
    written = attributes(match[3] or "")[0]
    return Block("heading", number, (lines[index],), id=written, level=len(match[1]), argument=match[2])


def _rule(lines: list[str], index: int, number: int, _match: re.Match[str]) -> Block:
    return Block("rule", number, (lines[index],))


def _directive(lines: list[str], index: int, number: int, match: re.Match[str]) -> Block:
    return Block("directive", number, (lines[index],), name=match[1], argument=match[2] or "")


def _formula(lines: list[str], index: int, number: int, _match: re.Match[str]) -> Block:
    for end in range(index + 1, len(lines)):
        if lines[end].strip() == "$$":
            return Block("formula", number, tuple(lines[index : end + 1]))
    return Block("formula", number, tuple(lines[index:]))


def _quote(lines: list[str], index: int, number: int, _match: re.Match[str]) -> Block:
    return Block("quote", number, _run(lines, index, lambda line: bool(line.strip())))


def _fence(lines: list[str], index: int, number: int, match: re.Match[str]) -> Block:
    written_id, classes = attributes(match[3] or "")
    name = match[4] if match[3] is None else (classes[0] if classes else "")
    closing = re.compile(rf"^ *{re.escape(match[2][0])}{{{len(match[2])},}}[ \t]*$")
    for end in range(index + 1, len(lines)):
        if closing.match(lines[end]):
            body = tuple(lines[index : end + 1])
            return Block("code", number, body, id=written_id, name=name or "", classes=classes[1:])
    return Block("unclosed", number, tuple(lines[index:]), name=name or "")


def _container(lines: list[str], index: int, number: int, match: re.Match[str]) -> Block:
    """A note, a tab or a footnote: its first line and all that is indented below it."""
    body = _indented(lines, index)
    children = tuple(_blocks([line[4:] for line in body[1:]], number + 1))
    if lines[index].startswith("["):
        return Block("footnote", number, body, name=match[1], children=children)
    if lines[index].startswith("==="):
        return Block("tabs", number, body, shape=(1,), children=children)
    kind = "note" if match[1] == "!!!" else "folded"
    return Block(kind, number, body, name=match[2], argument=match[3] or "", children=children)


def _indented(lines: list[str], index: int) -> tuple[str, ...]:
    end = index + 1
    for probe in range(index + 1, len(lines)):
        if lines[probe].startswith("    "):
            end = probe + 1
        elif lines[probe].strip():
            break
    return tuple(lines[index:end])


def _only_blank(lines: list[str], before: Block, first: int, block: Block) -> bool:
    end = before.line - first + len(before.lines)
    return not any(line.strip() for line in lines[end : block.line - first])


def _joined(before: Block, block: Block, lines: list[str], first: int) -> Block:
    """Tabs that follow one another are one set."""
    body = tuple(lines[before.line - first : block.line - first + len(block.lines)])
    shape = (before.shape[0] + 1,)
    return Block("tabs", before.line, body, shape=shape, children=before.children + block.children)


def _list(lines: list[str], index: int, number: int, _match: re.Match[str]) -> Block:
    """A list of one kind: items at the margin, whatever is indented, and blank lines between them."""
    item = _BULLET if _BULLET.match(lines[index]) else _NUMBER
    end, after_blank = index + 1, False
    for probe in range(index + 1, len(lines)):
        line = lines[probe]
        if not line.strip():
            after_blank = True
            continue
        if after_blank and not item.match(line) and not line.startswith("    "):
            break
        if _HEADING.match(line) or (_FENCE.match(line) and not line.startswith(" ")):
            break
        end, after_blank = probe + 1, False
    body = tuple(lines[index:end])
    items = sum(1 for line in body if item.match(line))
    return Block("bullets" if item is _BULLET else "numbers", number, body, shape=(items,))


def _run(lines: list[str], index: int, goes_on: Callable[[str], bool]) -> tuple[str, ...]:
    end = index + 1
    while end < len(lines) and goes_on(lines[end]):
        end += 1
    return tuple(lines[index:end])


def _paragraph(lines: list[str], index: int, number: int) -> Block:
    """What is left: a table, a figure, definitions, or a paragraph."""
    body = _run(lines, index, lambda line: bool(line.strip()) and not _HEADING.match(line) and not _FENCE.match(line))
    if len(body) > 1 and "|" in body[0] and _DASHES.match(body[1]):
        columns = body[1].strip().strip("|").count("|") + 1
        return Block("table", number, body, shape=(len(body) - 2, columns))
    if _FIGURE.match(body[0]) and re.search(r"\)(?:\{[^}]*\})?\s*$", body[-1]):
        return Block("figure", number, body)
    if len(body) > 1 and _DEFINITION.match(body[1]):
        return _definitions(lines, index, number)
    written = _ATTRIBUTES.match(body[-1]) if len(body) > 1 else None
    return Block("paragraph", number, body, id=attributes(written[1])[0] if written else None)


def _definitions(lines: list[str], index: int, number: int) -> Block:
    end, probe = index + 1, index
    while probe < len(lines):
        line, after = lines[probe], lines[probe + 1] if probe + 1 < len(lines) else ""
        if _DEFINITION.match(line) or line.startswith("    ") or _DEFINITION.match(after):
            end = probe + 1
        elif line.strip():
            break
        probe += 1
    body = tuple(lines[index:end])
    return Block("definitions", number, body, shape=(sum(1 for line in body if _DEFINITION.match(line)),))


_STARTS: Final[tuple[tuple[re.Pattern[str], Callable[[list[str], int, int, re.Match[str]], Block]], ...]] = (
    (_FENCE, _fence),
    (_HEADING, _heading),
    (_RULE, _rule),
    (_DIRECTIVE, _directive),
    (re.compile(r"^\$\$[ \t]*$"), _formula),
    (_NOTE, _container),
    (_TAB, _container),
    (_FOOTNOTE, _container),
    (_BULLET, _list),
    (_NUMBER, _list),
    (re.compile(r"^>"), _quote),
)
"""What each kind of block begins with; the first that matches decides."""


# ----------------------------------------------------------------------------------------------------------- masking


def _mask(text: str, lines: list[str], starts: list[int], blocks: list[Block]) -> tuple[str, list[Formula]]:
    """`text` with code, escapes and formulas blanked, and the formulas that were there."""
    masked = list(text)
    formulas: list[Formula] = []
    for block in (inner for outer in blocks for inner in outer.walk()):
        if block.kind in ("code", "unclosed", "formula"):
            last = block.line - 1 + len(block.lines)
            end = starts[last] if last < len(starts) else len(text)
            _blank(masked, starts[block.line - 1], end)
            if block.kind == "formula":
                latex = "\n".join(line.strip() for line in block.lines[1:-1])
                formulas.append(Formula(latex, starts[block.line - 1], block=True))
    _mask_nested_fences(masked, lines, starts)
    for match in _CODE_SPAN.finditer("".join(masked)):
        _blank(masked, match.start(), match.end())
    for match in _FORMULA_INLINE.finditer("".join(masked)):
        formulas.append(Formula(match[1].strip(), match.start(), block=False))
        _blank(masked, match.start(), match.end())
    for match in _ESCAPE.finditer("".join(masked)):
        _blank(masked, match.start(), match.end())
    return "".join(masked), formulas


def _mask_nested_fences(masked: list[str], lines: list[str], starts: list[int]) -> None:
    """Code inside list items, which are not looked into as blocks."""
    index = 0
    while index < len(lines):
        match = _FENCE.match(lines[index])
        if match is None:
            index += 1
            continue
        block = _fence(lines, index, index + 1, match)
        last = index + len(block.lines)
        _blank(masked, starts[index], starts[last] if last < len(starts) else len(masked))
        index = last


def _blank(masked: list[str], start: int, end: int) -> None:
    for offset in range(start, end):
        if masked[offset] != "\n":
            masked[offset] = " "
