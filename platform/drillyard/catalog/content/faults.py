"""Every fault that content can have, by its stable id: what is wrong and how to mend it, in both languages.

The sentences stand in `texts_tree` and `texts_prose`. Faults of YAML itself stand in `drillyard.common.yamlfile`; those
of a rule inside one shape stand with the shape in `drillyard.catalog.schemas`. A test holds that each id is raised by
some broken fixture.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from drillyard.catalog.content.texts_prose import PROSE
from drillyard.catalog.content.texts_tree import TREE
from drillyard.common.yamlfile import ContentError, Position

_TEXTS: Final = TREE | PROSE


def error(
    shown: str,
    position: Position,
    error_id: str,
    *,
    en: Mapping[str, object] | None = None,
    zh: Mapping[str, object] | None = None,
    **parameters: object,
) -> ContentError:
    """The fault `error_id` at `position` of `shown`. `en` and `zh` are parameters that differ by language."""
    here = {"en": {**parameters, **(en or {})}, "zh": {**parameters, **(zh or {})}}
    message_en, message_zh, mend_en, mend_zh = _TEXTS[error_id]
    return ContentError(
        shown,
        position.line,
        position.column,
        error_id,
        {"en": message_en.format(**here["en"]), "zh": message_zh.format(**here["zh"])},
        {"en": mend_en.format(**here["en"]), "zh": mend_zh.format(**here["zh"])},
    )
