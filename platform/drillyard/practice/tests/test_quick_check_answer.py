"""Answering a quick check: a reason for what was chosen, kept for whom has an account, open to whom has none."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from django.contrib.auth.models import AnonymousUser

from drillyard.accounts.models import User
from drillyard.catalog.models import Course, Item
from drillyard.catalog.services import item_withdraw
from drillyard.common import ids
from drillyard.common.errors import NotFound, Refused
from drillyard.practice.models import QuickAnswer
from drillyard.practice.selectors import quick_checks_answered
from drillyard.practice.services import Feedback, quick_check_answer

pytestmark = pytest.mark.django_db


def uuid_of(slug: str) -> UUID:
    return Item.objects.get(slug=slug).uuid


def answer(slug: str, given: Any, user: Any = None, language: str = "en") -> Feedback:
    return quick_check_answer(user=user, question_uuid=uuid_of(slug), answer=given, language=language)


def test_a_wrong_choice_hears_what_its_chooser_believes_and_not_what_is_right(course: Course) -> None:
    feedback = answer("how-many", "a")
    assert not feedback.correct
    assert [(one.option, one.correct, one.html) for one in feedback.reasons] == [
        ("a", False, "SECRET-BELIEF one was missed.")
    ]
    assert feedback.rationale is None


def test_the_right_choice_hears_why(course: Course) -> None:
    feedback = answer("how-many", "b", language="zh-hans")
    assert feedback.correct
    assert feedback.reasons[0].html == "每一竖都数到了。"
    assert feedback.rationale == "共有三竖。"


@pytest.mark.parametrize(
    ("given", "correct", "incomplete", "options"),
    [
        (["c", "a"], True, False, ["a", "c"]),
        (["a"], False, True, ["a"]),
        (["a", "b", "c"], False, False, ["a", "b", "c"]),
        (["b"], False, False, ["b"]),
    ],
)
def test_several_choices_are_judged_together_and_explained_one_by_one(
    course: Course, given: list[str], correct: bool, incomplete: bool, options: list[str]
) -> None:
    feedback = answer("all-digits", given)
    assert (feedback.correct, feedback.incomplete) == (correct, incomplete)
    assert [one.option for one in feedback.reasons] == options


@pytest.mark.parametrize(("given", "correct"), [(False, True), ("false", True), (True, False), ("true", False)])
def test_a_statement_is_true_or_false(course: Course, given: Any, correct: bool) -> None:
    feedback = answer("zero-first", given)
    assert feedback.correct is correct
    assert feedback.reasons[0].html == ("Many do." if correct else "You may think of a tally.")


@pytest.mark.parametrize(
    ("given", "correct", "reason"),
    [
        ("55", True, "Ten times eleven by two."),
        ("55.5", True, "Ten times eleven by two."),
        (" ５５ ", True, "Ten times eleven by two."),
        ("55.51", False, "Pair the first with the last."),
        ("50", False, "That is ten times ten by two."),
        ("-1e3", False, "Pair the first with the last."),
    ],
)
def test_a_number_is_right_within_its_tolerance_and_a_known_mistake_is_named(
    course: Course, given: str, correct: bool, reason: str
) -> None:
    feedback = answer("sum-of-ten", given)
    assert feedback.correct is correct
    assert feedback.reasons[0].html == reason


@pytest.mark.parametrize(
    ("slug", "given"),
    [
        ("how-many", "z"),
        ("how-many", ["b"]),
        ("how-many", None),
        ("all-digits", []),
        ("all-digits", "a"),
        ("all-digits", ["a", "a"]),
        ("all-digits", [["a"]]),
        ("zero-first", "perhaps"),
        ("zero-first", 1),
        ("sum-of-ten", ""),
        ("sum-of-ten", "many"),
        ("sum-of-ten", "NaN"),
        ("sum-of-ten", "Infinity"),
        ("sum-of-ten", "1e999999999"),
        ("sum-of-ten", "9" * 41),
        ("sum-of-ten", True),
    ],
)
def test_what_is_no_answer_is_refused_and_not_kept(course: Course, alice: User, slug: str, given: Any) -> None:
    with pytest.raises(Refused) as raised:
        answer(slug, given, alice)
    assert raised.value.id == "answer_invalid"
    assert not QuickAnswer.objects.exists()


def test_an_answer_is_kept_with_the_revision_that_was_answered(course: Course, alice: User) -> None:
    answer("all-digits", ["c", "a"], alice)
    kept = QuickAnswer.objects.get()
    assert (kept.user, kept.correct, kept.answer) == (alice, True, ["a", "c"])
    assert kept.revision == kept.question.item.published


def test_a_visitor_may_practise_and_leaves_nothing(course: Course) -> None:
    for visitor in (None, AnonymousUser()):
        assert answer("how-many", "b", visitor).correct
    assert not QuickAnswer.objects.exists()


def test_charlie_sees_nothing_of_alices_answers(course: Course, alice: User, charlie: User) -> None:
    answer("how-many", "a", alice)
    answer("how-many", "b", alice)
    asked = [uuid_of("how-many"), uuid_of("zero-first")]
    assert quick_checks_answered(user=alice, questions=asked) == {asked[0]: True}
    assert quick_checks_answered(user=charlie, questions=asked) == {}
    assert quick_checks_answered(user=AnonymousUser(), questions=asked) == {}


def test_absent_withdrawn_and_other_peoples_uses_look_alike(course: Course) -> None:
    item_withdraw(item=Item.objects.get(slug="how-many"))
    for uuid in (uuid_of("how-many"), ids.uuid_new(), Item.objects.get(slug="counter").uuid):
        with pytest.raises(NotFound):
            quick_check_answer(user=None, question_uuid=uuid, answer="b")
