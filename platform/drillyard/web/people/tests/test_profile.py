from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from drillyard.accounts.models import User

FORM = {"display_name": "李雷", "handle": "断路器高手", "language": "zh-hans", "time_zone": "Asia/Shanghai"}


def test_it_is_saved_and_the_page_goes_on_in_the_new_language(alice: User, as_user: Callable[[User], Client]) -> None:
    client = as_user(alice)
    response = client.post("/en/profile/", FORM, follow=True)
    alice.refresh_from_db()
    assert (alice.own_name, alice.board_name, alice.language) == ("李雷", "断路器高手", "zh-hans")
    assert response.redirect_chain == [("/zh-hans/profile/", 302)]
    html = response.content.decode()
    assert "个人资料已保存" in html
    assert '<option value="Asia/Shanghai" selected>' in html
    assert client.cookies["django_language"].value == "zh-hans"


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("handle", "x", "handle has"),
        ("handle", "admin", "reserved"),
        ("time_zone", "Mars/Olympus", "Select a valid choice"),
        ("display_name", "a\u0007b", "control characters"),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_nothing_is_saved(
    alice: User, as_user: Callable[[User], Client], field: str, value: str, said: str
) -> None:
    response = as_user(alice).post("/en/profile/", {**FORM, field: value})
    assert response.status_code == 400
    html = response.content.decode()
    assert said in html
    assert 'aria-invalid="true"' in html
    alice.refresh_from_db()
    assert alice.display_name == ""


def test_a_handle_of_somebody_else_is_taken(alice: User, bob: User, as_user: Callable[[User], Client]) -> None:
    as_user(bob).post("/en/profile/", FORM)
    assert "Somebody else has this handle" in as_user(alice).post("/en/profile/", FORM).content.decode()


def test_it_is_for_who_is_signed_in_and_kept_by_nobody(
    db: None, client: Client, charlie: User, alice: User, as_user: Callable[[User], Client]
) -> None:
    assert client.get("/en/profile/").headers["Location"] == "/en/accounts/login/?next=/en/profile/"
    page = as_user(charlie).get("/en/profile/")
    assert page.headers["Cache-Control"] == "no-store"
    assert charlie.email in page.content.decode()
    assert alice.email not in page.content.decode()
