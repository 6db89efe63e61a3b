from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.utils import timezone

from drillyard.accounts.middleware import time_zone_middleware
from drillyard.accounts.models import User
from drillyard.accounts.preferences import TIME_ZONE_COOKIE
from drillyard.accounts.services import profile_update
from drillyard.records.selectors import audit_of

pytestmark = pytest.mark.django_db

PASSWORD = "a long way to recovery"


def _sign_up(client: Client, email: str, language: str = "zh-hans") -> int:
    form = {"email": email, "password1": PASSWORD, "password2": PASSWORD}
    return client.post(f"/{language}/accounts/signup/", form).status_code


def test_signing_up_takes_over_the_pages_language_and_the_browsers_zone(client: Client) -> None:
    client.cookies[TIME_ZONE_COOKIE] = "Asia/Shanghai"
    assert _sign_up(client, "Li.Lei@example.org") == 302
    user = User.objects.get(email="li.lei@example.org")
    assert (user.language, user.time_zone) == ("zh-hans", "Asia/Shanghai")
    assert [entry.action for entry in audit_of(target_kind="user", target_uuid=user.uuid)] == ["user.create"]
    assert "_auth_user_id" in client.session


def test_signing_in_brings_language_and_zone_to_the_browser(client: Client, alice: User) -> None:
    profile_update(user=alice, language="zh-hans", time_zone="Asia/Shanghai")
    answer = client.post("/en/accounts/login/", {"login": "ALICE@example.org", "password": "drill-alice"})
    assert answer.status_code == 302
    assert client.cookies["django_language"].value == "zh-hans"
    assert client.cookies[TIME_ZONE_COOKIE].value == "Asia/Shanghai"


@pytest.mark.parametrize("zone", ["Mars/Olympus", "../../../etc/passwd", "", "\x00"])
def test_a_made_up_zone_is_ignored(client: Client, zone: str) -> None:
    client.cookies[TIME_ZONE_COOKIE] = zone
    assert _sign_up(client, "somebody@example.org") == 302
    assert User.objects.get().time_zone == "UTC"


def test_charlie_does_not_get_in_with_a_wrong_password(client: Client, alice: User) -> None:
    answer = client.post("/en/accounts/login/", {"login": "alice@example.org", "password": "drill-charlie"})
    assert answer.status_code == 200
    assert "_auth_user_id" not in client.session


def test_charlie_cannot_sign_up_with_alices_address(client: Client, alice: User) -> None:
    _sign_up(client, "Alice@Example.org")
    assert User.objects.count() == 1
    assert "_auth_user_id" not in client.session


def test_instants_are_shown_in_the_readers_zone_while_the_request_lasts() -> None:
    def view(_: HttpRequest) -> HttpResponse:
        return HttpResponse(timezone.localtime(datetime(2026, 1, 1, tzinfo=ZoneInfo("UTC"))).isoformat())

    request = RequestFactory().get("/")
    request.COOKIES[TIME_ZONE_COOKIE] = "Asia/Shanghai"
    answer = time_zone_middleware(view)(request)
    assert answer.content == b"2026-01-01T08:00:00+08:00"  # type: ignore[union-attr]
    assert timezone.get_current_timezone_name() == "UTC"
