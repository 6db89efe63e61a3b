"""When a closed breaker opens: failures in a row, or the rate of failures; and with what it starts again."""

from __future__ import annotations

from graders.harness import Lab, case

from ._bench import PROBES, REFUSES, Bench, Text

IN_A_ROW: Text = (
    "the breaker opens with the failure that makes it failure_threshold in a row, not before and not after",
    "连续失败恰好达到 failure_threshold 次时熔断器打开，不早也不晚",
)
RATE: Text = (
    "the breaker opens with a failure that brings the rate in the window to failure_rate_percent or more",
    "某次失败使窗口内的失败率达到或超过 failure_rate_percent 时，熔断器打开",
)
VOLUME: Text = (
    "with fewer than minimum_calls outcomes in the window no rate opens the breaker",
    "窗口内的结果不足 minimum_calls 个时，失败率再高也不打开",
)


@case(points=2, en="The failure that completes the row opens the breaker", zh="凑满连续失败次数的那次失败使熔断器打开")
def the_last_failure_of_the_row_opens(lab: Lab) -> None:
    for threshold in (1, 3):
        bench = Bench(lab, failure_threshold=threshold)
        bench.fail(threshold, promise=IN_A_ROW)
        bench.refused(IN_A_ROW)
        bench.state_is("open", promise=IN_A_ROW)


@case(points=2, en="A success clears the row", zh="一次成功即把连续失败清零")
def a_success_clears_the_row(lab: Lab) -> None:
    bench = Bench(lab, failure_threshold=3)
    promise = ("only failures in a row count: a success starts the row anew", "只数连续的失败：遇到一次成功就重新数起")
    for _ in range(3):
        bench.fail(2, promise=promise)
        bench.succeed(promise=promise)
    bench.fail(3, promise=promise)
    bench.refused(IN_A_ROW)


@case(points=2, en="A rate needs minimum_calls before it means anything", zh="不足 minimum_calls 时失败率不作数")
def a_rate_needs_minimum_calls(lab: Lab) -> None:
    bench = Bench(lab, failure_rate_percent=50, minimum_calls=5, window_calls=10)
    bench.fail(5, promise=VOLUME)
    bench.refused(RATE)


@case(points=2, en="Reaching the rate is enough to open", zh="达到失败率即打开，不必超过")
def reaching_the_rate_opens(lab: Lab) -> None:
    bench = Bench(lab, failure_rate_percent=40, minimum_calls=4, window_calls=10)
    bench.succeed(3)
    bench.fail(2, promise=RATE)  # the fifth outcome is the second failure: exactly 40 percent
    bench.refused(RATE)
    tame = Bench(lab, failure_rate_percent=67, minimum_calls=3, window_calls=3)
    for _ in range(3):
        tame.fail(promise=RATE)
        tame.succeed(promise=RATE)
    tame.fail(promise=RATE)  # two of three is below 67 percent, and rounding must not lift it there
    tame.succeed(promise=RATE)


@case(points=2, en="A success never opens the breaker", zh="成功绝不会打开熔断器")
def a_success_never_opens(lab: Lab) -> None:
    bench = Bench(lab, failure_rate_percent=50, minimum_calls=4, window_calls=8)
    bench.fail(3, promise=VOLUME)
    bench.succeed()
    promise = (
        "the rate is judged when a failure comes in; a success never opens the breaker",
        "失败到来时才评判失败率；成功绝不会打开熔断器",
    )
    bench.state_is("closed", promise=promise)
    bench.fail(promise=promise)
    bench.refused(RATE)


@case(points=3, en="After a recovery the breaker starts with a clean record", zh="恢复之后，从一张白纸开始")
def a_recovery_clears_the_record(lab: Lab) -> None:
    promise = (
        "a breaker that closes again has forgotten every earlier outcome",
        "重新关闭的熔断器已忘记此前的一切结果",
    )
    row = Bench(lab, failure_threshold=3, open_ms=1_000)
    rate = Bench(lab, failure_rate_percent=50, minimum_calls=3, window_calls=6, open_ms=1_000)
    for bench in (row, rate):
        bench.fail(3)
        bench.refused(REFUSES)
    lab.advance(ms=1_000)
    for bench in (row, rate):
        bench.succeed(promise=PROBES)
        bench.fail(2, promise=promise)
        bench.admitted(promise).fail()
        bench.refused(REFUSES)
