"""From a document to a shape: pydantic's complaints, each with its line and column and in both languages."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final, TypeVar

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from drillyard.catalog.content.faults import error, error_in_both
from drillyard.common.yamlfile import ContentError, Document, Key, Position

ShapeT = TypeVar("ShapeT")

_RANGES: Final[Mapping[str, tuple[str, str]]] = {
    "greater_than_equal": ("ge", "at least {}|至少为 {}"),
    "greater_than": ("gt", "greater than {}|大于 {}"),
    "less_than_equal": ("le", "at most {}|至多为 {}"),
    "less_than": ("lt", "less than {}|小于 {}"),
    "string_too_short": ("min_length", "at least {} characters long|至少 {} 个字符"),
    "string_too_long": ("max_length", "at most {} characters long|至多 {} 个字符"),
    "too_short": ("min_length", "a list of at least {} entries|至少含 {} 项的列表"),
    "too_long": ("max_length", "a list of at most {} entries|至多含 {} 项的列表"),
}
_TYPES: Final[Mapping[str, tuple[str, str]]] = {
    "string_type": ("text", "文本"),
    "int_type": ("a whole number", "整数"),
    "int_from_float": ("a whole number", "整数"),
    "bool_type": ("true or false", "true 或 false"),
    "list_type": ("a list", "列表"),
    "model_type": ("keys with values", "“键: 值”形式的内容"),
    "model_attributes_type": ("keys with values", "“键: 值”形式的内容"),
    "dict_type": ("keys with values", "“键: 值”形式的内容"),
    "decimal_type": ("a number", "数"),
    "decimal_parsing": ("a number", "数"),
    "uuid_type": ("a UUID", "UUID"),
    "uuid_parsing": ("a UUID", "UUID"),
}


def shape_of(make: Callable[[Any], ShapeT], document: Document) -> tuple[ShapeT | None, list[ContentError]]:
    """`make` applied to the document's value (a shape's `model_validate`), or every fault found in it."""
    try:
        return make(document.value), []
    except ValidationError as failure:
        return None, _unique(_of_detail(detail, document) for detail in failure.errors(include_url=False))


def _unique(errors: Any) -> list[ContentError]:
    """A union complains once a variant; one fault at one place is enough."""
    seen: dict[tuple[int, int], ContentError] = {}
    for found in errors:
        seen.setdefault((found.line, found.column), found)
    return list(seen.values())


def _of_detail(detail: ErrorDetails, document: Document) -> ContentError:
    kind, where, context = detail["type"], detail["loc"], detail.get("ctx", {})
    if "mend_en" in context:
        return _of_rule(kind, context, document, document.position((*where, *context["at"])))
    if kind in ("missing", "union_tag_not_found", "extra_forbidden"):
        return _of_key(kind, where, context, document)
    if kind in ("literal_error", "union_tag_invalid"):
        if kind == "union_tag_invalid":
            where = (*where, _discriminator(context))
        choices = str(context.get("expected") or context.get("expected_tags")).replace("'", "").replace(" or ", ", ")
        return error(document.file, document.position(where), "value-choice", choices=choices)
    if kind == "string_pattern_mismatch":
        return error(document.file, document.position(where), "value-format", pattern=context["pattern"])
    error_id, (en, zh) = "value-type", _TYPES.get(kind, (detail["msg"], detail["msg"]))
    if kind in _RANGES:
        limit, both = _RANGES[kind]
        error_id, (en, zh) = "value-range", both.format(context[limit], context[limit]).split("|")
    return error_in_both(document.file, document.position(where), error_id, en={"wanted": en}, zh={"wanted": zh})


def _of_key(kind: str, where: Key, context: Mapping[str, Any], document: Document) -> ContentError:
    """A key that is missing or has no business there."""
    if kind == "extra_forbidden":
        return error(document.file, document.position(where, of_key=True), "field-unknown", field=str(where[-1]))
    field = str(where[-1]) if kind == "missing" else _discriminator(context)
    return error(document.file, document.position(where), "field-missing", field=field)


def _discriminator(context: Mapping[str, Any]) -> str:
    return str(context["discriminator"]).strip("'")


def _of_rule(kind: str, context: Mapping[str, Any], document: Document, position: Position) -> ContentError:
    message = {"en": str(context["en"]), "zh": str(context["zh"])}
    mend = {"en": str(context["mend_en"]), "zh": str(context["mend_zh"])}
    return ContentError(document.file, position.line, position.column, kind, message, mend)
