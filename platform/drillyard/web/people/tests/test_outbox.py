"""The outbox: letters of a local installation, for whoever sits at its machine and for nobody else."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from drillyard.accounts import outbox
from drillyard.accounts.models import User

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _no_mail_server(settings: Any) -> None:
    settings.EMAIL_BACKEND = "drillyard.accounts.outbox.OutboxBackend"


def test_a_forgotten_password_leads_to_a_letter_with_a_link(client: Client, alice: User) -> None:
    client.post("/en/accounts/password/reset/", {"email": alice.email})
    page = client.get("/en/outbox/")
    assert page.status_code == 200
    assert alice.email in page.content.decode()
    link = re.search(r'href="http://testserver(/en/accounts/password/reset/key/[^"]+)"', page.content.decode())
    assert link
    assert client.get(link[1]).status_code == 302


def test_an_empty_outbox_says_so_in_chinese_too(client: Client) -> None:
    assert "No letters yet." in client.get("/en/outbox/").content.decode()
    assert "还没有邮件。" in client.get("/zh-hans/outbox/").content.decode()


@pytest.mark.parametrize("address", ["192.0.2.7", "10.0.0.1", "::ffff:192.0.2.7", "", "nonsense"])
def test_another_machine_finds_no_such_page(client: Client, alice: User, address: str) -> None:
    client.post("/en/accounts/password/reset/", {"email": alice.email})
    assert client.get("/en/outbox/", REMOTE_ADDR=address).status_code == 404


def test_production_has_no_such_page(client: Client, settings: Any) -> None:
    settings.DRILLYARD = replace(settings.DRILLYARD, production=True)
    assert client.get("/en/outbox/").status_code == 404


def test_a_letter_is_kept_for_its_owner_only_and_the_oldest_goes(settings: Any) -> None:
    for number in range(outbox.LETTERS_MAX + 2):
        outbox.letter_keep(f"To: a@example.org\nSubject: letter {number}\n\nHello\n".encode())
    kept = outbox.letters()
    assert [kept[0].subject, kept[-1].subject, len(kept)] == ["letter 51", "letter 2", outbox.LETTERS_MAX]
    folder: Path = settings.DRILLYARD.var / "outbox"
    assert {oct(path.stat().st_mode & 0o777) for path in folder.iterdir()} == {"0o600"}
