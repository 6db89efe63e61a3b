"""From content to what pages read: the fields of the projections, texts rendered.

Pure: content in, values out, no database. Links come out relative to the page (`../<slug>/`, `../../labs/<slug>/`) and
figures as `figures/<name>?v=<hash>`, so that a cached page knows nothing of hosts or languages and a figure may be kept
by browsers for ever.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from drillyard.catalog.content.chapters import ChapterContent
from drillyard.catalog.content.figures import resolve, size
from drillyard.catalog.content.files import ItemFiles
from drillyard.catalog.content.prose import Prose
from drillyard.catalog.content.questions import QuestionContent
from drillyard.catalog.content.tree import LabWithTexts
from drillyard.catalog.schemas import (
    MultipleQuestion,
    NumericQuestion,
    QuestionFile,
    SingleQuestion,
    Source,
    Text,
    TrueFalseQuestion,
)
from drillyard.common.markdown import Context, Picture, Rendered, SourceLine, render, render_inline, renderer_key

VERSION: Final = 1
"""Raised by one whenever the same content gives other fields."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a page depends on beyond its own files: which chapters and labs are written, and the questions."""

    chapters: frozenset[str]
    labs: frozenset[str]
    questions: Mapping[str, QuestionContent]

    def key(self, content: ChapterContent | LabWithTexts | QuestionContent) -> str:
        """Changes whenever the projection of `content` may."""
        checks = {}
        if isinstance(content, ChapterContent):
            slugs = [slug for slug, _ in content.texts.en.quickchecks()]
            checks = {slug: self.questions[slug].content_hash for slug in slugs}
        parts = [VERSION, renderer_key(), content.content_hash, sorted(self.chapters), sorted(self.labs), checks]
        return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


def both(text: Text) -> dict[str, str]:
    """A short text as HTML in both languages."""
    return {"en": render_inline(text.en, "en"), "zh": render_inline(text.zh, "zh")}


# ------------------------------------------------------------------------------------------------------------ chapters


def chapter_fields(content: ChapterContent, around: Surroundings) -> dict[str, Any]:
    """The fields of `models.Chapter` that the chapter's own files decide."""
    file = content.file
    fields: dict[str, Any] = {
        "planned": False,
        "minutes": file.minutes,
        "summary_en": file.summary.en,
        "summary_zh": file.summary.zh,
        "goals": [both(goal) for goal in file.goals],
        "prerequisites": list(file.prerequisites),
        "labs_listed": list(file.labs),
        "words_en": content.texts.en.words(),
        "words_zh": content.texts.zh.words(),
    }
    for prose in content.texts.both():
        links = _Links(around, here="chapter", item=content.item, language=prose.language)
        rendered = _rendered(prose, links, file.sources)
        fields[f"toc_{prose.language}"] = [entry.as_json() for entry in rendered.toc]
        fields[f"body_{prose.language}"] = [
            [segment.kind, segment.value]
            if segment.kind == "html"
            else [segment.kind, question_public(around.questions[segment.value].file, prose.language)]
            for segment in rendered.segments
        ]
    return fields


def _rendered(prose: Prose, links: _Links, sources: list[Source]) -> Rendered:
    lines = tuple(_source_line(source, prose.language) for source in sources)
    context = Context(prose.language, links.address, links.picture, lines)
    return render(prose.scanned.text, context)


def _source_line(source: Source, language: str) -> SourceLine:
    return SourceLine(
        id=source.id,
        title=source.title,
        author=source.author,
        year=source.year,
        where=source.where,
        url=source.url,
        accessed=source.accessed,
        lang=source.lang,
        note=source.note.in_language(language) if source.note else None,
    )


@dataclass(frozen=True, slots=True)
class _Links:
    """Addresses as seen from a page of the kind `here`."""

    around: Surroundings
    here: str
    item: ItemFiles
    language: str

    def address(self, kind: str, slug: str, anchor: str) -> str | None:
        written = self.around.chapters if kind == "chapter" else self.around.labs
        if slug not in written:
            return None
        base = f"../{slug}/" if kind == self.here else f"../../{kind}s/{slug}/"
        return f"{base}#{anchor}" if anchor else base

    def picture(self, path: str) -> Picture | None:
        found = resolve(path, self.language, self.item.files)
        if found is None:
            return None
        width, height = size(self.item.files[found.light])
        dark = self._versioned(found.dark) if found.dark else None
        return Picture(self._versioned(found.light), dark, width, height)

    def _versioned(self, path: str) -> str:
        return f"{path}?v={hashlib.sha256(self.item.files[path]).hexdigest()[:12]}"


# ---------------------------------------------------------------------------------------------------------------- labs


def lab_fields(content: LabWithTexts, around: Surroundings) -> dict[str, Any]:
    """The fields of `models.Lab` that the lab's own files decide."""
    file = content.lab.file
    fields: dict[str, Any] = {
        "title_en": file.title.en,
        "title_zh": file.title.zh,
        "summary_en": file.summary.en,
        "summary_zh": file.summary.zh,
        "points": sum(case.points for case in content.lab.cases),
        "difficulty": file.difficulty,
        "minutes": file.minutes,
        "solution_lines": file.solution_lines,
        "entry_point": file.entry_point,
        "files_allowed": list(file.files_allowed),
        "leaderboard_metrics": [metric.model_dump(mode="json") for metric in file.leaderboard_metrics],
        "goals": [both(goal) for goal in file.goals],
        "hints": [both(hint) for hint in file.hints],
        "cases": [case.as_json() for case in content.lab.cases],
    }
    for prose in content.texts.both():
        links = _Links(around, here="lab", item=content.item, language=prose.language)
        rendered = _rendered(prose, links, [])
        fields[f"toc_{prose.language}"] = [entry.as_json() for entry in rendered.toc]
        fields[f"body_{prose.language}"] = [[segment.kind, segment.value] for segment in rendered.segments]
    return fields


# ----------------------------------------------------------------------------------------------------------- questions


def question_fields(content: QuestionContent) -> dict[str, Any]:
    """The fields of `models.Question`; `data` holds what is right, and why, for the server's eyes."""
    file = content.file
    return {
        "type": file.type,
        "section": file.section,
        "difficulty": file.difficulty,
        "bloom": file.bloom,
        "points": file.points,
        "time_s": file.time_s,
        "tags": list(file.tags),
        "uses": list(file.uses),
        "data": _question_data(file),
    }


def _question_data(file: QuestionFile) -> dict[str, Any]:
    data: dict[str, Any] = {"prompt": both(file.prompt), "rationale": both(file.rationale)}
    if isinstance(file, SingleQuestion | MultipleQuestion):
        data["options"] = [
            {
                "id": option.id,
                "correct": option.correct,
                "text": both(option.text),
                "rationale": both(option.rationale),
            }
            for option in file.options
        ]
    elif isinstance(file, TrueFalseQuestion):
        data |= {"answer": file.answer, "rationale_wrong": both(file.rationale_wrong)}
    elif isinstance(file, NumericQuestion):
        data["answer"] = {"value": str(file.answer.value), "tolerance": str(file.answer.tolerance)}
        data["unit"] = both(file.answer.unit) if file.answer.unit else None
        data["rationale_wrong"] = both(file.rationale_wrong)
        data["mistakes"] = [
            {"value": str(one.value), "tolerance": str(one.tolerance), "rationale": both(one.rationale)}
            for one in file.mistakes
        ]
    return data


def question_public(file: QuestionFile, language: str) -> dict[str, Any]:
    """What may be seen before answering, in one language. Built by naming what goes out, never by leaving out."""
    public: dict[str, Any] = {
        "uuid": str(file.uuid),
        "slug": file.slug,
        "type": file.type,
        "prompt": render_inline(file.prompt.in_language(language), language),
    }
    if isinstance(file, SingleQuestion | MultipleQuestion):
        public["options"] = [
            {"id": option.id, "text": render_inline(option.text.in_language(language), language)}
            for option in file.options
        ]
    if isinstance(file, NumericQuestion) and file.answer.unit:
        public["unit"] = render_inline(file.answer.unit.in_language(language), language)
    return public
