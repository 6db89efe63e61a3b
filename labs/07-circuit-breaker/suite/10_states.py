"""What the three states mean to a caller, and who hears of a change."""

from __future__ import annotations

from graders.harness import Lab, case

from ._bench import PROBES, Bench, Text, require

CHAIN: Text = (
    "on_state_change hears every transition exactly once, as (old, new), at the instant it happens",
    "每次状态转换发生时，on_state_change 恰好收到一次（旧状态，新状态）",
)


@case(points=2, en="A closed breaker passes results and errors on unchanged", zh="关闭时，返回值与异常原样交给调用方")
def results_and_errors_pass_unchanged(lab: Lab) -> None:
    bench = Bench(lab, failure_threshold=3)
    bench.admitted().reply({"receipt": 17, "lines": [1, 2]})
    bench.admitted().reply(None)
    bench.admitted().fail("BadRequest")
    bench.admitted().fail("Overloaded")
    bench.state_is(
        "closed",
        promise=("fewer failures than failure_threshold change nothing", "失败次数不到 failure_threshold 时什么也不变"),
    )


@case(points=3, en="An open breaker refuses at once and calls nothing", zh="打开时立即拒绝，不发出任何调用")
def an_open_breaker_calls_nothing(lab: Lab) -> None:
    bench = Bench(lab, failure_threshold=2, open_ms=4_000)
    bench.fail(2)
    bench.state_is(
        "open",
        promise=(
            "failure_threshold failures in a row open the breaker",
            "连续失败达到 failure_threshold 次，熔断器打开",
        ),
    )
    for _ in range(4):
        bench.refused()
        bench.wait(500)


@case(
    points=4,
    en="The open period begins at the failure and lasts open_ms to the instant",
    zh="打开期从失败那一刻算起，恰好持续 open_ms",
)
def open_lasts_open_ms(lab: Lab) -> None:
    bench = Bench(lab, failure_threshold=1, open_ms=2_000)
    promise = (
        "the breaker stays open for open_ms, counted from the instant of the failure that opened it",
        "从引发打开的那次失败算起，熔断器保持打开 open_ms",
    )
    slow = bench.admitted()
    bench.wait(500)
    slow.fail()
    bench.wait(1_875)
    bench.state_is("open", promise=promise)
    bench.refused(promise)
    bench.wait(125)
    bench.state_is(
        "open", "half_open", promise=("an open breaker becomes half-open and nothing else", "打开之后只会变为半开")
    )
    probe = bench.admitted(PROBES)
    bench.state_is(
        "half_open", promise=("while a probe runs the breaker is half-open", "试探进行期间，熔断器处于半开状态")
    )
    probe.reply()


@case(points=3, en="Refused calls do not put the recovery off", zh="被拒绝的调用不会推迟恢复")
def refusals_do_not_extend_the_wait(lab: Lab) -> None:
    bench = Bench(lab, failure_threshold=2, open_ms=1_000)
    bench.fail(2)
    for _ in range(7):
        bench.wait(125)
        bench.refused()
    bench.wait(125)
    bench.admitted(
        (
            "a refusal is no failure: impatient callers do not lengthen the open period",
            "拒绝不算失败：再心急的调用方也不会延长打开期",
        )
    ).reply()


@case(points=2, en="retry_after_ms is the time that is left", zh="retry_after_ms 就是剩下的时间")
def retry_after_is_the_time_left(lab: Lab) -> None:
    bench = Bench(lab, failure_threshold=1, open_ms=1_000)
    bench.fail()
    for passed_ms in (0.0, 375.0, 562.5):
        bench.wait(passed_ms - bench_ms(lab))
        error = bench.refused().error
        told = None if error is None else error.attributes.get("retry_after_ms")
        left_ms = 1_000 - passed_ms
        honest = isinstance(told, int | float) and not isinstance(told, bool) and left_ms - 0.001 <= told <= left_ms + 1
        require(
            lab,
            honest,
            (
                "retry_after_ms is a number: the milliseconds left of the open period, rounded up if at all",
                "retry_after_ms 是一个数：打开期还剩多少毫秒，如需取整则向上取整",
            ),
            (
                f"{passed_ms:g} ms into an open period of 1000 ms it is {told!r}",
                f"1000 毫秒的打开期过去 {passed_ms:g} 毫秒时，它是 {told!r}",
            ),
        )
    bench.wait(437.5)
    first = bench.admitted(PROBES)
    error = bench.refused(("a call that finds no free probe slot is refused", "没有空闲试探名额时，调用被拒绝")).error
    told = None if error is None else error.attributes.get("retry_after_ms")
    require(
        lab,
        isinstance(told, int | float) and not isinstance(told, bool) and told >= 0,
        (
            "every CircuitOpenError carries a retry_after_ms of at least 0",
            "每个 CircuitOpenError 都带有不小于 0 的 retry_after_ms",
        ),
        (f"while a probe was running it was {told!r}", f"试探进行期间它是 {told!r}"),
    )
    first.reply()


def bench_ms(lab: Lab) -> float:
    """Virtual milliseconds since the start of the schedule."""
    return lab.now_ns / 1_000_000


@case(points=3, en="The listener hears every transition once, in order", zh="监听器按次序收到每次转换，不重不漏")
def the_listener_hears_every_transition_once(lab: Lab) -> None:
    bench = Bench(lab, failure_threshold=2, open_ms=1_000, on_state_change=lab.listener("transitions"))
    heard: list[list[str]] = []

    def hears(*transitions: list[str]) -> None:
        heard.extend(transitions)
        said = [note.arguments for note in lab.notifications("transitions")]
        shown = ", ".join(" → ".join(map(str, arguments)) for arguments in said) or "-"
        require(lab, said == heard, CHAIN, (f"so far it was told: {shown}", f"到此为止它收到：{shown}"))

    bench.fail()
    hears()
    bench.fail()
    hears(["closed", "open"])
    bench.wait(1_000)
    probe = bench.admitted(PROBES)
    hears(["open", "half_open"])
    probe.fail()
    hears(["half_open", "open"])
    bench.refused()
    hears()
    bench.wait(1_000)
    bench.succeed(promise=PROBES)
    hears(["open", "half_open"], ["half_open", "closed"])
    bench.succeed(2)
    hears()


@case(points=2, en="A listener that raises changes nothing", zh="监听器抛出异常，其他一切照旧")
def a_raising_listener_changes_nothing(lab: Lab) -> None:
    bench = Bench(lab, failure_threshold=2, open_ms=1_000, on_state_change=lab.listener("broken", raises="BadRequest"))
    bench.fail(2)
    bench.state_is(
        "open",
        promise=(
            "an exception from on_state_change does not stop the transition",
            "on_state_change 抛出的异常不会阻止状态转换",
        ),
    )
    bench.refused()
    bench.wait(1_000)
    bench.succeed(promise=PROBES)
    bench.state_is(
        "closed",
        promise=(
            "an exception from on_state_change does not stop the recovery",
            "on_state_change 抛出的异常不会阻止恢复",
        ),
    )
    bench.succeed(3)
