"""Reading what someone practised. Everything here is one person's own."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from drillyard.practice.models import QuickAnswer


def quick_checks_answered(*, user: Any, questions: Iterable[UUID]) -> dict[UUID, bool]:
    """Which of `questions` this person has answered, and whether the latest answer was right. One query."""
    if user is None or not user.is_authenticated:
        return {}
    rows = QuickAnswer.objects.filter(user=user, question__item__uuid__in=list(questions))
    ordered = rows.order_by("created_at", "pk").values_list("question__item__uuid", "correct")
    return dict(ordered)
