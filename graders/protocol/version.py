"""Version numbers that are part of what a verdict means.

`PROTOCOL_VERSION` changes when the shape of a message changes. `JUDGE_VERSION` changes whenever the same submission and
seeds may give other canonical bytes: another order of events, another distribution, another wording.
"""

from __future__ import annotations

from typing import Final

PROTOCOL_VERSION: Final = 1
JUDGE_VERSION: Final = "0.1.0"
