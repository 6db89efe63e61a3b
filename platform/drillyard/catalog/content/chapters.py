"""A chapter read from its folder, with every fault that can be seen without the rest of the course."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from drillyard.catalog.content.chinese import chinese_faults_of
from drillyard.catalog.content.faults import error
from drillyard.catalog.content.files import ItemFiles
from drillyard.catalog.content.prose import Prose, short_text_faults
from drillyard.catalog.content.texts import Texts, texts_read
from drillyard.catalog.content.validation import shape_of
from drillyard.catalog.schemas import ChapterFile
from drillyard.common import yamlfile
from drillyard.common.yamlfile import ContentError, Document, Position

PATHS: Final = re.compile(r"chapter\.yaml|index\.(?:en|zh)\.md|figures/[^/]+")


@dataclass(frozen=True, slots=True)
class ChapterContent:
    """A chapter without faults of its own."""

    item: ItemFiles
    document: Document
    file: ChapterFile
    texts: Texts

    @property
    def content_hash(self) -> str:
        return self.item.content_hash()


def chapter_content(item: ItemFiles) -> tuple[ChapterContent | None, list[ContentError]]:
    """The chapter in `item` with every fault of it; `None` when a file cannot be read as what it should be."""
    document, errors = yamlfile.parse_item(item.files.get("chapter.yaml"), item.shown_path("chapter.yaml"))
    chapter: ChapterFile | None = None
    if document is not None:
        chapter, faults = shape_of(ChapterFile.model_validate, document)
        errors += faults + chinese_faults_of(document) + short_text_faults(document)
    texts, faults = texts_read(item, "index", chapter=True)
    errors += faults
    if document is None or chapter is None or texts is None:
        return None, errors
    content = ChapterContent(item, document, chapter, texts)
    for prose in texts.both():
        errors += _citations(content, prose) + _quickchecks(prose)
    return content, errors + _sources(content)


def _citations(content: ChapterContent, prose: Prose) -> list[ContentError]:
    known = {source.id for source in content.file.sources}
    errors = []
    for citation in prose.citations:
        if citation.source not in known:
            where = prose.scanned.position(citation.offset)
            errors.append(error(prose.shown, where, "citation-unknown", source=citation.source))
    places = [block.line for block in prose.scanned.blocks if block.kind == "directive" and block.name == "sources"]
    if len(places) != (1 if known else 0):
        where = Position(places[-1] if places else 1, 1)
        errors.append(error(prose.shown, where, "sources-place"))
    return errors


def _sources(content: ChapterContent) -> list[ContentError]:
    errors = []
    seen: set[str] = set()
    for index, source in enumerate(content.file.sources):
        where = content.document.position(("sources", index, "id"))
        if source.id in seen:
            errors.append(error(content.document.file, where, "source-twice", source=source.id))
        seen.add(source.id)
        for prose in content.texts.both():
            if all(citation.source != source.id for citation in prose.citations):
                name = prose.shown.rpartition("/")[2]
                errors.append(error(content.document.file, where, "source-uncited", source=source.id, file=name))
    return errors


def _quickchecks(prose: Prose) -> list[ContentError]:
    errors = []
    seen: dict[str, int] = {}
    for slug, line in prose.quickchecks():
        if slug in seen:
            errors.append(error(prose.shown, Position(line, 1), "quickcheck-twice", slug=slug, line=seen[slug]))
        seen.setdefault(slug, line)
    return errors
