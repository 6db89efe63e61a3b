"""Changes to people. Each is atomic and leaves an audit entry."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import Any, Final
from zoneinfo import available_timezones

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction

from drillyard.accounts.models import DISPLAY_NAME_LENGTH_MAX, LANGUAGES, User, email_normalised
from drillyard.accounts.names import handle_clean, handle_key
from drillyard.common.errors import Conflict, Refused
from drillyard.records.services import audit_create

KEEP: Final[Any] = object()
"""Leave a field of `profile_update` as it is. None means something else: no handle."""


@transaction.atomic
def user_create(
    *,
    email: str,
    password: str | None,
    display_name: str = "",
    language: str = "en",
    time_zone: str = "UTC",
    is_staff: bool = False,
    is_superuser: bool = False,
    actor: User | None = None,
) -> User:
    """Make a person. Raises `Refused` (`email_invalid`, ...) and `Conflict("email_taken")`."""
    address = email_normalised(email)
    try:
        validate_email(address)
    except ValidationError:
        raise Refused("email_invalid") from None
    try:
        with transaction.atomic():
            user = User.objects.create_user(
                address,
                password,
                display_name=_display_name(display_name),
                language=_language(language),
                time_zone=_time_zone(time_zone),
                is_staff=is_staff,
                is_superuser=is_superuser,
            )
    except IntegrityError:
        raise Conflict("email_taken") from None
    audit_create(actor=actor or user, action="user.create", target_kind="user", target_uuid=user.uuid)
    return user


@transaction.atomic
def profile_update(
    *,
    user: User,
    display_name: str = KEEP,
    language: str = KEEP,
    time_zone: str = KEEP,
    handle: str | None = KEEP,
) -> User:
    """Change one's own profile. An empty handle or None goes back to the pseudonym.

    Raises `Refused` (`display_name_invalid`, `language_unknown`, `time_zone_unknown`, `handle_invalid`,
    `handle_reserved`) and `Conflict("handle_taken")`; then nothing is changed.
    """
    changes: dict[str, Any] = {}
    if display_name is not KEEP:
        changes["display_name"] = _display_name(display_name)
    if language is not KEEP:
        changes["language"] = _language(language)
    if time_zone is not KEEP:
        changes["time_zone"] = _time_zone(time_zone)
    if handle is not KEEP:
        clean = handle_clean(handle) if handle and handle.strip() else None
        changes |= {"handle": clean, "handle_key": handle_key(clean) if clean else None}
    changed = {name: value for name, value in changes.items() if getattr(user, name) != value}
    if not changed:
        return user
    if changed.get("handle_key") and User.objects.filter(handle_key=changed["handle_key"]).exclude(pk=user.pk).exists():
        raise Conflict("handle_taken")
    try:
        with transaction.atomic():
            User.objects.filter(pk=user.pk).update(**changed)
    except IntegrityError:
        raise Conflict("handle_taken") from None
    for name, value in changed.items():
        setattr(user, name, value)
    audit_create(
        actor=user,
        action="profile.update",
        target_kind="user",
        target_uuid=user.uuid,
        detail={"fields": sorted(changed)},  # which, not what: the audit log outlives the account
    )
    return user


@dataclass(frozen=True, slots=True)
class DemoAccount:
    """An account whose password everybody may know."""

    email: str
    password: str
    role: str
    display_name: str


DEMO_ACCOUNTS: Final = (
    DemoAccount("student@drillyard.example", "drill-student", "student", "Demo Student"),
    DemoAccount("instructor@drillyard.example", "drill-instructor", "instructor", "Demo Instructor"),
    DemoAccount("owner@drillyard.example", "drill-owner", "owner", "Demo Owner"),
)


@transaction.atomic
def demo_accounts_ensure() -> tuple[DemoAccount, ...]:
    """Make the demo accounts that are missing and return all of them with their passwords.

    Raises `Refused("demo_accounts_refused")` on a production installation.
    """
    if settings.DRILLYARD.production or not settings.DRILLYARD.demo_accounts:
        raise Refused("demo_accounts_refused")
    existing = set(
        User.objects.filter(email__in=[demo.email for demo in DEMO_ACCOUNTS]).values_list("email", flat=True)
    )
    for demo in DEMO_ACCOUNTS:
        if demo.email not in existing:
            user_create(
                email=demo.email,
                password=demo.password,
                display_name=demo.display_name,
                is_staff=demo.role != "student",
                is_superuser=demo.role == "owner",
            )
    return DEMO_ACCOUNTS


def _display_name(value: str) -> str:
    clean = unicodedata.normalize("NFC", value).strip()
    if len(clean) > DISPLAY_NAME_LENGTH_MAX or any(
        unicodedata.category(character) in {"Cc", "Cs"} for character in clean
    ):
        raise Refused("display_name_invalid", length_max=DISPLAY_NAME_LENGTH_MAX)
    return clean


def _language(value: str) -> str:
    if value not in dict(LANGUAGES):
        raise Refused("language_unknown")
    return value


def _time_zone(value: str) -> str:
    if value not in available_timezones():
        raise Refused("time_zone_unknown", time_zone=value[:64])
    return value
