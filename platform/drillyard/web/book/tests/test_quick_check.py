from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from drillyard.accounts.models import User
from drillyard.catalog.models import Course, Question
from drillyard.practice.models import QuickAnswer

CHAPTER = "/en/ftdr/chapters/first-steps/"
HERE = {"Sec-Fetch-Site": "same-origin"}
FRAGMENT = {**HERE, "X-Fragment": "1"}


def _address(slug: str, language: str = "en") -> str:
    return f"/{language}/ftdr/chapters/first-steps/checks/{Question.objects.get(slug=slug).item.uuid}/"


@pytest.mark.parametrize(
    ("slug", "right", "wrong"),
    [
        ("how-many", "b", "a"),
        ("all-digits", ["a", "c"], ["a", "b"]),
        ("zero-first", "false", "true"),
        ("sum-of-ten", "55", "50"),
    ],
)
def test_every_type_is_answered_by_a_visitor(course: Course, client: Client, slug: str, right: Any, wrong: Any) -> None:
    good = client.post(_address(slug), {"answer": right}, headers=FRAGMENT).content.decode()
    bad = client.post(_address(slug), {"answer": wrong}, headers=FRAGMENT).content.decode()
    assert 'data-right="yes"' in good
    assert 'data-right="no"' in bad
    assert "<html" not in good
    assert not QuickAnswer.objects.exists()


def test_without_a_script_the_answer_is_a_page_that_leads_back(course: Course, client: Client) -> None:
    html = client.post(_address("how-many", "zh-hans"), {"answer": "a"}, headers=HERE).content.decode()
    assert "漏数了一竖" in html
    assert "SECRET-REASON" not in html
    assert 'href="/zh-hans/ftdr/chapters/first-steps/#check-how-many"' in html


def test_what_is_said_to_a_wrong_answer_does_not_give_the_right_one_away(course: Course, client: Client) -> None:
    html = client.post(_address("how-many"), {"answer": "a"}, headers=FRAGMENT).content.decode()
    assert "SECRET-BELIEF one was missed" in html
    assert "SECRET-REASON" not in html
    assert "There are three" not in html


def test_something_missing_is_said_to_be_missing(course: Course, client: Client) -> None:
    html = client.post(_address("all-digits"), {"answer": ["a"]}, headers=FRAGMENT).content.decode()
    assert "something is missing" in html


def test_what_a_signed_in_student_answers_is_kept_for_them(
    course: Course, alice: User, as_user: Callable[[User], Client]
) -> None:
    response = as_user(alice).post(_address("how-many"), {"answer": "b"}, headers=FRAGMENT)
    assert response.headers["Cache-Control"] == "no-store"
    answer = QuickAnswer.objects.get()
    assert (answer.user, answer.correct) == (alice, True)


@pytest.mark.parametrize("answer", ["", "z", "<script>"])
def test_an_answer_that_is_none_is_refused_in_words(course: Course, client: Client, answer: str) -> None:
    page = client.post(_address("how-many"), {"answer": answer}, headers=HERE)
    assert page.status_code == 400
    assert b"<script>" not in page.content.replace(b'<script type="module"', b"")
    fragment = client.post(_address("how-many"), {"answer": answer}, headers=FRAGMENT)
    assert b'role="alert"' in fragment.content


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://elsewhere.example"},
        {"Referer": "https://elsewhere.example/testserver"},
        {},
    ],
)
def test_another_site_cannot_answer_for_alice(
    course: Course, alice: User, as_user: Callable[[User], Client], headers: dict[str, str]
) -> None:
    response = as_user(alice).post(_address("how-many"), {"answer": "b"}, headers=headers)
    assert response.status_code == 403
    assert not QuickAnswer.objects.exists()


def test_an_older_browser_is_believed_by_its_origin(course: Course, client: Client) -> None:
    response = client.post(_address("how-many"), {"answer": "b"}, headers={"Origin": "http://testserver"})
    assert response.status_code == 200


def test_a_question_that_is_not_there_is_not_found(course: Course, client: Client) -> None:
    address = f"{CHAPTER}checks/00000000-0000-4000-8000-000000000000/"
    assert client.post(address, {"answer": "a"}, headers=HERE).status_code == 404
    assert client.get(address).status_code == 405
