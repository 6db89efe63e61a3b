"""The exceptions of this package.

Exception tree::

    SandboxUnavailable            this mode cannot run here, or did not refuse what it must; says what to do about it
    SupervisorLost                the sandbox went away in mid-run: our fault, the run is to be repeated
"""

from __future__ import annotations


class SandboxUnavailable(Exception):
    """A sandbox mode cannot be used here; `reason` says to an operator why, and what to do."""

    def __init__(self, mode: str, reason: str) -> None:
        super().__init__(f"sandbox mode {mode!r}: {reason}")
        self.mode = mode
        self.reason = reason


class SupervisorLost(Exception):
    """The process that forks nodes does not answer any more."""
