"""Thirty seconds of a shop's traffic with an outage of ten: settings of the student's own choice."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from graders.harness import Component, Dependency, Lab, Operation, case

CALL_EVERY_MS = 100
DOWN_FROM_MS = 8_000
DOWN_UNTIL_MS = 18_000
END_MS = 30_000
HICCUPS_MS = (1_500, 3_000, 3_100, 3_200, 5_500, 20_600, 24_000, 24_100)
"""Single calls that fail while the service is healthy: no reason to send everyone away."""

OUTAGE_CALLS_MAX = 30
RECOVERY_MS_MAX = 3_000
HEALTHY_REFUSED_MAX = 30

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
        en="Promised: STORM_SETTINGS maps names of the constructor's settings to whole numbers from 1 to 3,600,000. Seen: it does not.",
        zh="承诺：STORM_SETTINGS 把构造参数的名字映射到 1 至 3,600,000 的整数。实际：并非如此。",
    )
    return dict(chosen)


def ride_out(lab: Lab, breaker: Component, service: Dependency) -> Toll:
    """A call every 100 ms; what they met."""
    calls: list[tuple[int, Operation]] = []
    for at_ms in range(0, END_MS, CALL_EVERY_MS):
        down = DOWN_FROM_MS <= at_ms < DOWN_UNTIL_MS
        if down or at_ms in HICCUPS_MS:
            service.default_fail("Unavailable", after_ms=600 if down else 20)
        else:
            service.default_reply("paid", after_ms=20)
        calls.append((at_ms, breaker.call("call", service.operation())))
        lab.advance(ms=CALL_EVERY_MS)
    return tally(service, calls)


def tally(service: Dependency, calls: list[tuple[int, Operation]]) -> Toll:
    into_outage = [call for call in service.calls if DOWN_FROM_MS <= call.started_ns // 1_000_000 < DOWN_UNTIL_MS]
    healed = [at_ms for at_ms, operation in calls if at_ms >= DOWN_UNTIL_MS and operation.ok]
    refused = [
        at_ms
        for at_ms, operation in calls
        if not DOWN_FROM_MS <= at_ms < DOWN_UNTIL_MS and operation.raised("CircuitOpenError")
    ]
    return Toll(len(into_outage), (healed[0] if healed else END_MS) - DOWN_UNTIL_MS, len(refused))


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
        en=f"Promised: at most {OUTAGE_CALLS_MAX} calls reach the service while it is down. Seen: {toll.outage_calls} did.",
        zh=f"承诺：服务宕机期间，到达它的调用不超过 {OUTAGE_CALLS_MAX} 个。实际：{toll.outage_calls} 个。",
    )
    lab.require(
        toll.recovery_ms <= RECOVERY_MS_MAX,
        en=f"Promised: {RECOVERY_MS_MAX} ms after the service is back, calls succeed again. Seen: {toll.recovery_ms} ms.",
        zh=f"承诺：服务恢复后 {RECOVERY_MS_MAX} ms 内，调用重新成功。实际：{toll.recovery_ms} ms。",
    )
    lab.require(
        toll.healthy_refused <= HEALTHY_REFUSED_MAX,
        en=f"Promised: at most {HEALTHY_REFUSED_MAX} calls are refused while the service is healthy. Seen: {toll.healthy_refused}.",
        zh=f"承诺：服务健康时，被拒绝的调用不超过 {HEALTHY_REFUSED_MAX} 个。实际：{toll.healthy_refused} 个。",
    )
