"""Seeds from seeds.

Every schedule, node and generator has a seed of its own, derived from the run's by name, so that adding a draw in one
place changes nothing in another.
"""

from __future__ import annotations

import hashlib

SEED_BITS = 63


def derive(seed: int, *labels: str | int) -> int:
    """A seed of 63 bits for what `labels` name: SHA-256 over length-prefixed labels, so no two lists collide."""
    digest = hashlib.sha256()
    for label in (seed, *labels):
        text = f"{type(label).__name__}:{label}".encode()
        digest.update(len(text).to_bytes(4, "big") + text)
    return int.from_bytes(digest.digest()[:8], "big") >> 1
