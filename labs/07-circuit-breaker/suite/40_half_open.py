"""Half-open: a few probes, one failure is enough to go back, and enough successes to close."""

from __future__ import annotations

from typing import Any

from graders.harness import Lab, case

from ._bench import PROBES, Bench, Text, count_of, require

SLOTS: Text = (
    "while half-open at most half_open_max_probes operations run at once, and no fewer if more callers come",
    "半开时同时运行的操作至多 half_open_max_probes 个；调用方足够多时也不少于此数",
)
REOPENS: Text = (
    "one failed probe re-opens the breaker at once, for a whole new open_ms",
    "一次试探失败，熔断器即重新打开，并重新计满 open_ms",
)
CLOSES: Text = (
    "the breaker closes with the success that makes it success_threshold in this half-open period",
    "本次半开期内的试探成功数恰好达到 success_threshold 时，熔断器关闭",
)
SLOT_BACK: Text = (
    "a probe that has ended gives its slot back",
    "试探一结束就归还名额",
)


def half_open(lab: Lab, **settings: Any) -> Bench:
    """A bench whose breaker has just served its open period of 1 s."""
    bench = Bench(lab, failure_threshold=1, open_ms=1_000, **settings)
    bench.fail()
    bench.wait(1_000)
    return bench


@case(
    points=5,
    en="No more probes than allowed, however many callers come at once",
    zh="无论多少调用同时到来，试探不超过上限",
)
def no_more_probes_than_allowed(lab: Lab) -> None:
    for slots in (1, 3):
        bench = half_open(lab, half_open_max_probes=slots, success_threshold=5)
        probes = bench.burst(20)
        require(lab, len(probes) == slots, SLOTS, count_of(probes, 20))
        bench.wait(125)
        bench.refused(SLOTS)


@case(
    points=4,
    en="A failed probe re-opens the breaker for a whole period",
    zh="试探失败，熔断器重新打开并重新计满 open_ms",
)
def a_failed_probe_reopens(lab: Lab) -> None:
    bench = half_open(lab, success_threshold=2)
    bench.wait(250)
    probe = bench.admitted(PROBES)
    bench.wait(125)
    probe.fail()
    bench.state_is("open", promise=REOPENS)
    bench.refused(REOPENS)
    bench.wait(875)
    bench.refused(REOPENS)
    bench.wait(125)
    bench.succeed(2, promise=PROBES)
    bench.state_is("closed", promise=CLOSES)


@case(
    points=3,
    en="success_threshold successes close the breaker, and no fewer",
    zh="成功达到 success_threshold 次才关闭，少一次都不行",
)
def enough_successes_close(lab: Lab) -> None:
    bench = half_open(lab, success_threshold=3)
    for _ in range(2):
        bench.succeed(promise=PROBES)
        bench.state_is("half_open", promise=CLOSES)
    bench.succeed(promise=PROBES)
    bench.state_is("closed", promise=CLOSES)
    started = bench.burst(5)
    require(lab, len(started) == 5, CLOSES, count_of(started, 5))


@case(points=2, en="A probe that ends gives its slot back", zh="试探结束即归还名额")
def an_ended_probe_gives_its_slot_back(lab: Lab) -> None:
    bench = half_open(lab, half_open_max_probes=2, success_threshold=4)
    first, second = bench.admitted(PROBES), bench.admitted(PROBES)
    bench.refused(SLOTS)
    first.reply()
    third = bench.admitted(SLOT_BACK)
    bench.refused(SLOTS)
    second.reply()
    third.reply()
    bench.admitted(SLOT_BACK).reply()
    bench.state_is("closed", promise=CLOSES)


@case(points=2, en="Successes of an earlier half-open period are forgotten", zh="上一次半开期的成功不再作数")
def successes_are_counted_anew(lab: Lab) -> None:
    bench = half_open(lab, success_threshold=2)
    bench.succeed(promise=PROBES)
    bench.fail(promise=PROBES)
    bench.wait(1_000)
    bench.succeed(promise=PROBES)
    bench.state_is("half_open", promise=CLOSES)
    bench.succeed(promise=PROBES)
    bench.state_is("closed", promise=CLOSES)
