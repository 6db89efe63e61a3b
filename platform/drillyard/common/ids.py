"""The platform's only source of identifiers and of chance.

Database `id`s never leave the database. What a person, a URL or another program sees is a `uuid` from here, and
whatever must not be guessed comes from the operating system's generator.
"""

from __future__ import annotations

import hashlib
import secrets
import uuid
from typing import Final

_ALPHABET: Final = "23456789abcdefghjkmnpqrstvwxyz"
"""No 0/o, 1/l/i, no u: nothing that two people would read out differently, and few accidental words."""


def uuid_new() -> uuid.UUID:
    """A random (version 4) UUID."""
    return uuid.uuid4()  # noqa: TID251


def secret_new(bytes_count: int = 32) -> str:
    """A secret of `bytes_count` random bytes, as URL-safe text."""
    return secrets.token_urlsafe(bytes_count)


def code_new(length: int) -> str:
    """A short random code that a person can read out, lower case."""
    return "".join(secrets.choice(_ALPHABET) for _ in range(length))


def sha256_hex(data: bytes) -> str:
    """The SHA-256 of `data`, 64 hexadecimal digits."""
    return hashlib.sha256(data).hexdigest()
