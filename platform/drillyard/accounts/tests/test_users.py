from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest
from django.contrib.auth import authenticate
from django.contrib.auth.models import AnonymousUser
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction

from drillyard.accounts.models import User
from drillyard.accounts.selectors import user_get_for
from drillyard.accounts.services import DEMO_ACCOUNTS, demo_accounts_ensure, user_create
from drillyard.common.errors import Conflict, NotFound, Refused
from drillyard.common.ids import uuid_new
from drillyard.records.selectors import audit_of

pytestmark = pytest.mark.django_db


def test_an_address_is_one_account_however_it_is_written(alice: User) -> None:
    with pytest.raises(Conflict) as conflict:
        user_create(email=" ALICE@Example.org ", password="drill-other")
    assert conflict.value.id == "email_taken"
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.bulk_create([User(email="Alice@example.org")])


def test_a_new_person_has_a_pseudonym_that_tells_nothing_and_an_audit_entry(alice: User, bob: User) -> None:
    assert re.fullmatch(r"node-[2-9a-z]{6}", alice.pseudonym)
    assert alice.pseudonym != bob.pseudonym
    assert "alice" not in str(alice)
    assert [entry.action for entry in audit_of(target_kind="user", target_uuid=alice.uuid)] == ["user.create"]


@pytest.mark.parametrize("email", ["", "alice", "alice@", "@example.org", "a b@example.org"])
def test_what_is_no_address_is_refused(email: str) -> None:
    with pytest.raises(Refused) as refusal:
        user_create(email=email, password="drill-nobody")
    assert refusal.value.id == "email_invalid"


def test_demo_accounts_are_made_once_and_can_sign_in() -> None:
    demo_accounts_ensure()
    demo_accounts_ensure()
    assert User.objects.count() == len(DEMO_ACCOUNTS)
    for demo in DEMO_ACCOUNTS:
        assert authenticate(None, email=demo.email, password=demo.password) is not None
    assert User.objects.get(email="student@drillyard.example").is_staff is False


def test_a_production_installation_makes_no_demo_accounts(settings: Any) -> None:
    settings.DRILLYARD = replace(settings.DRILLYARD, production=True)
    with pytest.raises(Refused) as refusal:
        demo_accounts_ensure()
    assert refusal.value.id == "demo_accounts_refused"
    with pytest.raises(CommandError):
        call_command("demo_accounts")
    assert not User.objects.exists()


def test_the_command_prints_what_a_program_can_read(capsys: pytest.CaptureFixture[str], settings: Any) -> None:
    call_command("demo_accounts", "--json")
    assert '"email": "student@drillyard.example"' in capsys.readouterr().out
    settings.DRILLYARD = replace(settings.DRILLYARD, demo_accounts=False)
    call_command("demo_accounts", "--json")
    assert capsys.readouterr().out.strip() == "[]"


def test_one_sees_oneself_and_staff_see_everybody(alice: User, owner: User) -> None:
    assert user_get_for(user=alice, uuid=alice.uuid) == alice
    assert user_get_for(user=owner, uuid=alice.uuid) == alice


def test_charlie_and_visitors_see_nobody_and_cannot_tell_absent_from_forbidden(alice: User, charlie: User) -> None:
    for viewer in (charlie, AnonymousUser()):
        for uuid in (alice.uuid, uuid_new()):
            with pytest.raises(NotFound) as absent:
                user_get_for(user=viewer, uuid=uuid)
            assert absent.value.id == "not_found"
