"""A sandbox that lets something through is refused, with what it let through."""

from __future__ import annotations

import pytest

from graders.player import denials
from graders.sandbox import SandboxUnavailable
from graders.sandbox.control import Control
from graders.sandbox.denied import require_denials
from graders.sandbox.process import Sandbox, sandbox_begin, sandbox_prepare
from graders.sandbox.runtime import runtime_get


class Leaky(Control):
    """A supervisor that could open a socket."""

    def denials(self, target: dict[str, object]) -> dict[str, str]:
        return super().denials(target) | {"tcp": "succeeded: a socket"}


class Silent(Control):
    """One that did not try everything."""

    def denials(self, target: dict[str, object]) -> dict[str, str]:
        seen = super().denials(target)
        del seen["call mount"]
        return seen


@pytest.mark.parametrize(("kind", "named"), [(Leaky, "tcp"), (Silent, "call mount: not tried")])
def test_grading_is_refused_where_a_denial_is_not_seen(kind: type[Control], named: str) -> None:
    honest = sandbox_begin("plain", runtime_get())
    sandbox = Sandbox("plain", honest.launched, kind(honest.launched.control))
    with pytest.raises(SandboxUnavailable, match=named):
        sandbox_prepare(sandbox, ())
    assert honest.launched.handle < 0, "and it is closed"


def test_the_honest_one_passes() -> None:
    sandbox = sandbox_begin("plain", runtime_get())
    try:
        sandbox.control.wait_ready()
        require_denials("plain", sandbox.control)
    finally:
        sandbox.close()


def test_an_attempt_that_ends_otherwise_than_by_refusal_is_no_denial() -> None:
    def broken() -> None:
        raise OSError(5, "input/output error")

    assert denials.seen({"broken": broken}) == {"broken": "OSError: [Errno 5] input/output error"}
