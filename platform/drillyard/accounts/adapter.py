"""Where django-allauth meets our users: sign-up takes over the page's language, every sign-up is audited, and a sign-in
brings the profile's language and time zone to the browser."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.db import transaction
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import get_language

from drillyard.accounts.models import LANGUAGES
from drillyard.accounts.preferences import preferences_remember, time_zone_of
from drillyard.records.services import audit_create


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth has no types
    @transaction.atomic
    def save_user(self, request: HttpRequest, user: Any, form: Any, commit: bool = True) -> Any:
        language = get_language() or ""
        if language in dict(LANGUAGES):
            user.language = language
        zone = time_zone_of(request)
        if zone is not None:
            user.time_zone = zone.key
        user = super().save_user(request, user, form, commit=commit)
        if commit:
            audit_create(actor=user, action="user.create", target_kind="user", target_uuid=user.uuid)
        return user

    def post_login(self, request: HttpRequest, user: Any, **kwargs: Any) -> HttpResponseBase:
        response: HttpResponseBase = super().post_login(request, user, **kwargs)
        preferences_remember(response=response, user=user)
        return response
