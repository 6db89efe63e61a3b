"""The profile's form. What is allowed is decided by `accounts.services`; the form shows it."""

from __future__ import annotations

from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.utils.translation import gettext_lazy as _

_ODD_ZONES = ("Etc/", "SystemV/", "posix/", "right/")


def zones() -> list[tuple[str, str]]:
    """The zones that people live in, `Area/City`, with UTC first."""
    names = sorted(name for name in available_timezones() if "/" in name and not name.startswith(_ODD_ZONES))
    return [("UTC", "UTC"), *((name, name.replace("_", " ")) for name in names)]


class ProfileForm(forms.Form):
    display_name = forms.CharField(
        label=_("Your name"), required=False, max_length=80, help_text=_("Only you and your teachers see it.")
    )
    handle = forms.CharField(
        label=_("Handle"),
        required=False,
        help_text=_("Shown on leaderboards instead of your pseudonym. Leave it empty to stay pseudonymous."),
    )
    language = forms.ChoiceField(label=_("Language"), choices=[("en", "English"), ("zh-hans", "简体中文")])
    time_zone = forms.ChoiceField(label=_("Time zone"), choices=zones)

    @classmethod
    def of(cls, user: Any) -> ProfileForm:
        """The form filled with `user`'s present profile."""
        return cls(
            initial={
                "display_name": user.display_name,
                "handle": user.handle or "",
                "language": user.language,
                "time_zone": user.time_zone,
            }
        )
