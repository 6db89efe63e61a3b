"""Judging an answer to a question: pure, (question's data, answer) -> what was right of it, and why."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any, Final

NUMBER_LENGTH_MAX: Final = 40


class AnswerInvalid(Exception):
    """The answer is none of the shape that this type of question takes."""


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a chosen thing is right or wrong, as {"en": ..., "zh": ...} of HTML. `option` is its id, "" where none is."""

    option: str
    correct: bool
    text: dict[str, str]


@dataclass(frozen=True, slots=True)
class Judgement:
    """`reasons` speak of what was chosen only. `answer` is the answer in the form that is kept."""

    correct: bool
    reasons: list[Reason]
    answer: Any


def judge(kind: str, data: dict[str, Any], answer: Any) -> Judgement:
    """`answer`: an option's id ("single"), ids ("multiple"), true or false, or a number as text ("numeric").

    Raises `AnswerInvalid` for anything else.
    """
    if kind in ("single", "multiple"):
        return _options(kind, data, answer)
    if kind == "true_false":
        return _true_false(data, answer)
    if kind == "numeric":
        return _numeric(data, answer)
    raise AnswerInvalid


def _options(kind: str, data: dict[str, Any], answer: Any) -> Judgement:
    chosen = [answer] if kind == "single" else answer
    options = {option["id"]: option for option in data["options"]}
    if not isinstance(chosen, list) or not chosen or any(not isinstance(one, str) for one in chosen):
        raise AnswerInvalid
    if any(one not in options for one in chosen) or len(set(chosen)) != len(chosen):
        raise AnswerInvalid
    # In the question's own order, whatever order the browser sent.
    picked = [option for option in data["options"] if option["id"] in chosen]
    right = all(option["correct"] == (option["id"] in chosen) for option in data["options"])
    reasons = [Reason(option["id"], option["correct"], option["rationale"]) for option in picked]
    return Judgement(right, reasons, answer if kind == "single" else [option["id"] for option in picked])


def _true_false(data: dict[str, Any], answer: Any) -> Judgement:
    if isinstance(answer, str) and answer in ("true", "false"):
        answer = answer == "true"
    if not isinstance(answer, bool):
        raise AnswerInvalid
    right = answer == data["answer"]
    text = data["rationale"] if right else data["rationale_wrong"]
    return Judgement(right, [Reason("true" if answer else "false", right, text)], answer)


def _numeric(data: dict[str, Any], answer: Any) -> Judgement:
    value = _number(answer)
    if _near(value, data["answer"]):
        return Judgement(True, [Reason("", True, data["rationale"])], str(value))
    for mistake in data["mistakes"]:
        if _near(value, mistake):
            return Judgement(False, [Reason("", False, mistake["rationale"])], str(value))
    return Judgement(False, [Reason("", False, data["rationale_wrong"])], str(value))


def _near(value: Decimal, target: dict[str, str]) -> bool:
    return abs(value - Decimal(target["value"])) <= Decimal(target["tolerance"])


def _number(answer: Any) -> Decimal:
    """A finite decimal; what an input method puts into it in Chinese (full-width digits, signs) is understood too."""
    written = str(answer).strip() if isinstance(answer, str | int | float) and not isinstance(answer, bool) else ""
    written = written.translate(_WIDE).replace(",", "").removesuffix("%").strip()
    if not written or len(written) > NUMBER_LENGTH_MAX:
        raise AnswerInvalid
    try:
        value = Decimal(written)
    except InvalidOperation as error:
        raise AnswerInvalid from error
    if not value.is_finite() or abs(value.adjusted()) > NUMBER_LENGTH_MAX:
        raise AnswerInvalid
    return value


_WIDE: Final = {
    ord(wide): narrow for wide, narrow in zip("０１２３４５６７８９．－，＋％", "0123456789.-,+%", strict=True)
}
