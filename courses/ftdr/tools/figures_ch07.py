"""Draws the figures of chapter 7: `python -m courses.ftdr.tools.figures_ch07` from the root.

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

from courses.ftdr.tools.svg import Anchor, Sheet, write_figure

CHAPTER = Path(__file__).parents[1] / "chapters" / "07-circuit-breaker-bulkhead"
Orders = Callable[..., Iterator[tuple[float, bool, int]]]

SECONDS, LEFT, RIGHT = 50, 62, 620  # the time axis of figure 1
PITCH = 29  # from one worker to the next in figure 4


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


def draw_panel(
    sheet: Sheet, *, title: str, top: int, most: int, unit: str, curves: tuple[list[float], list[float]]
) -> None:
    """One chart over `SECONDS`: the shared pool solid, the walled one dashed."""
    bottom = top + 150

    def y(value: float) -> float:
        return bottom - 150 * value / most

    sheet.text((LEFT, top - 14), title, bold=True)
    for value in range(0, most + 1, most // 4):
        sheet.line((LEFT, y(value)), (RIGHT, y(value)), colour="grid", width=1)
        sheet.text((LEFT - 8, y(value) + 5), f"{value}{unit}", colour="muted", size=13, anchor="end")
    sheet.line((at_second(10), top), (at_second(10), bottom), colour="muted", width=1.5, dashes="2 4")
    for values, colour, dashes in ((curves[0], "bad", ""), (curves[1], "cool", "7 4")):
        points = "L".join(f"{at_second(second + 1):.1f} {y(value):.1f}" for second, value in enumerate(values))
        sheet.path(f"M{points}", colour=colour, width=2.5, dashes=dashes)


def at_second(second: float) -> float:
    return LEFT + (RIGHT - LEFT) * second / SECONDS


def draw_cascade(orders: Orders) -> Callable[[Sheet], None]:
    shared = per_second(orders, seconds=SECONDS)
    walled = per_second(orders, seconds=SECONDS, reviews_at_most=20)

    def draw(sheet: Sheet) -> None:
        busy = sheet.words("Busy workers of 200", "忙碌的工作线程（共 200 个）")
        draw_panel(sheet, title=busy, top=62, most=200, unit="", curves=(shared[1], walled[1]))
        answered = sheet.words("Requests answered", "得到应答的请求")
        draw_panel(sheet, title=answered, top=276, most=100, unit="%", curves=(shared[0], walled[0]))
        for second in range(0, SECONDS + 1, 10):
            sheet.text((at_second(second), 446), f"{second} s", colour="muted", size=13, anchor="middle")
        hangs = sheet.words("Reviews|hangs", "评论服务|卡死").split("|")
        sheet.lines((at_second(10) - 7, 84), hangs, colour="muted", size=13, leading=17, anchor="end")
        for second, y, en, zh, colour in (
            (27, 82, "one shared pool", "共用一个池", "bad"),
            (22, 192, "Reviews limited to 20", "评论服务最多占 20 个", "cool"),
            (22, 320, "Reviews limited to 20", "评论服务最多占 20 个", "cool"),
            (22, 414, "one shared pool", "共用一个池", "bad"),
        ):
            sheet.text((at_second(second), y), sheet.words(en, zh), colour=colour, bold=True)

    return draw


def draw_states(sheet: Sheet) -> None:
    for x, y, colour, en, zh in (
        (20, 40, "good", "Closed|calls go through,|outcomes are counted", "关闭|放行调用，|统计结果"),
        (424, 40, "bad", "Open|calls are refused,|nothing is sent", "打开|拒绝调用，|什么也不发出"),
        (222, 286, "warn", "Half-open|a few probes go,|the rest is refused", "半开|放行少量试探，|其余拒绝"),
    ):
        name, *lines = sheet.words(en, zh).split("|")
        sheet.box((x, y), (196, 96), fill=f"{colour}-fill", stroke=colour)
        sheet.text((x + 98, y + 32), name, colour=colour, size=18, anchor="middle", bold=True)
        sheet.lines((x + 98, y + 58), lines, size=14, anchor="middle", leading=19)
    for path, colour in (
        ("M218 72L420 72", "bad"),
        ("M522 138C522 236 496 306 422 332", "warn"),
        ("M370 284C384 220 410 170 446 140", "bad"),
        ("M220 330C130 310 88 240 88 140", "good"),
    ):
        sheet.path(path, colour=colour, arrow=True)
    anchors: tuple[tuple[int, int, Anchor, str, str], ...] = (
        (319, 40, "middle", "threshold|reached", "|达到阈值"),
        (530, 204, "start", "open_ms over|and a call|comes", "open_ms 已过，|来了一个调用"),
        (378, 196, "end", "a probe|fails", "|一次试探失败"),
        (112, 206, "start", "enough probes|succeed", "试探成功|次数足够"),
    )
    for x, y, anchor, en, zh in anchors:
        sheet.lines((x, y), sheet.words(en, zh).split("|"), size=14, anchor=anchor, leading=18)


def draw_call(
    sheet: Sheet, y: float, name: str, span: tuple[float, float], *, failed: bool, counted: bool = True
) -> None:
    """A call's life on its lane: begin, end and how it ended. What does not count is dashed."""
    ink = "ink" if counted else "muted"
    sheet.text((110, y + 5), name, anchor="end", size=14)
    sheet.line((span[0], y), (span[1], y), colour=ink, width=3, dashes="" if counted else "5 5")
    sheet.dot((span[0], y), colour=ink, radius=4)
    if failed:
        sheet.cross((span[1], y), colour="bad" if counted else "muted")
    else:
        sheet.dot((span[1], y), colour="good", radius=7)


def draw_generations(sheet: Sheet) -> None:
    words, top, bottom = sheet.words, 74, 330
    for number, (start, end, colour, en, zh) in enumerate((
        (120, 252, "good", "closed", "关闭"),
        (252, 396, "bad", "open", "打开"),
        (396, 492, "warn", "half-open", "半开"),
        (492, 624, "good", "closed", "关闭"),
    )):  # fmt: skip
        fill, middle = f"{colour}-fill", (start + end) / 2
        sheet.box((start + 2, top), (end - start - 4, bottom - top), fill=fill, stroke=fill, radius=6)
        sheet.text((middle, 38), words(en, zh), colour=colour, anchor="middle", bold=True)
        generation = words(f"generation {number}", f"第 {number} 代")
        sheet.text((middle, 60), generation, colour="muted", size=13, anchor="middle")
    draw_call(sheet, 104, words("slow call", "慢调用"), (140, 566), failed=True, counted=False)
    for number, span in enumerate(((152, 200), (170, 226), (190, 250))):
        draw_call(sheet, 140 + 32 * number, words(f"call {number + 1}", f"调用 {number + 1}"), span, failed=True)
    sheet.text((110, 241), words("refused", "被拒绝"), anchor="end", size=14)
    for x in (276, 300, 324, 348, 372, 420, 444, 468):
        sheet.cross((x, 236), colour="line", reach=4)
    draw_call(sheet, 276, words("probe", "试探"), (398, 490), failed=False)
    draw_call(sheet, 308, words("call", "调用"), (520, 580), failed=False)
    sheet.line((120, bottom + 14), (624, bottom + 14), colour="line", arrow=True)
    sheet.text((624, bottom + 36), words("time", "时间"), colour="muted", size=13, anchor="end")
    sheet.text((584, 98), "?", colour="bad", size=20, bold=True)


def draw_workers(sheet: Sheet, at: tuple[float, float], columns: int, kinds: list[str]) -> None:
    """Squares of five workers each: stuck with a cross, working with a dot, free empty."""
    for number, kind in enumerate(kinds):
        row, column = divmod(number, columns)
        x, y = at[0] + column * PITCH, at[1] + row * PITCH
        fill, stroke = {"stuck": ("bad-fill", "bad"), "working": ("good-fill", "good"), "free": ("paper", "line")}[kind]
        sheet.box((x, y), (24, 24), fill=fill, stroke=stroke, radius=4, width=1.5)
        if kind == "stuck":
            sheet.cross((x + 12, y + 12), reach=5)
        elif kind == "working":
            sheet.dot((x + 12, y + 12), colour="good", radius=5)


def draw_compartments(sheet: Sheet) -> None:
    left, wall = 22, 22 + 2 * PITCH + 6.5
    for y, bold, en, zh in (
        (36, True, "One pool of 200 workers, 10 s after Reviews hung", "一个 200 线程的池，评论服务卡死 10 秒之后"),
        (132, False, "Nine requests in ten never wanted Reviews.", "九成请求根本不需要评论服务，"),
        (152, False, "None of them is answered.", "却一个也得不到应答。"),
        (200, True, "The same load, Reviews limited to 20 workers", "同样的负载，评论服务最多占 20 个线程"),
        (300, False, "The others are answered as ever.", "其余请求照常得到应答；"),
        (320, False, "Who wants Reviews is refused at once.", "要用评论服务的立即被拒绝。"),
    ):
        sheet.text((left, y), sheet.words(en, zh), size=15 if bold else 14, bold=bold)
    draw_workers(sheet, (left, 52), 20, ["stuck"] * 40)
    draw_workers(sheet, (left, 216), 2, ["stuck"] * 4)
    sheet.line((wall, 208), (wall, 277), colour="ink", width=5)
    draw_workers(sheet, (left + 2 * PITCH + 18, 216), 18, ["working"] * 9 + ["free"] * 27)
    for number, (kind, en, zh) in enumerate((
        ("stuck", "5 workers stuck", "5 个线程卡住"),
        ("working", "5 working", "5 个在工作"),
        ("free", "5 free", "5 个空闲"),
    )):  # fmt: skip
        draw_workers(sheet, (left + number * 196, 346), 1, [kind])
        sheet.text((left + number * 196 + 34, 363), sheet.words(en, zh), colour="muted", size=13)


def main() -> None:
    folder = CHAPTER / "figures"
    folder.mkdir(exist_ok=True)
    write_figure(folder, "cascade", size=(640, 462), draw=draw_cascade(simulation()))
    write_figure(folder, "states", size=(640, 402), draw=draw_states)
    write_figure(folder, "generations", size=(640, 384), draw=draw_generations)
    write_figure(folder, "compartments", size=(640, 386), draw=draw_compartments)


if __name__ == "__main__":
    main()
