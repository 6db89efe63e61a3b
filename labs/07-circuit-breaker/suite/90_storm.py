"""Thirty seconds of a shop's traffic with three outages: settings of the student's own choice.

The outages differ in length and end between two calls, so that no period of probing falls in step with all of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from graders.faults import Dependency
from graders.harness import Component, Lab, Operation, case

CALL_EVERY_MS = 100
OUTAGES_MS = ((4_000, 10_030), (14_000, 16_350), (21_000, 25_770))
END_MS = 30_000
HICCUPS_MS = (1_500, 2_500, 2_600, 2_700, 12_000, 18_000, 18_100, 27_600, 29_000)
"""Single calls that fail while the service is healthy: no reason to send everyone away."""

OUTAGE_CALLS_MAX = 40
RECOVERY_MS_MAX = 4_000
HEALTHY_REFUSED_MAX = 40

SETTINGS = (
    "failure_threshold", "failure_rate_percent", "minimum_calls", "window_calls", "window_ms", "open_ms",
    "half_open_max_probes", "success_threshold", "call_timeout_ms",
)  # fmt: skip


@dataclass(frozen=True)
class Toll:
    """What a storm cost."""

    outage_calls: int
    recovery_ms: int
    healthy_refused: int


def chosen_settings(lab: Lab, component: Component) -> dict[str, int]:
    chosen: Any = component.get("STORM_SETTINGS")
    right = isinstance(chosen, dict) and all(
        name in SETTINGS and type(value) is int and 1 <= value <= 3_600_000 for name, value in chosen.items()
    )
    lab.require(
        right,
        en="Promised: STORM_SETTINGS maps settings of the constructor to whole numbers from 1 to 3,600,000. "
        "Seen: it does not.",
        zh="承诺：STORM_SETTINGS 的键是构造参数的名字，值是 1 至 3,600,000 的整数。实际：并非如此。",
    )
    return dict(chosen)


def is_down(at_ms: int) -> bool:
    return any(start <= at_ms < end for start, end in OUTAGES_MS)


def ride_out(lab: Lab, breaker: Component, service: Dependency) -> Toll:
    """A call every 100 ms; what they met."""
    calls: list[tuple[int, Operation]] = []
    for at_ms in range(0, END_MS, CALL_EVERY_MS):
        if is_down(at_ms):
            service.default_fail("Unavailable", after_ms=600)
        elif at_ms in HICCUPS_MS:
            service.default_fail("Unavailable", after_ms=20)
        else:
            service.default_reply("paid", after_ms=20)
        calls.append((at_ms, breaker.call("call", service.operation())))
        lab.advance(ms=CALL_EVERY_MS)
    served = sum(call.status == "replied" for call in service.calls)
    answered = sum(operation.ok for _, operation in calls)
    lab.require(
        answered == served,
        en=f"Promised: every result comes from the service. Seen: {served} answers given and {answered} received.",
        zh=f"承诺：每个应答都来自服务。实际：服务给出 {served} 个应答，调用方得到 {answered} 个。",
    )
    return tally(service, calls)


def tally(service: Dependency, calls: list[tuple[int, Operation]]) -> Toll:
    into_outage = [call for call in service.calls if is_down(call.started_ns // 1_000_000)]
    refused = [at_ms for at_ms, call in calls if not is_down(at_ms) and call.raised("CircuitOpenError")]
    succeeded = [at_ms for at_ms, call in calls if call.ok]
    healed = [end for _, end in OUTAGES_MS]
    recovery_ms = sum(min((at for at in succeeded if at >= end), default=END_MS) - end for end in healed)
    return Toll(len(into_outage), recovery_ms, len(refused))


@case(points=3, en="Your settings ride out the storm", zh="你的配置经受住了风暴")
def the_storm_is_ridden_out(lab: Lab) -> None:
    service = lab.dependency("payments")
    breaker = lab.component(node="shop", **chosen_settings(lab, lab.component(node="shop")))
    toll = ride_out(lab, breaker, service)
    lab.metric("outage_calls", toll.outage_calls)
    lab.metric("recovery_ms", toll.recovery_ms)
    lab.metric("healthy_refused", toll.healthy_refused)
    lab.require(
        toll.outage_calls <= OUTAGE_CALLS_MAX,
        en=f"Promised: at most {OUTAGE_CALLS_MAX} calls reach the service while it is down. Seen: {toll.outage_calls}.",
        zh=f"承诺：服务宕机期间，到达它的调用不超过 {OUTAGE_CALLS_MAX} 个。实际：{toll.outage_calls} 个。",
    )
    lab.require(
        toll.recovery_ms <= RECOVERY_MS_MAX,
        en=f"Promised: three recoveries take at most {RECOVERY_MS_MAX} ms in all. Seen: {toll.recovery_ms} ms.",
        zh=f"承诺：三次恢复合计不超过 {RECOVERY_MS_MAX} 毫秒。实际：{toll.recovery_ms} 毫秒。",
    )
    lab.require(
        toll.healthy_refused <= HEALTHY_REFUSED_MAX,
        en=f"Promised: at most {HEALTHY_REFUSED_MAX} calls are refused in health. Seen: {toll.healthy_refused}.",
        zh=f"承诺：服务健康时，被拒绝的调用不超过 {HEALTHY_REFUSED_MAX} 个。实际：{toll.healthy_refused} 个。",
    )
