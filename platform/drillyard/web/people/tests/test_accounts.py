"""Signing up, in and out, and a forgotten password, through our own pages."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.core import mail
from django.test import Client

from drillyard.accounts.models import User

pytestmark = pytest.mark.django_db
NEW = {"email": "dora@example.org", "password1": "correct-horse-battery", "password2": "correct-horse-battery"}
LANGUAGES = pytest.mark.parametrize("language", ["en", "zh-hans"])


@LANGUAGES
def test_a_person_signs_up_and_is_in(client: Client, language: str) -> None:
    page = client.get(f"/{language}/accounts/signup/").content.decode()
    assert page.count("<label") >= 3
    assert client.post(f"/{language}/accounts/signup/", NEW).status_code == 302
    assert "/accounts/login/" not in client.get(f"/{language}/me/").content.decode()
    assert User.objects.get(email=NEW["email"]).language == language


@LANGUAGES
def test_a_sign_up_that_is_refused_says_why(client: Client, language: str) -> None:
    response = client.post(f"/{language}/accounts/signup/", {**NEW, "password2": "something else"})
    html = response.content.decode()
    assert ("两次输入的密码不一致" if language == "zh-hans" else "You must type the same password") in html
    assert 'aria-invalid="true"' in html


def test_a_wrong_password_says_nothing_about_the_address(client: Client, alice: User) -> None:
    known = client.post("/en/accounts/login/", {"login": alice.email, "password": "wrong"}).content.decode()
    unknown = client.post("/en/accounts/login/", {"login": "nobody@example.org", "password": "wrong"}).content.decode()
    said = "The email address and/or password you specified are not correct."
    assert said in known
    assert said in unknown


@LANGUAGES
def test_a_forgotten_password_is_chosen_anew_by_a_letter(client: Client, alice: User, language: str) -> None:
    client.post(f"/{language}/accounts/password/reset/", {"email": alice.email})
    letter = mail.outbox[0]
    assert ("设置新密码" if language == "zh-hans" else "choose a new password") in letter.subject
    assert "example.com" not in letter.body
    found = re.search(r"http://testserver(\S+)", str(letter.body))
    assert found
    form = client.get(found[1], follow=True)
    new = {"password1": "another-horse-battery", "password2": "another-horse-battery"}
    done = client.post(form.redirect_chain[-1][0], new, follow=True)
    assert done.status_code == 200
    alice.refresh_from_db()
    assert alice.check_password("another-horse-battery")


def test_a_used_letter_is_no_longer_valid(client: Client) -> None:
    response = client.get("/en/accounts/password/reset/key/1-set-password/", follow=True)
    assert "no longer valid" in response.content.decode()


def test_signing_out_asks_first_and_then_forgets(alice: User, as_user: Callable[[User], Client]) -> None:
    client = as_user(alice)
    assert client.get("/en/accounts/logout/").status_code == 200
    assert "/accounts/login/" not in client.get("/en/me/").content.decode()
    client.post("/en/accounts/logout/")
    assert "/accounts/login/" in client.get("/en/me/").content.decode()


@LANGUAGES
@pytest.mark.parametrize("page", ["email/", "password/change/", "password/reset/", "reauthenticate/", "confirm-email/"])
def test_every_page_of_an_account_has_the_frame(
    alice: User, as_user: Callable[[User], Client], language: str, page: str
) -> None:
    html = as_user(alice).get(f"/{language}/accounts/{page}", follow=True).content.decode()
    assert 'class="top"' in html
    assert "style=" not in html
    assert "<style" not in html
