from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.test import Client

from drillyard.accounts.models import User
from drillyard.catalog.models import Lab
from drillyard.web.submissions.tests.support import graded, submitted


def test_my_own_are_listed_latest_first(lab: Lab, alice: User, as_user: Callable[[User], Client]) -> None:
    first, second = submitted(alice, lab), submitted(alice, lab, "x = 1\n")
    graded(first, passed=False)
    html = as_user(alice).get("/en/submissions/").content.decode()
    assert html.index(str(second.uuid)) < html.index(str(first.uuid))
    assert "Not passed" in html
    assert "Waiting" in html
    assert "计数器" in as_user(alice).get("/zh-hans/submissions/").content.decode()


def test_charlie_does_not_see_mine(lab: Lab, alice: User, charlie: User, as_user: Callable[[User], Client]) -> None:
    submission = submitted(alice, lab)
    html = as_user(charlie).get("/en/submissions/").content.decode()
    assert str(submission.uuid) not in html
    assert "not submitted anything yet" in html


def test_a_visitor_is_asked_to_sign_in(lab: Lab, client: Client) -> None:
    assert client.get("/en/submissions/").headers["Location"] == "/en/accounts/login/?next=/en/submissions/"


def test_its_cost_does_not_grow_with_the_list(
    lab: Lab, alice: User, as_user: Callable[[User], Client], django_assert_max_num_queries: Any
) -> None:
    for number in range(4):
        submitted(alice, lab, f"x = {number}\n")
    client = as_user(alice)
    with django_assert_max_num_queries(4):
        response = client.get("/en/submissions/?page=nonsense")
    assert response.status_code == 200
    assert response.headers["Cache-Control"] == "no-store"
