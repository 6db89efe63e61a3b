"""The two texts of a chapter or a statement, checked each alone, against one another, and with their figures."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from drillyard.catalog.content.faults import error
from drillyard.catalog.content.figures import candidates, figure_faults, resolve
from drillyard.catalog.content.files import ItemFiles
from drillyard.catalog.content.parity import parity_faults
from drillyard.catalog.content.prose import Prose, prose_read
from drillyard.common.yamlfile import ContentError, Position


@dataclass(frozen=True, slots=True)
class Texts:
    """Both languages of one text."""

    en: Prose
    zh: Prose

    def both(self) -> tuple[Prose, Prose]:
        return self.en, self.zh

    def anchors_known(self) -> bool:
        return self.en.anchors_known() and self.zh.anchors_known()

    def anchors(self) -> set[str]:
        """What a link to this text may lead to."""
        return set(self.en.anchors) | {f"check-{slug}" for slug, _ in self.en.quickchecks()}


def texts_read(item: ItemFiles, name: str, *, chapter: bool) -> tuple[Texts | None, list[ContentError]]:
    """`<name>.en.md` and `<name>.zh.md` of `item`; `None` when one of them is not there or not text."""
    errors: list[ContentError] = []
    proses: list[Prose] = []
    for language in ("en", "zh"):
        path = f"{name}.{language}.md"
        text, faults = item.text(path)
        errors += faults
        if not faults:
            prose, faults = prose_read(text, item.shown_path(path), language, chapter=chapter)
            errors += faults + _figures_missing(item, prose)
            proses.append(prose)
    if len(proses) < 2:
        return None, errors
    texts = Texts(*proses)
    if not errors:
        errors += parity_faults(texts.en, texts.zh)
    errors += figure_faults(item, {prose.language: [figure.path for figure in prose.figures] for prose in proses})
    return texts, errors


def _figures_missing(item: ItemFiles, prose: Prose) -> list[ContentError]:
    errors = []
    for figure in prose.figures:
        if resolve(figure.path, prose.language, item.files) is None:
            wanted = ", ".join(candidates(figure.path, prose.language, "light"))
            where = Position(figure.line, 1)
            errors.append(error(prose.shown, where, "figure-missing", path=figure.path, candidates=wanted))
    return errors


LinkTarget = Callable[[str, str], "set[str] | None"]


def link_faults(texts: Texts, exists: Callable[[str, str], bool], anchors: LinkTarget) -> list[ContentError]:
    """Links that lead nowhere. `exists(kind, slug)`: written or planned; `anchors(kind, slug)`: of a written one."""
    errors = []
    own = texts.anchors()
    for prose in texts.both():
        for link in prose.links:
            where = prose.scanned.position(link.offset)
            match = re.match(r"(?:(chapter|lab):([a-z0-9-]+))?(?:#([a-z0-9-]+))?$", link.target)
            if match is None:
                continue
            kind, slug, anchor = match.groups()
            if kind and not exists(kind, slug):
                errors.append(error(prose.shown, where, "link-target", kind=kind, slug=slug))
                continue
            there = anchors(kind, slug) if kind else own
            if there is None or not texts.anchors_known():
                continue
            if anchor and anchor not in there and not anchor.startswith("source-"):
                errors.append(error(prose.shown, where, "link-anchor", anchor=anchor))
    return errors
