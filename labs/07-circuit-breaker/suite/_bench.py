"""The bench that every case works at: one breaker in front of one service, and words for what may be seen of it.

A check takes the promise in both languages; what was seen is added here, so that every contradiction reads the same
way: "Promised: ... Seen: ...".

All instants are multiples of 62.5 ms. Such instants, in seconds or in milliseconds, are exact in binary floating point,
and so are their sums: a breaker that counts in floats sees the very same boundary as one that counts in integers.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from graders.faults import Dependency, DependencyCall
from graders.harness import Component, Lab, Operation

Text = tuple[str, str]
"""One sentence in English and in Chinese."""

PASSES: Text = (
    "a closed breaker lets every call through",
    "关闭状态的熔断器放行每一个调用",
)
REFUSES: Text = (
    "an open breaker refuses every call with CircuitOpenError, at once and without starting the operation",
    "打开状态的熔断器立即以 CircuitOpenError 拒绝每一个调用，并且不启动操作",
)
PROBES: Text = (
    "from the end of open_ms on, calls go through as probes while a probe slot is free",
    "open_ms 一到，只要还有空闲的试探名额，调用就作为试探放行",
)
PASSES_ON: Text = (
    "the caller gets the operation's own result, or its own exception",
    "调用方得到的就是操作自己的返回值，或操作自己抛出的异常",
)


def require(lab: Lab, condition: bool, promise: Text, seen: Text) -> None:
    """End the case unless the condition holds."""
    lab.require(condition, en=f"Promised: {promise[0]}. Seen: {seen[0]}.", zh=f"承诺：{promise[1]}。实际：{seen[1]}。")


@dataclass(frozen=True)
class Attempt:
    """A call that the breaker let through and whose operation is running."""

    lab: Lab
    operation: Operation
    inner: DependencyCall

    def reply(self, value: Any = "paid") -> None:
        """The service answers now, and the caller gets that answer."""
        self.inner.reply(value)
        right = self.operation.ok and self.operation.value == value
        require(self.lab, right, PASSES_ON, _ending(self.lab, self.operation))

    def fail(self, error: str = "Unavailable") -> None:
        """The service fails now, and the caller gets that exception."""
        self.inner.fail(error)
        require(self.lab, self.operation.raised(error), PASSES_ON, _ending(self.lab, self.operation))

    def cancel(self) -> None:
        """The caller loses interest; nothing is checked."""
        self.operation.cancel()


class Bench:
    """A breaker in front of a service whose every call hangs until the case answers it."""

    def __init__(self, lab: Lab, *, service: str = "payments", node: str = "shop", **settings: Any) -> None:
        self.lab = lab
        self.service: Dependency = lab.dependency(service)
        self.service.hold()
        self.breaker: Component = lab.component(node=node, **settings)

    # ------------------------------------------------------------------------------------------ one call

    def start(self) -> tuple[Operation, DependencyCall | None]:
        """Begin a call; with it the operation it started, if it started one."""
        before = len(self.service.calls)
        operation = self.breaker.call("call", self.service.operation())
        begun = self.service.calls[before:]
        return operation, begun[0] if begun else None

    def admitted(self, promise: Text = PASSES) -> Attempt:
        """Begin a call that must get through."""
        operation, inner = self.start()
        if inner is None:
            require(self.lab, False, promise, _not_started(self.lab, operation))
            raise AssertionError("unreachable")
        return Attempt(self.lab, operation, inner)

    def refused(self, promise: Text = REFUSES) -> Operation:
        """Begin a call that must be refused, at this instant and without a call of the service."""
        operation, inner = self.start()
        at = _at(self.lab)
        seen = (f"at {at[0]} a call reached the service", f"{at[1]}有一个调用到达了服务")
        require(self.lab, inner is None, promise, seen)
        require(self.lab, operation.raised("CircuitOpenError"), promise, _ending(self.lab, operation))
        return operation

    def state_is(self, *states: str, promise: Text) -> None:
        """Read `state`; it must be one of these."""
        state = self.breaker.get("state")
        at = _at(self.lab)
        require(self.lab, state in states, promise, (f"at {at[0]} state is {state!r}", f"{at[1]} state 为 {state!r}"))

    # ------------------------------------------------------------------------------------------ several calls

    def succeed(self, times: int = 1, promise: Text = PASSES) -> None:
        """Calls one after the other, each let through and answered at once."""
        for _ in range(times):
            self.admitted(promise).reply()

    def fail(self, times: int = 1, error: str = "Unavailable", promise: Text = PASSES) -> None:
        """Calls one after the other, each let through and failed at once."""
        for _ in range(times):
            self.admitted(promise).fail(error)

    def burst(self, count: int) -> list[DependencyCall]:
        """Calls that begin at one instant; the service's calls they led to."""
        before = len(self.service.calls)
        with self.lab.together():
            for _ in range(count):
                self.breaker.call("call", self.service.operation())
        return list(self.service.calls[before:])

    def wait(self, ms: float) -> None:
        """Let virtual time pass; a multiple of 62.5 ms."""
        self.lab.advance_ns(round(ms * 1_000_000))


def count_of(started: Iterable[DependencyCall], of: int) -> Text:
    """What a burst led to, as something seen."""
    reached = len(list(started))
    return (
        f"of {of} simultaneous calls {reached} reached the service",
        f"{of} 个同时发起的调用中有 {reached} 个到达了服务",
    )


def _at(lab: Lab) -> Text:
    ms = f"{lab.now_ns / 1_000_000:g}"
    return (f"{ms} ms", f"{ms} 毫秒时")


def _not_started(lab: Lab, operation: Operation) -> Text:
    at = _at(lab)
    if operation.done:
        return _ending(lab, operation)
    return (
        f"the call begun at {at[0]} neither reached the service nor ended",
        f"{at[1]}发起的调用既没有到达服务，也没有结束",
    )


def _ending(lab: Lab, operation: Operation) -> Text:
    """How an operation stands now, as something seen."""
    at = _at(lab)
    if not operation.done:
        return (f"at {at[0]} the call was still waiting", f"{at[1]}调用仍在等待")
    if operation.cancelled:
        return (f"at {at[0]} the call ended as cancelled", f"{at[1]}调用以被取消告终")
    if operation.error is not None:
        name = operation.error.classes[0]
        return (f"at {at[0]} the caller got {name}", f"{at[1]}调用方得到 {name}")
    return (f"at {at[0]} the caller got {operation.value!r}", f"{at[1]}调用方得到 {operation.value!r}")
