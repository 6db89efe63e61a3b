"""A question read from its file, and what in its wording would give the answer away."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from drillyard.catalog.content.chinese import chinese_faults_of
from drillyard.catalog.content.faults import error
from drillyard.catalog.content.files import ItemFiles
from drillyard.catalog.content.prose import short_text_faults
from drillyard.catalog.content.validation import shape_of
from drillyard.catalog.schemas import MultipleQuestion, QuestionFile, SingleQuestion, question_parse
from drillyard.common import yamlfile
from drillyard.common.yamlfile import ContentError, Document

_PHRASES: Final = {
    "en": re.compile(r"\b(?:all|none|both|either|neither) of the (?:above|options|others)\b", re.IGNORECASE),
    "zh": re.compile(r"以上(?:都|皆|均|全|选项)|(?:都|皆|均)(?:不)?(?:对|正确|是)$"),
}
_LONGEST: Final = 1.5
_SHORT: Final = {"en": 24, "zh": 12}
_ORDER_QUESTIONS_MIN: Final = 5
_ORDER_SHARE_MAX: Final = 0.6


@dataclass(frozen=True, slots=True)
class QuestionContent:
    """A question without faults of its own."""

    item: ItemFiles
    document: Document
    file: QuestionFile

    @property
    def content_hash(self) -> str:
        return self.item.content_hash()


def question_content(item: ItemFiles) -> tuple[QuestionContent | None, list[ContentError]]:
    """The question in `item`'s one file, or every fault of it."""
    path = next(iter(item.files))
    document, errors = yamlfile.parse(item.files[path], item.shown_path(path))
    if document is None:
        return None, errors
    question, faults = shape_of(question_parse, document)
    errors = faults + chinese_faults_of(document) + short_text_faults(document)
    if question is None:
        return None, errors
    if f"{question.slug}.yaml" != path:
        where = document.position(("slug",))
        errors.append(error(document.file, where, "folder-name", wanted=f"{question.slug}.yaml"))
    content = QuestionContent(item, document, question)
    errors += _giveaways(content)
    return content, errors


def _giveaways(content: QuestionContent) -> list[ContentError]:
    question, document = content.file, content.document
    if not isinstance(question, SingleQuestion | MultipleQuestion):
        return []
    errors: list[ContentError] = []
    for language in ("en", "zh"):
        lengths: dict[bool, list[int]] = {True: [], False: []}
        for index, option in enumerate(question.options):
            text = option.text.in_language(language)
            lengths[option.correct].append(len(text))
            if found := _PHRASES[language].search(text):
                where = document.position(("options", index, "text", language))
                errors.append(error(document.file, where, "giveaway-phrase", phrase=found[0]))
        mean = sum(lengths[False]) / len(lengths[False])
        longest = max(lengths[True])
        if isinstance(question, SingleQuestion) and longest > max(_LONGEST * mean, _SHORT[language]):
            place = next(index for index, option in enumerate(question.options) if option.correct)
            where = document.position(("options", place, "text", language))
            parameters = {"language": language, "right": longest, "wrong": round(mean)}
            errors.append(error(document.file, where, "giveaway-length", **parameters))
    return errors


def order_faults(chapter: Iterable[QuestionContent]) -> list[ContentError]:
    """Whether the right option of a chapter's single-choice questions stands in one place too often."""
    places = []
    for content in chapter:
        if isinstance(content.file, SingleQuestion):
            place = next(index for index, option in enumerate(content.file.options) if option.correct)
            places.append((place, content))
    if len(places) < _ORDER_QUESTIONS_MIN:
        return []
    place, count = Counter(place for place, _ in places).most_common(1)[0]
    if count <= _ORDER_SHARE_MAX * len(places):
        return []
    first = next(content for where, content in places if where == place)
    position = first.document.position(("options", place))
    parameters = {"place": place + 1, "count": count, "total": len(places)}
    return [error(first.document.file, position, "giveaway-order", **parameters)]
