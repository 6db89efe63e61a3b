"""Draws the figures of chapter 7: `python courses/ftdr/tools/figures_ch07.py`.

Figure 1 takes its curves from the simulation that is printed in the chapter: the first runnable block is executed here,
so that text and picture cannot drift apart. Figure 4 shows the same run, rounded to squares of five workers.
"""

from __future__ import annotations

import re
import runpy
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path

from svg import Sheet, write_figure

CHAPTER = Path(__file__).parents[1] / "chapters" / "07-circuit-breaker-bulkhead"
Orders = Callable[..., Iterator[tuple[float, bool, int]]]


def simulation() -> Orders:
    """The generator `orders` out of the chapter's first runnable block."""
    text = (CHAPTER / "index.en.md").read_text(encoding="utf-8")
    block = re.search(r"^``` \{\.python \.run[^}]*\}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    if block is None:
        raise SystemExit("chapter 7 has no runnable block to draw from")
    with tempfile.TemporaryDirectory() as folder:
        script = Path(folder) / "simulation.py"
        script.write_text(block[1], encoding="utf-8")
        orders: Orders = runpy.run_path(str(script))["orders"]
    return orders


def per_second(orders: Orders, *, seconds: int, **settings: int) -> tuple[list[float], list[float]]:
    """Share of requests answered in each second (percent) and workers busy at its end."""
    sent: dict[int, int] = defaultdict(int)
    answered: dict[int, int] = defaultdict(int)
    busy_at_end: dict[int, int] = {}
    for now, ok, busy in orders(until_ms=seconds * 1_000, **settings):
        second = int(now // 1_000)
        sent[second] += 1
        answered[second] += ok
        busy_at_end[second] = busy
    span = range(seconds)
    return [100 * answered[second] / sent[second] for second in span], [float(busy_at_end[second]) for second in span]


def draw_cascade(orders: Orders) -> Callable[[Sheet], None]:
    seconds = 50
    shared = per_second(orders, seconds=seconds)
    walled = per_second(orders, seconds=seconds, reviews_at_most=20)

    def draw(sheet: Sheet) -> None:
        left, right = 62, 620

        def x(second: float) -> float:
            return left + (right - left) * second / seconds

        def panel(which: int, title: str, *, top: int, bottom: int, most: int, step: int, unit: str) -> None:
            def y(value: float) -> float:
                return bottom - (bottom - top) * value / most

            sheet.text((left, top - 14), title, bold=True)
            for value in range(0, most + 1, step):
                sheet.line((left, y(value)), (right, y(value)), colour="grid", width=1)
                sheet.text((left - 8, y(value) + 5), f"{value}{unit}", colour="muted", size=13, anchor="end")
            sheet.line((x(10), top), (x(10), bottom), colour="muted", width=1.5, dashes="2 4")
            for values, colour, dashes in ((shared[which], "bad", ""), (walled[which], "cool", "7 4")):
                points = "L".join(f"{x(second + 1):.1f} {y(value):.1f}" for second, value in enumerate(values))
                sheet.path(f"M{points}", colour=colour, width=2.5, dashes=dashes)

        panel(
            1,
            sheet.words("Busy workers of 200", "忙碌的工作线程（共 200 个）"),
            top=62,
            bottom=212,
            most=200,
            step=50,
            unit="",
        )
        panel(0, sheet.words("Requests answered", "得到应答的请求"), top=276, bottom=426, most=100, step=25, unit="%")
        for second in range(0, seconds + 1, 10):
            sheet.text((x(second), 446), f"{second} s", colour="muted", size=13, anchor="middle")
        sheet.lines(
            (x(10) - 7, 84), sheet.words("Reviews|hangs", "评论服务|卡死").split("|"),
            colour="muted", size=13, leading=17, anchor="end",
        )  # fmt: skip
        sheet.text((x(27), 82), sheet.words("one shared pool", "共用一个池"), colour="bad", bold=True)
        sheet.text((x(22), 192), sheet.words("Reviews limited to 20", "评论服务最多占 20 个"), colour="cool", bold=True)
        sheet.text((x(22), 320), sheet.words("Reviews limited to 20", "评论服务最多占 20 个"), colour="cool", bold=True)
        sheet.text((x(22), 414), sheet.words("one shared pool", "共用一个池"), colour="bad", bold=True)

    return draw


def draw_states(sheet: Sheet) -> None:
    def state(at: tuple[float, float], name: str, lines: str, colour: str) -> None:
        sheet.box(at, (196, 96), fill=f"{colour}-fill", stroke=colour)
        sheet.text((at[0] + 98, at[1] + 32), name, colour=colour, size=18, anchor="middle", bold=True)
        sheet.lines((at[0] + 98, at[1] + 58), lines.split("|"), size=14, anchor="middle", leading=19)

    state(
        (20, 40),
        sheet.words("Closed", "关闭"),
        sheet.words("calls go through,|outcomes are counted", "放行调用，|统计结果"),
        "good",
    )
    state(
        (424, 40),
        sheet.words("Open", "打开"),
        sheet.words("calls are refused,|nothing is sent", "拒绝调用，|什么也不发出"),
        "bad",
    )
    state(
        (222, 286),
        sheet.words("Half-open", "半开"),
        sheet.words("a few probes go,|the rest is refused", "放行少量试探，|其余拒绝"),
        "warn",
    )

    sheet.line((218, 72), (420, 72), colour="bad", arrow=True)
    sheet.lines(
        (319, 40), sheet.words("threshold|reached", "|达到阈值").split("|"), size=14, anchor="middle", leading=18
    )
    sheet.path("M522 138C522 236 496 306 422 332", colour="warn", arrow=True)
    sheet.lines(
        (530, 204),
        sheet.words("open_ms over|and a call|comes", "open_ms 已过，|来了一个调用").split("|"),
        size=14,
        leading=18,
    )
    sheet.path("M370 284C384 220 410 170 446 140", colour="bad", arrow=True)
    sheet.lines((378, 196), sheet.words("a probe|fails", "|一次试探失败").split("|"), size=14, anchor="end", leading=18)
    sheet.path("M220 330C130 310 88 240 88 140", colour="good", arrow=True)
    sheet.lines((112, 206), sheet.words("enough probes|succeed", "试探成功|次数足够").split("|"), size=14, leading=18)


def draw_generations(sheet: Sheet) -> None:
    left, right, top, bottom = 120, 624, 74, 330
    ends = (120, 252, 396, 492, 624)
    names = (
        (sheet.words("closed", "关闭"), "good"), (sheet.words("open", "打开"), "bad"),
        (sheet.words("half-open", "半开"), "warn"), (sheet.words("closed", "关闭"), "good"),
    )  # fmt: skip
    for number, (name, colour) in enumerate(names):
        start, end = ends[number], ends[number + 1]
        sheet.box(
            (start + 2, top), (end - start - 4, bottom - top), fill=f"{colour}-fill", stroke=f"{colour}-fill", radius=6
        )
        sheet.text(((start + end) / 2, 38), name, colour=colour, anchor="middle", bold=True)
        sheet.text(
            ((start + end) / 2, 60),
            sheet.words(f"generation {number}", f"第 {number} 代"),
            colour="muted",
            size=13,
            anchor="middle",
        )

    def call(y: float, name: str, start: float, end: float, *, failed: bool, counted: bool) -> None:
        sheet.text((left - 10, y + 5), name, anchor="end", size=14)
        sheet.line((start, y), (end, y), colour="ink" if counted else "muted", width=3, dashes="" if counted else "5 5")
        sheet.dot((start, y), colour="ink" if counted else "muted", radius=4)
        if failed:
            sheet.cross((end, y), colour="bad" if counted else "muted")
        else:
            sheet.dot((end, y), colour="good", radius=7)

    call(104, sheet.words("slow call", "慢调用"), 140, 566, failed=True, counted=False)
    for number, (start, end) in enumerate(((152, 200), (170, 226), (190, 250))):
        call(
            140 + 32 * number,
            sheet.words(f"call {number + 1}", f"调用 {number + 1}"),
            start,
            end,
            failed=True,
            counted=True,
        )
    sheet.text((left - 10, 241), sheet.words("refused", "被拒绝"), anchor="end", size=14)
    for x in (276, 300, 324, 348, 372, 420, 444, 468):
        sheet.cross((x, 236), colour="line", reach=4)
    call(276, sheet.words("probe", "试探"), 398, 490, failed=False, counted=True)
    call(308, sheet.words("call", "调用"), 520, 580, failed=False, counted=True)
    sheet.line((left, bottom + 14), (right, bottom + 14), colour="line", arrow=True)
    sheet.text((right, bottom + 36), sheet.words("time", "时间"), colour="muted", size=13, anchor="end")
    sheet.text((584, 98), "?", colour="bad", size=20, bold=True)


def draw_compartments(sheet: Sheet) -> None:
    side, gap, left, wall = 24, 5, 22, 18
    words = sheet.words

    def worker(at: tuple[float, float], kind: str) -> None:
        middle = (at[0] + side / 2, at[1] + side / 2)
        if kind == "free":
            sheet.box(at, (side, side), fill="paper", stroke="line", radius=4, width=1.5)
        elif kind == "stuck":
            sheet.box(at, (side, side), fill="bad-fill", stroke="bad", radius=4, width=1.5)
            sheet.cross(middle, reach=5)
        else:
            sheet.box(at, (side, side), fill="good-fill", stroke="good", radius=4, width=1.5)
            sheet.dot(middle, colour="good", radius=5)

    def block(at: tuple[float, float], columns: int, kinds: list[str]) -> None:
        for number, kind in enumerate(kinds):
            row, column = divmod(number, columns)
            worker((at[0] + column * (side + gap), at[1] + row * (side + gap)), kind)

    sheet.text(
        (left, 36),
        words("One pool of 200 workers, 10 s after Reviews hung", "一个 200 线程的池，评论服务卡死 10 秒之后"),
        bold=True,
    )
    block((left, 52), 20, ["stuck"] * 40)
    sheet.text(
        (left, 132), words("Nine requests in ten never wanted Reviews.", "九成请求根本不需要评论服务，"), size=14
    )
    sheet.text((left, 152), words("None of them is answered.", "却一个也得不到应答。"), size=14)

    sheet.text(
        (left, 200),
        words("The same load, Reviews limited to 20 workers", "同样的负载，评论服务最多占 20 个线程"),
        bold=True,
    )
    block((left, 216), 2, ["stuck"] * 4)
    sheet.line(
        (left + 2 * (side + gap) + wall / 2 - gap / 2, 208),
        (left + 2 * (side + gap) + wall / 2 - gap / 2, 277),
        colour="ink",
        width=5,
    )
    block((left + 2 * (side + gap) + wall, 216), 18, ["working"] * 9 + ["free"] * 27)
    sheet.text((left, 300), words("The others are answered as ever.", "其余请求照常得到应答；"), size=14)
    sheet.text((left, 320), words("Who wants Reviews is refused at once.", "要用评论服务的立即被拒绝。"), size=14)

    legend = (
        ("stuck", words("5 workers stuck", "5 个线程卡住")),
        ("working", words("5 working", "5 个在工作")),
        ("free", words("5 free", "5 个空闲")),
    )
    for number, (kind, text) in enumerate(legend):
        worker((left + number * 196, 346), kind)
        sheet.text((left + number * 196 + 34, 363), text, colour="muted", size=13)


def main() -> None:
    folder = CHAPTER / "figures"
    folder.mkdir(exist_ok=True)
    write_figure(folder, "cascade", size=(640, 462), draw=draw_cascade(simulation()))
    write_figure(folder, "states", size=(640, 402), draw=draw_states)
    write_figure(folder, "generations", size=(640, 384), draw=draw_generations)
    write_figure(folder, "compartments", size=(640, 386), draw=draw_compartments)


if __name__ == "__main__":
    main()
