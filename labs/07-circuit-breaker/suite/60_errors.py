"""Which endings are failures: ignored errors are not, time-outs are."""

from __future__ import annotations

from graders.harness import Lab, case

from ._bench import PROBES, Bench, Text, require

IGNORED: Text = (
    "an ignored error is neither a failure nor a success",
    "被忽略的错误既不算失败，也不算成功",
)
TIMED_OUT: Text = (
    "a time-out is a failure, whoever set it",
    "超时就是失败，不论由谁设定",
)
GIVEN_UP: Text = (
    "after call_timeout_ms the operation is cancelled and the caller gets a TimeoutError, at that instant",
    "到 call_timeout_ms 那一刻，操作被取消，调用方得到 TimeoutError",
)


@case(points=2, en="Ignored errors do not clear the row", zh="被忽略的错误不会把连续失败清零")
def ignored_errors_do_not_clear_the_row(lab: Lab) -> None:
    bench = Bench(lab, failure_threshold=3, ignored_errors=[lab.error_class("NotFound")])
    for _ in range(2):
        bench.fail()
        bench.fail(error="NotFound")
    bench.fail()
    bench.refused(IGNORED)


@case(points=2, en="Ignored errors are no failures", zh="被忽略的错误不算失败")
def ignored_errors_are_no_failures(lab: Lab) -> None:
    bench = Bench(lab, failure_threshold=2, ignored_errors=[lab.error_class("NotFound"), lab.error_class("BadRequest")])
    for error in ("NotFound", "BadRequest", "NotFound"):
        bench.fail(error=error, promise=IGNORED)
    bench.state_is("closed", promise=IGNORED)
    rate = Bench(
        lab, failure_rate_percent=50, minimum_calls=3, window_calls=6, ignored_errors=[lab.error_class("NotFound")]
    )
    rate.fail(2)
    rate.fail(3, error="NotFound", promise=IGNORED)
    rate.fail(promise=IGNORED)  # only now are there three outcomes
    rate.refused(IGNORED)


@case(points=1, en="An ignored class stands for its subclasses too", zh="忽略一个类，也就忽略它的子类")
def subclasses_are_ignored_too(lab: Lab) -> None:
    bench = Bench(lab, failure_threshold=2, ignored_errors=[lab.error_class("CallError")])
    promise = ("ignored_errors goes by isinstance, as except does", "ignored_errors 与 except 一样按 isinstance 判断")
    bench.fail(4, error="NotFound", promise=promise)


@case(points=2, en="A probe that ends in an ignored error decides nothing", zh="以被忽略的错误告终的试探什么也不决定")
def an_ignored_probe_decides_nothing(lab: Lab) -> None:
    bench = Bench(lab, failure_threshold=1, open_ms=1_000, ignored_errors=[lab.error_class("NotFound")])
    bench.fail()
    bench.wait(1_000)
    for _ in range(2):
        bench.fail(error="NotFound", promise=IGNORED)
        bench.state_is("half_open", promise=IGNORED)
    bench.succeed(promise=PROBES)
    bench.state_is("closed", promise=IGNORED)


@case(points=3, en="A time-out is a failure", zh="超时就是失败")
def a_time_out_is_a_failure(lab: Lab) -> None:
    inside = Bench(lab, failure_threshold=2)
    inside.fail(2, error="CallTimeout")
    inside.refused(TIMED_OUT)
    own = Bench(lab, failure_threshold=2, call_timeout_ms=500)
    for _ in range(2):
        own.admitted()
        own.wait(500)
    own.refused(TIMED_OUT)


@case(points=2, en="A hanging operation is given up after call_timeout_ms", zh="卡死的操作在 call_timeout_ms 后被放弃")
def a_hanging_operation_is_given_up(lab: Lab) -> None:
    bench = Bench(lab, failure_threshold=1, open_ms=1_000, call_timeout_ms=500)
    bench.wait(125)
    attempt = bench.admitted()
    bench.wait(437.5)
    early = ("the caller was left alone before its time was up", "时间未到，调用就已结束")
    require(lab, not attempt.operation.done, GIVEN_UP, early)
    bench.wait(62.5)
    seen = (
        "500 ms after its start the call had not ended with a TimeoutError",
        "调用开始 500 毫秒后，没有以 TimeoutError 告终",
    )
    require(lab, attempt.operation.raised("TimeoutError"), GIVEN_UP, seen)
    left = ("the operation was still running after its caller had been told", "调用方已得到通知，操作却仍在运行")
    require(lab, attempt.inner.status == "abandoned", GIVEN_UP, left)
    bench.wait(1_000)
    bench.admitted(PROBES)
    bench.wait(500)
    bench.state_is("open", promise=("a probe that times out has failed", "超时的试探就是失败的试探"))
