"""Seeded histories of calls, endings, cancellations and pauses, held against the ledger of what was promised."""

from __future__ import annotations

from typing import Any

from graders.harness import Lab, case

from ._bench import Attempt, Bench, Text, require
from ._ledger import Ledger, Settings

TICK_MS = 62.5
STEPS = 50


def settings_by_count(lab: Lab) -> Settings:
    between = lab.choices.between
    return Settings(between(1, 4), None, 1, None, None, 2 * between(1, 12), between(1, 3), between(1, 4))


def settings_by_rate(lab: Lab) -> Settings:
    between = lab.choices.between
    by_time = lab.choices.chance(1, 2)
    minimum = between(2, 5)
    return Settings(
        failure_threshold=1,
        failure_rate_percent=lab.choices.pick((50, 25, 34, 67, 100)),
        minimum_calls=minimum,
        window_calls=None if by_time else minimum + between(0, 4),
        window_ticks=2 * between(4, 20) if by_time else None,
        open_ticks=2 * between(1, 12),
        half_open_max_probes=between(1, 3),
        success_threshold=between(1, 4),
    )


def keywords(settings: Settings) -> dict[str, Any]:
    """The same as keyword arguments of `CircuitBreaker`."""
    given = {
        "failure_threshold": settings.failure_threshold,
        "failure_rate_percent": settings.failure_rate_percent,
        "minimum_calls": settings.minimum_calls,
        "window_calls": settings.window_calls,
        "window_ms": None if settings.window_ticks is None else settings.window_ticks * 125 // 2,
        "open_ms": settings.open_ticks * 125 // 2,
        "half_open_max_probes": settings.half_open_max_probes,
        "success_threshold": settings.success_threshold,
    }
    return {name: value for name, value in given.items() if value is not None}


class Walk:
    """One random history: what the program does is held against what the ledger says was promised."""

    def __init__(self, lab: Lab, settings: Settings) -> None:
        self.lab = lab
        self.choices = lab.choices
        self.ledger = Ledger(settings)
        self.bench = Bench(
            lab,
            ignored_errors=[lab.error_class("NotFound")],
            on_state_change=lab.listener("transitions"),
            **keywords(settings),
        )
        self.now = 0
        self.running: list[tuple[int, Attempt]] = []
        shown = ", ".join(f"{name}={value}" for name, value in keywords(settings).items())
        self.story: Text = (f" (settings: {shown})", f"（配置：{shown}）")

    def run(self) -> None:
        failing = self.choices.between(1, 8)
        for _ in range(STEPS):
            action = self.choices.below(10)
            if action < 5:
                self.call()
            elif action < 8 and self.running:
                self.end(failing)
            else:
                self.wait()
        while self.running:
            self.end(failing)
        self.heard()

    def call(self) -> None:
        period = self.ledger.begin(self.now)
        if period is None:
            self.bench.refused(self.told("this call had to be refused", "这个调用必须被拒绝"))
        else:
            attempt = self.bench.admitted(self.told("this call had to be let through", "这个调用必须放行"))
            self.running.append((period, attempt))

    def end(self, failing: int) -> None:
        period, attempt = self.running.pop(self.choices.below(len(self.running)))
        draw = self.choices.below(10)
        if draw < failing:
            self.ledger.end(self.now, period, "failure")
            attempt.fail()
        elif draw < 8:
            self.ledger.end(self.now, period, "success")
            attempt.reply()
        else:
            self.ledger.end(self.now, period, "neither")
            attempt.fail("NotFound") if draw == 8 else attempt.cancel()
        self.look()

    def wait(self) -> None:
        ticks = self.choices.between(1, 8)
        self.now += ticks
        self.bench.wait(ticks * TICK_MS)

    def look(self) -> None:
        states = self.ledger.states_allowed(self.now)
        self.bench.state_is(
            *states,
            promise=self.told("state tells where the breaker stands", "state 如实反映熔断器所处的状态"),
        )

    def heard(self) -> None:
        """The listener's story is the ledger's; a turn to half-open may be told before a call asks for it."""
        said = [tuple(note.arguments) for note in self.lab.notifications("transitions")]
        promised = self.ledger.transitions
        early = [*promised, ("open", "half_open")] if len(self.ledger.states_allowed(self.now)) > 1 else promised
        told = self.told(
            "on_state_change hears every transition exactly once", "on_state_change 对每次转换恰好收到一次通知"
        )
        right = sum(one == other for one, other in zip(promised, said, strict=False))
        seen = (
            f"of {len(promised)} transitions {right} were told as they happened, in {len(said)} notifications",
            f"{len(promised)} 次转换中有 {right} 次如实通知，通知共 {len(said)} 次",
        )
        require(self.lab, said in (promised, early), told, seen)

    def told(self, en: str, zh: str) -> Text:
        """A promise with the history's numbers, which is what makes it possible to follow."""
        ledger = self.ledger
        failed = sum(failed for _, failed in ledger.outcomes)
        if ledger.phase == "closed":
            outcomes = len(ledger.outcomes)
            detail = (
                f"the breaker is closed (failures since it closed: {failed} of {outcomes} outcomes)",
                f"熔断器处于关闭状态（本期 {outcomes} 个结果中失败 {failed} 个）",
            )
        elif ledger.phase == "open":
            ms = f"{(self.now - ledger.opened_at) * TICK_MS:g}"
            detail = (f"the breaker opened {ms} ms ago", f"熔断器在 {ms} 毫秒前打开")
        else:
            running, succeeded = ledger.probes_running, ledger.probes_succeeded
            detail = (
                f"the breaker is half-open (probes running: {running}, successes in this period: {succeeded})",
                f"熔断器处于半开状态（进行中的试探：{running}，本期已成功：{succeeded}）",
            )
        return (f"{en}: {detail[0]}{self.story[0]}", f"{zh}：{detail[1]}{self.story[1]}")


@case(points=3, en="Random histories: failures in a row", zh="随机历史：按连续失败", schedules=10)
def random_histories_by_count(lab: Lab) -> None:
    Walk(lab, settings_by_count(lab)).run()


@case(points=3, en="Random histories: rate of failures", zh="随机历史：按失败率", schedules=10)
def random_histories_by_rate(lab: Lab) -> None:
    Walk(lab, settings_by_rate(lab)).run()
