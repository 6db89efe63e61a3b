"""The seed of an official run.

Suites are open, so what keeps a schedule from being tuned to is that nobody can know it before the submission is made:
the seed is a keyed hash of the lab's revision and of the submission's random uuid, under a secret that belongs to this
installation. After grading the verdict names it, and anybody can replay the run.
"""

from __future__ import annotations

import hashlib
import hmac
from typing import Final
from uuid import UUID

_SEED_BITS: Final = 63


def official_seed(*, secret: str, revision: str, submission: UUID) -> int:
    """0 .. 2**63-1, from HMAC-SHA256 of the revision's content hash and the submission's uuid."""
    message = b"drillyard-seed-1\0" + revision.encode() + b"\0" + submission.bytes
    digest = hmac.new(secret.encode(), message, hashlib.sha256).digest()
    return int.from_bytes(digest[:8], "big") >> (64 - _SEED_BITS)
