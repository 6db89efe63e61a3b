"""docs/labs.md is generated, and says what is true today."""

from __future__ import annotations

from tests.labs.matrix import PAGE, page_now


def test_the_page_holds_the_matrix_of_today() -> None:
    written = PAGE.read_text(encoding="utf-8")
    assert written == page_now(), "run: python -m tests.labs.matrix"
