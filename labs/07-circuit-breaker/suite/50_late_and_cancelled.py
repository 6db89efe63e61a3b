"""Results that come after their time, and callers that do not wait for theirs."""

from __future__ import annotations

from graders.harness import Lab, case

from ._bench import PROBES, Bench, Text, require

LATE_FAILURE: Text = (
    "a call counts only in the period in which it was admitted; its late failure changes nothing",
    "调用只在放行它的那个时期内作数；迟到的失败不改变任何东西",
)
LATE_SUCCESS: Text = (
    "a call counts only in the period in which it was admitted; its late success changes nothing",
    "调用只在放行它的那个时期内作数；迟到的成功不改变任何东西",
)
FRESH_SLOTS: Text = (
    "every half-open period begins with all its slots, and only its own probes take or free them",
    "每个半开期开始时名额齐全，只有本期的试探才占用或归还名额",
)
CANCELLED: Text = (
    "a call that its caller cancels is neither a failure nor a success",
    "被调用方取消的调用既不算失败，也不算成功",
)
SLOT_BACK: Text = (
    "a cancelled probe gives its slot back and decides nothing",
    "被取消的试探归还名额，此外什么也不决定",
)


@case(points=4, en="A late failure of an old call changes nothing", zh="旧调用迟到的失败不改变任何东西")
def a_late_failure_changes_nothing(lab: Lab) -> None:
    bench = Bench(lab, failure_threshold=2, open_ms=1_000)
    while_open, while_half_open, while_closed = (bench.admitted() for _ in range(3))
    bench.fail(2)
    bench.wait(500)
    while_open.fail()
    bench.wait(500)
    probe = bench.admitted(LATE_FAILURE)
    while_half_open.fail()
    bench.state_is("half_open", promise=LATE_FAILURE)
    probe.reply()
    bench.state_is("closed", promise=LATE_FAILURE)
    while_closed.fail()
    bench.fail(promise=LATE_FAILURE)  # the first failure of the new period
    bench.state_is("closed", promise=LATE_FAILURE)
    bench.succeed(promise=LATE_FAILURE)


@case(points=3, en="A late success of an old call changes nothing", zh="旧调用迟到的成功不改变任何东西")
def a_late_success_changes_nothing(lab: Lab) -> None:
    bench = Bench(lab, failure_threshold=2, open_ms=1_000)
    while_open, while_half_open, while_closed = (bench.admitted() for _ in range(3))
    bench.fail(2)
    while_open.reply()
    bench.state_is("open", promise=LATE_SUCCESS)
    bench.wait(1_000)
    probe = bench.admitted(PROBES)
    while_half_open.reply()
    bench.state_is("half_open", promise=LATE_SUCCESS)
    bench.refused(LATE_SUCCESS)
    probe.reply()
    bench.fail()
    while_closed.reply()
    bench.fail()
    bench.state_is("open", promise=LATE_SUCCESS)


@case(points=3, en="Probes of an earlier period hold no slot and free none", zh="早先时期的试探不占名额，也不归还名额")
def old_probes_touch_no_slot(lab: Lab) -> None:
    bench = Bench(lab, failure_threshold=1, open_ms=1_000, half_open_max_probes=2, success_threshold=3)
    bench.fail()
    bench.wait(1_000)
    failing, straggler = bench.admitted(PROBES), bench.admitted(PROBES)
    failing.fail()
    bench.wait(1_000)
    first, second = bench.admitted(PROBES), bench.admitted(FRESH_SLOTS)
    straggler.reply()
    bench.refused(FRESH_SLOTS)
    first.reply()
    second.reply()
    bench.state_is("half_open", promise=LATE_SUCCESS)
    bench.succeed(promise=PROBES)
    bench.state_is("closed", promise=FRESH_SLOTS)


@case(points=4, en="A cancelled probe gives its slot back", zh="被取消的试探归还名额")
def a_cancelled_probe_gives_its_slot_back(lab: Lab) -> None:
    bench = Bench(lab, failure_threshold=1, open_ms=1_000)
    bench.fail()
    bench.wait(1_000)
    for _ in range(3):
        bench.admitted(SLOT_BACK).cancel()
        bench.state_is("half_open", promise=SLOT_BACK)
    probe = bench.admitted(SLOT_BACK)
    bench.refused(("cancelling frees one slot, not more", "取消只归还一个名额，不会更多"))
    probe.reply()
    bench.state_is("closed", promise=SLOT_BACK)


@case(
    points=3,
    en="A cancelled call is neither failure nor success, and ends as cancelled",
    zh="被取消的调用不算失败也不算成功，并以取消告终",
)
def a_cancelled_call_counts_for_nothing(lab: Lab) -> None:
    bench = Bench(lab, failure_threshold=2, open_ms=1_000)
    for _ in range(3):
        attempt = bench.admitted(CANCELLED)
        attempt.cancel()
        require(
            lab,
            attempt.operation.cancelled and attempt.inner.status == "abandoned",
            ("a cancellation reaches the operation and then the caller", "取消先传到操作，再传到调用方"),
            ("the call went on after its caller had cancelled it", "调用方取消之后，调用没有随之结束"),
        )
    bench.fail(promise=CANCELLED)
    bench.admitted(CANCELLED).cancel()
    bench.fail(promise=CANCELLED)
    bench.refused(CANCELLED)
