"""Answering while practising. Visitors may, too; only what people with an account answer is kept."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import transaction

from drillyard.catalog.models import Question
from drillyard.catalog.selectors import question_get, question_secret
from drillyard.common.errors import Refused
from drillyard.practice.models import QuickAnswer
from drillyard.practice.scoring import AnswerInvalid, Judgement, judge


@dataclass(frozen=True, slots=True)
class ReasonView:
    """`html` says why the chosen `option` ("" for a number) is right, or what someone who chooses it believes."""

    option: str
    correct: bool
    html: str


@dataclass(frozen=True, slots=True)
class Feedback:
    """What is said to an answer, in one language.

    `reasons` are about what was chosen. `rationale`, why the right answer is right, comes only with a right answer, so
    a wrong one leaves something to think about. `incomplete`: what was chosen is right, but something is missing.
    """

    question: UUID
    correct: bool
    incomplete: bool
    reasons: list[ReasonView]
    rationale: str | None


@transaction.atomic
def quick_check_answer(*, user: Any | None, question_uuid: UUID, answer: Any, language: str = "en") -> Feedback:
    """Judges an answer to a quick check; for a signed-in `user` it is kept.

    `answer` is an option's id, a list of ids, a boolean (or "true", "false"), or a number as text. Raises `NotFound`
    for what is no published quick check, `Refused("answer_invalid")` for what is no answer to it.
    """
    question = question_get(question_uuid, use="quick_check")
    secret = question_secret(question)
    try:
        judgement = judge(question.type, secret, answer)
    except AnswerInvalid as error:
        raise Refused("answer_invalid") from error
    revision = question.item.published
    if user is not None and user.is_authenticated and revision is not None:
        QuickAnswer.objects.create(
            user=user,
            question=question,
            revision=revision,
            answer=judgement.answer,
            correct=judgement.correct,
        )
    return _feedback(question, judgement, secret, "zh" if language.lower().startswith("zh") else "en")


def _feedback(question: Question, judgement: Judgement, secret: dict[str, Any], language: str) -> Feedback:
    reasons = [ReasonView(one.option, one.correct, one.text[language]) for one in judgement.reasons]
    said = {one.html for one in reasons}
    rationale = str(secret["rationale"][language])
    return Feedback(
        question=question.item.uuid,
        correct=judgement.correct,
        incomplete=not judgement.correct and all(one.correct for one in reasons),
        reasons=reasons,
        rationale=rationale if judgement.correct and rationale not in said else None,
    )
