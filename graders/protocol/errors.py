"""The one exception of this package."""

from __future__ import annotations


class ProtocolError(ValueError):
    """The other side did not speak the protocol.

    `reason` is a stable word for logs and verdicts (`too_long`, `not_json`, `duplicate_key`, `bad_number`, `too_deep`,
    `bad_shape`, `truncated`); the message says more to a person.
    """

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason = reason
