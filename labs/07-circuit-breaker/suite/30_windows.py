"""The rate is taken over a sliding window: by number of calls, or by time."""

from __future__ import annotations

from graders.harness import Lab, case

from ._bench import Bench, Text

LAST_CALLS: Text = (
    "with window_calls the rate is that of the last window_calls outcomes",
    "设定 window_calls 时，失败率只看最近 window_calls 个结果",
)
LAST_MS: Text = (
    "with window_ms an outcome counts while it is younger than window_ms, and no longer",
    "设定 window_ms 时，结果只在距今不足 window_ms 时计入",
)


@case(points=2, en="A window by calls forgets the oldest outcome", zh="按次数的窗口会移出最旧的结果")
def a_window_by_calls_slides(lab: Lab) -> None:
    bench = Bench(lab, failure_rate_percent=50, minimum_calls=4, window_calls=4)
    bench.fail(3)
    bench.succeed(3)
    bench.fail(promise=LAST_CALLS)  # of the last four one has failed; of all seven, four
    bench.admitted(LAST_CALLS).fail()
    bench.refused(LAST_CALLS)


@case(points=3, en="A window by time forgets what is too old", zh="按时间的窗口会移出过旧的结果")
def a_window_by_time_slides(lab: Lab) -> None:
    bench = Bench(lab, failure_rate_percent=50, minimum_calls=3, window_ms=1_000)
    bench.fail()
    bench.wait(125)
    bench.fail()
    bench.wait(875)
    bench.fail(promise=LAST_MS)  # the first failure is now exactly window_ms old
    bench.state_is("closed", promise=LAST_MS)
    bench.wait(62.5)
    bench.admitted(LAST_MS).fail()  # three failures within the last 937.5 ms
    bench.refused(LAST_MS)


@case(points=2, en="Old successes do not dilute today's failures", zh="旧的成功不会冲淡今天的失败")
def old_successes_do_not_dilute(lab: Lab) -> None:
    by_time = Bench(lab, failure_rate_percent=50, minimum_calls=3, window_ms=1_000)
    by_calls = Bench(lab, failure_rate_percent=50, minimum_calls=3, window_calls=6)
    for bench, promise in ((by_time, LAST_MS), (by_calls, LAST_CALLS)):
        bench.succeed(12)
        bench.wait(1_250)
        bench.fail(3, promise=promise)
        bench.refused(promise)
