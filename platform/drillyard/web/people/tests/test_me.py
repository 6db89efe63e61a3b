from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from drillyard.accounts.models import User


@pytest.mark.django_db
def test_a_visitor_is_offered_to_sign_in_and_comes_back(client: Client) -> None:
    response = client.get("/en/me/?next=/en/ftdr/")
    assert 'href="/en/accounts/login/?next=%2Fen%2Fftdr%2F"' in response.content.decode()
    assert response.headers["Cache-Control"] == "no-store"


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["https://elsewhere.example/", "//elsewhere.example", "javascript:alert(1)"])
def test_nobody_is_sent_elsewhere(client: Client, address: str) -> None:
    assert "elsewhere" not in client.get("/en/me/", {"next": address}).content.decode()
    assert "javascript" not in client.get("/en/me/", {"next": address}).content.decode()


def test_who_is_signed_in_sees_their_own_name_and_nobody_elses(
    alice: User, charlie: User, as_user: Callable[[User], Client]
) -> None:
    html = as_user(alice).get("/en/me/").content.decode()
    assert alice.own_name in html
    assert charlie.own_name not in html
    assert alice.email not in html
