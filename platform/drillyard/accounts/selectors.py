"""Reading people, through access functions: one's own profile, or another's if one may see it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from rules.predicates import predicate

from drillyard.accounts.models import User
from drillyard.common.errors import NotFound


@predicate  # type: ignore[untyped-decorator]  # rules has no types
def is_self(viewer: Any, person: User) -> bool:
    return bool(viewer.is_authenticated and viewer.pk == person.pk)


@predicate  # type: ignore[untyped-decorator]  # rules has no types
def is_staff(viewer: Any) -> bool:
    return bool(viewer.is_authenticated and viewer.is_active and viewer.is_staff)


def user_get_for(*, user: Any, uuid: UUID) -> User:
    """The account `uuid` as `user` may see it:

    their own, or any for staff. Raises `NotFound` alike for absent and forbidden.
    """
    person = User.objects.filter(uuid=uuid, is_active=True).first()
    if person is None or not (is_self | is_staff)(user, person):
        raise NotFound
    return person


def user_by_email(*, email: str) -> User | None:
    """The active account with this address. For management commands; no page may tell whether an address is known."""
    return User.objects.filter(email=email.strip().lower(), is_active=True).first()
