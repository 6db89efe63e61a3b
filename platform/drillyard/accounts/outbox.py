"""Letters of an installation without a mail server: to the terminal, and to a folder that a local page shows.

Somebody who tries Drillyard on their own machine has no mail server, and yet a forgotten password must lead somewhere.
Each letter is one file in `var/outbox`, readable by its owner only. Production settings name a real server instead, and
the page does not exist there.
"""

from __future__ import annotations

import email
import email.policy
import ipaddress
import os
from dataclasses import dataclass
from email.message import EmailMessage as ParsedMessage
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.core.mail.backends.console import EmailBackend

from drillyard.common import clock, ids

LETTERS_MAX: Final = 50


@dataclass(frozen=True, slots=True)
class Letter:
    """One letter as a person reads it. `date` is as in its header."""

    to: str
    subject: str
    date: str
    body: str


class OutboxBackend(EmailBackend):
    """Django's console backend, which also keeps each letter as a file."""

    def write_message(self, message: Any) -> None:
        letter_keep(message.message().as_bytes())
        super().write_message(message)


def _folder() -> Path:
    folder: Path = settings.DRILLYARD.var / "outbox"
    return folder


def letter_keep(data: bytes) -> None:
    """Keep a letter; the oldest beyond `LETTERS_MAX` goes."""
    folder = _folder()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    name = f"{clock.now():%Y%m%dT%H%M%S%f}-{ids.uuid_new().hex[:8]}.eml"
    descriptor = os.open(folder / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
    for old in sorted(folder.glob("*.eml"))[:-LETTERS_MAX]:
        old.unlink(missing_ok=True)


def outbox_open_to(address: str) -> bool:
    """Whether the page exists for a reader at this network address: in a local installation, on its own machine.

    The letters hold links that open accounts, so nobody else on the network may read them.
    """
    if settings.DRILLYARD.production:
        return False
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False


def letters() -> list[Letter]:
    """The letters, newest first."""
    return [_letter(path.read_bytes()) for path in sorted(_folder().glob("*.eml"), reverse=True)[:LETTERS_MAX]]


def _letter(data: bytes) -> Letter:
    parsed = email.message_from_bytes(data, _class=ParsedMessage, policy=email.policy.default)
    part = parsed.get_body(("plain",))
    body = str(part.get_content()) if part is not None else ""
    return Letter(to=str(parsed["to"]), subject=str(parsed["subject"]), date=str(parsed["date"]), body=body)
