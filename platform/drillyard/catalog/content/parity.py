"""Whether two texts of different languages are one text: the same blocks in the same order, referring to the same.

A page shows them side by side by the ids of their blocks, and a reader who changes the language stays where they were.
Both only work when the counterpart is there, so a difference is an error at the first block that has none. Words are
the author's; what a program can hold is structure.
"""

from __future__ import annotations

import ast
from collections import Counter
from itertools import zip_longest
from typing import Final

from drillyard.catalog.content.faults import error
from drillyard.catalog.content.prose import Prose
from drillyard.catalog.content.scan import Block
from drillyard.common.yamlfile import ContentError, Position

_KINDS: Final = {
    "heading": "标题", "paragraph": "段落", "bullets": "列表", "numbers": "编号列表", "table": "表格", "figure": "插图",
    "code": "代码", "quote": "引文", "note": "提示框", "folded": "折叠框", "tabs": "选项卡", "definitions": "定义列表",
    "formula": "公式", "directive": "放置项", "rule": "分隔线", "nothing": "无",
}  # fmt: skip


def parity_faults(en: Prose, zh: Prose) -> list[ContentError]:
    """Where the Chinese text departs from the English one; positions are in the Chinese file."""
    headings = _headings(en, zh)
    if headings:
        return headings
    errors: list[ContentError] = []
    for ours, theirs in zip(_sections(zh), _sections(en), strict=True):
        errors += _section(zh, en, ours, theirs)
    return errors


def _headings(en: Prose, zh: Prose) -> list[ContentError]:
    for ours, theirs in zip_longest(zh.scanned.headings(), en.scanned.headings()):
        if ours is None or theirs is None or (ours.level, ours.id) != (theirs.level, theirs.id):
            line = ours.line if ours else zh.scanned.text.count("\n") + 1
            return [
                error(
                    zh.shown,
                    Position(line, 1),
                    "parity-headings",
                    here=_heading(ours),
                    there=_heading(theirs),
                    other=_name(en),
                    line=theirs.line if theirs else 0,
                )
            ]
    return []


def _heading(block: Block | None) -> str:
    return "" if block is None else f"{'#' * block.level} {{#{block.id or ''}}}"


def _sections(prose: Prose) -> list[list[Block]]:
    """The blocks below each heading, those before the first heading first. Footnotes may stand anywhere."""
    sections: list[list[Block]] = [[]]
    for block in prose.scanned.blocks:
        if block.kind == "heading":
            sections.append([block])
        elif block.kind != "footnote":
            sections[-1].append(block)
    return sections


def _section(zh: Prose, en: Prose, ours: list[Block], theirs: list[Block]) -> list[ContentError]:
    errors: list[ContentError] = []
    for here, there in zip_longest(ours, theirs):
        if here is None or there is None or here.kind != there.kind:
            near = here or ours[-1] if ours else None
            errors.append(_blocks_differ(zh, en, here, there, near.line if near else 1))
            return errors
        errors += _block(zh, en, here, there)
    return errors


def _blocks_differ(zh: Prose, en: Prose, here: Block | None, there: Block | None, line: int) -> ContentError:
    ours, theirs = here.kind if here else "nothing", there.kind if there else "nothing"
    return error(
        zh.shown,
        Position(line, 1),
        "parity-blocks",
        here=ours,
        there=theirs,
        here_zh=_KINDS.get(ours, ours),
        there_zh=_KINDS.get(theirs, theirs),
        other=_name(en),
        line=there.line if there else 0,
    )


def _block(zh: Prose, en: Prose, here: Block, there: Block) -> list[ContentError]:
    """Two blocks of one kind: shape, name and id, what they refer to, and what is inside them."""
    errors: list[ContentError] = []

    def differs(error_id: str, **parameters: str) -> None:
        place = Position(here.line, 1)
        errors.append(error(zh.shown, place, error_id, other=_name(en), line=there.line, **parameters))

    if _shape(here) != _shape(there):
        differs("parity-shape", here=_shape(here), there=_shape(there))
    if here.kind == "code" and not same_code(here, there):
        differs("parity-code")
    ours, theirs = _references(zh, here), _references(en, there)
    if ours != theirs:
        differs("parity-references", here=_listed(ours - theirs), there=_listed(theirs - ours))
    inner = [child for child in here.children if child.kind != "footnote"]
    for child, counterpart in zip_longest(inner, there.children):
        if child is None or counterpart is None or child.kind != counterpart.kind:
            errors.append(_blocks_differ(zh, en, child, counterpart, child.line if child else here.line))
            break
        errors += [found for found in _block(zh, en, child, counterpart) if found.id != "parity-references"]
    return errors


def _shape(block: Block) -> str:
    words = [*map(str, block.shape), block.name, *block.classes]
    if block.id:
        words.append(f"#{block.id}")
    if block.kind == "directive":
        words.append(block.argument)
    return " ".join(word for word in words if word) or block.kind


def same_code(here: Block, there: Block) -> bool:
    """Whether two pieces of code do the same: Python may differ in comments and docstrings, plain text wholly."""
    if here.code == there.code or (here.name == "text" and "output" not in here.classes):
        return True
    if here.name not in ("python", "py", "python3"):
        return _without_comments(here) == _without_comments(there)
    try:
        return _tree(here.code) == _tree(there.code)
    except SyntaxError:
        return _without_comments(here) == _without_comments(there)


def _without_comments(block: Block) -> list[str]:
    """Lines less what follows a comment sign of the usual kinds; blank lines do not count."""
    lines = []
    for line in block.code.splitlines():
        for sign in ("#", "//", "--"):
            line = line.partition(sign)[0]  # noqa: PLW2901 - cut at every sign
        if line.strip():
            lines.append(line.rstrip())
    return lines


def _tree(code: str) -> str:
    tree = ast.parse(code)
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            first = node.body[0] if node.body else None
            if (
                isinstance(first, ast.Expr)
                and isinstance(first.value, ast.Constant)
                and isinstance(first.value.value, str)
            ):
                node.body = node.body[1:]
    return ast.dump(tree)


def _references(prose: Prose, block: Block) -> Counter[str]:
    text, start = prose.scanned.masked_of(block)
    end = start + len(text)
    found: Counter[str] = Counter()
    found.update(f"[@{citation.source}]" for citation in prose.citations if start <= citation.offset < end)
    found.update(f"[^{name}]" for name, offset in prose.footnotes if start <= offset < end)
    for link in prose.links:
        if start <= link.offset < end and not link.target.startswith("http"):
            found[link.target] += 1
    if block.kind == "figure":
        found.update(figure.path for figure in prose.figures if figure.line == block.line)
        found.update(f"#{figure.id}" for figure in prose.figures if figure.line == block.line)
    return found


def _listed(references: Counter[str]) -> str:
    return ", ".join(sorted(references.elements())) or "-"


def _name(prose: Prose) -> str:
    return prose.shown.rpartition("/")[2]
