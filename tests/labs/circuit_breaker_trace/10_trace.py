"""The worked trace of the circuit breaker's statement as a suite of one case: what the page tells, happens."""

from __future__ import annotations

from graders.harness import Lab, Operation, case
from tests.labs.circuit_breaker_trace.table import rows_of_the_trace

FAIL_AT_ONCE = ("B", "C")
SUCCEED_AT_ONCE = ("G", "H")


@case(points=100, en="The worked trace happens as it is told", zh="那段完整的过程如实发生")
def the_trace_happens(lab: Lab) -> None:
    service = lab.dependency("service")
    service.hold()
    breaker = lab.component(failure_threshold=2, open_ms=1_000, success_threshold=2)
    calls: dict[str, Operation] = {}
    for at_ms, who, state in rows_of_the_trace("en"):
        lab.advance(ms=at_ms - lab.now_ms)
        if who not in calls:
            calls[who] = breaker.call("call", service.operation())
            if who in FAIL_AT_ONCE:
                service.calls[-1].fail()
            elif who in SUCCEED_AT_ONCE:
                service.calls[-1].reply("paid")
        elif who == "A":
            service.calls[0].fail()
        else:
            calls[who].cancel()
        seen = breaker.get("state")
        lab.require(seen == state, en=f"at {at_ms} ms: {seen}, told: {state}", zh=f"{at_ms} ms：{seen}，所述：{state}")
    refusal = calls["D"].error
    told = refusal is not None and refusal.attributes["retry_after_ms"] == 500
    ends = calls["F"].raised("CircuitOpenError") and calls["E"].cancelled and calls["A"].raised("Unavailable")
    lab.require(told and ends, en="the calls end as told", zh="调用如所述结束")
