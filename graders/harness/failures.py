"""How a case ends without passing.

Exception tree::

    CaseFailed                the student's code did not keep a promise; carries a reason and prose in both languages
        Contradiction         the suite says which promise and what was seen
    SuiteError                the suite is wrong: our fault, never the student's
"""

from __future__ import annotations

from graders.harness.texts import reason_text
from graders.protocol.verdict import Text


class CaseFailed(Exception):
    """`reason` is one of `graders.protocol.verdict.REASONS`; `text` explains it to the student in both languages.

    `detail` (a traceback, an exception's text) is for the run record: it is no part of the canonical verdict.
    """

    def __init__(self, reason: str, text: Text, detail: str = "") -> None:
        super().__init__(f"{reason}: {text['en']}")
        self.reason = reason
        self.text = text
        self.detail = detail

    @classmethod
    def because(cls, reason: str, text_key: str, *, detail: str = "", **values: str | int) -> CaseFailed:
        """The failure with the ready-made text `text_key` of `graders.harness.texts`."""
        return cls(reason, reason_text(text_key, **values), detail)


class Contradiction(CaseFailed):
    """What was promised, what was seen, why both cannot hold."""

    def __init__(self, *, en: str, zh: str) -> None:
        super().__init__("contradiction", {"en": en, "zh": zh})


class SuiteError(Exception):
    """The suite itself is wrong."""
