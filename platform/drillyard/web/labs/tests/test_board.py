from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.test import Client

from drillyard.accounts.models import User
from drillyard.accounts.services import profile_update
from drillyard.catalog.models import Lab
from drillyard.web.submissions.tests.support import graded, submitted

BOARD = "/en/ftdr/labs/counter/leaderboard/"


def test_it_shows_pseudonyms_handles_and_measures_and_no_addresses(
    lab: Lab, client: Client, alice: User, bob: User
) -> None:
    profile_update(user=alice, handle="alice-the-brave")
    graded(submitted(alice, lab), passed=True)
    graded(submitted(bob, lab), passed=False)
    html = client.get(BOARD).content.decode()
    assert html.index("alice-the-brave") < html.index(bob.pseudonym)
    assert alice.pseudonym not in html
    assert "@example.org" not in html
    assert "Calls" in html
    assert "调用次数" in client.get("/zh-hans/ftdr/labs/counter/leaderboard/").content.decode()


def test_my_own_row_is_marked_for_me_alone(
    lab: Lab, client: Client, alice: User, charlie: User, as_user: Callable[[User], Client]
) -> None:
    graded(submitted(alice, lab), passed=True)
    assert 'class="first mine"' in as_user(alice).get(BOARD).content.decode()
    for other in (client, as_user(charlie)):
        html = other.get(BOARD).content.decode()
        assert alice.pseudonym in html
        assert "mine" not in html


def test_what_was_graded_without_isolation_is_badged(lab: Lab, client: Client, alice: User) -> None:
    graded(submitted(alice, lab), passed=True, sandbox="plain")
    html = client.get(BOARD).content.decode()
    assert "badge unofficial" in html
    assert "without an isolating sandbox" in html


def test_an_empty_board_invites(lab: Lab, client: Client) -> None:
    assert "Nobody yet" in client.get(BOARD).content.decode()


def test_its_cost_does_not_grow_with_the_people_on_it(
    lab: Lab, client: Client, alice: User, bob: User, django_assert_max_num_queries: Any
) -> None:
    for user in (alice, bob):
        graded(submitted(user, lab), passed=True)
    with django_assert_max_num_queries(5):
        client.get(BOARD)
