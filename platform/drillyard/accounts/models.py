"""A person. The e-mail address is the login; there is no user name; boards show a pseudonym or a chosen handle."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.db.models.functions import Lower

from drillyard.accounts.names import HANDLE_LENGTH_MAX, pseudonym_new
from drillyard.common import clock, ids

DISPLAY_NAME_LENGTH_MAX = 80
LANGUAGES = (("en", "English"), ("zh-hans", "简体中文"))


class UserManager(BaseUserManager["User"]):
    """Makes users. Services and Django's own commands go through it, so that an address is stored in one form only."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        user = self.model(email=email_normalised(email), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> User:
        return self.create_user(email, password, **{**fields, "is_staff": True, "is_superuser": True})

    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(email=email_normalised(username or ""))


def email_normalised(email: str) -> str:
    """One form an address: lower case, no spaces around. Servers that tell case apart in the local part are extinct."""
    return email.strip().lower()


class User(AbstractBaseUser, PermissionsMixin):
    uuid = models.UUIDField(unique=True, default=ids.uuid_new, editable=False)
    email = models.EmailField(max_length=254, unique=True)
    display_name = models.CharField(max_length=DISPLAY_NAME_LENGTH_MAX, blank=True, default="")
    language = models.CharField(max_length=8, choices=LANGUAGES, default="en")
    time_zone = models.CharField(max_length=64, default="UTC")
    handle = models.CharField(max_length=HANDLE_LENGTH_MAX, unique=True, null=True, blank=True)
    handle_key = models.CharField(max_length=HANDLE_LENGTH_MAX * 2, unique=True, null=True, blank=True)
    pseudonym = models.CharField(max_length=32, unique=True, default=pseudonym_new, editable=False)
    is_staff = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)
    date_joined = models.DateTimeField(default=clock.now, editable=False)

    objects: ClassVar[UserManager] = UserManager()

    EMAIL_FIELD = "email"
    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        constraints = (models.UniqueConstraint(Lower("email"), name="user_email_once"),)

    def __str__(self) -> str:
        return self.pseudonym

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.email = email_normalised(self.email)
        super().save(*args, **kwargs)

    @property
    def board_name(self) -> str:
        """What others see: the handle if one was chosen, else the pseudonym. Never the e-mail address or the name."""
        return self.handle or self.pseudonym

    @property
    def own_name(self) -> str:
        """What the person is called on their own pages."""
        return self.display_name or self.board_name
