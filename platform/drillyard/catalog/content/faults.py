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


def error(shown: str, position: Position, error_id: str, **parameters: object) -> ContentError:
    """The fault `error_id` at `position` of `shown`, its sentences filled with `parameters`."""
    return error_in_both(shown, position, error_id, en=parameters, zh=parameters)


def error_in_both(
    shown: str, position: Position, error_id: str, *, en: Mapping[str, object], zh: Mapping[str, object]
) -> ContentError:
    """The same, for parameters that are words of a language."""
    message_en, message_zh, mend_en, mend_zh = _TEXTS[error_id]
    return ContentError(
        shown,
        position.line,
        position.column,
        error_id,
        {"en": message_en.format(**en), "zh": message_zh.format(**zh)},
        {"en": mend_en.format(**en), "zh": mend_zh.format(**zh)},
    )
