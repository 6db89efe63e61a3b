"""What a breaker must not depend on: the calendar, the other callers, the other breakers."""

from __future__ import annotations

from graders.harness import Lab, case

from ._bench import PROBES, Bench, Text, require

MONOTONIC: Text = (
    "a wall clock that is set back or forward changes nothing",
    "墙上时钟被拨慢或拨快，什么也不改变",
)
SIDE_BY_SIDE: Text = (
    "a breaker queues nobody: calls that it lets through run side by side",
    "熔断器不让任何人排队：放行的调用并行进行",
)
APART: Text = (
    "two breakers share nothing: what one learns the other does not know",
    "两个熔断器互不相干：一个得知的事，另一个并不知道",
)
HOUR_MS = 3_600_000


@case(points=2, en="A wall clock that is set changes nothing", zh="墙上时钟被拨动，什么也不改变")
def a_wall_clock_step_changes_nothing(lab: Lab) -> None:
    bench = Bench(lab, failure_threshold=1, open_ms=1_000)
    bench.fail()
    lab.wall_clock_step(bench.breaker, -HOUR_MS)
    bench.wait(1_000)
    bench.fail(promise=MONOTONIC)
    lab.wall_clock_step(bench.breaker, 2 * HOUR_MS)
    bench.wait(875)
    bench.refused(MONOTONIC)
    bench.wait(125)
    bench.succeed(promise=PROBES)
    rate = Bench(lab, failure_rate_percent=50, minimum_calls=2, window_ms=1_000)
    rate.fail()
    rate.wait(500)
    lab.wall_clock_step(rate.breaker, HOUR_MS)
    rate.fail()
    rate.refused(MONOTONIC)


@case(points=3, en="Healthy calls run side by side", zh="健康的调用并行进行")
def healthy_calls_run_side_by_side(lab: Lab) -> None:
    bench = Bench(lab)
    bench.service.default_reply("paid", after_ms=50)
    with lab.together():
        operations = [bench.breaker.call("call", bench.service.operation()) for _ in range(20)]
    running = bench.service.active
    seen = (
        f"of 20 calls of 50 ms each, {running} were running at once",
        f"20 个各需 50 毫秒的调用中，同时在运行的有 {running} 个",
    )
    require(lab, running == 20, SIDE_BY_SIDE, seen)
    lab.advance(ms=50)
    done = sum(operation.ok for operation in operations)
    seen = (f"after 50 ms {done} of 20 calls had their answer", f"50 毫秒之后，20 个调用中有 {done} 个得到了应答")
    require(lab, done == 20, SIDE_BY_SIDE, seen)


@case(points=2, en="One breaker a dependency: they share nothing", zh="每个依赖一个熔断器，互不相干")
def breakers_share_nothing(lab: Lab) -> None:
    payments = Bench(lab, service="payments", failure_threshold=2, open_ms=1_000)
    shipping = Bench(lab, service="shipping", failure_threshold=3, open_ms=2_000)
    payments.fail(2)
    payments.refused()
    shipping.state_is("closed", promise=APART)
    shipping.fail(2, promise=APART)
    shipping.succeed(promise=APART)
    payments.wait(1_000)
    payments.succeed(promise=PROBES)
    shipping.fail(2, promise=APART)
    shipping.succeed(promise=APART)
