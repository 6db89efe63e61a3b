"""Bounded resources and deadlines, read from intervals."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from graders.checkers.finding import PASS, Finding, Interval

_NS_PER_MS = 1_000_000


def concurrency_bounded(held: Iterable[Interval], *, limit: int) -> Finding:
    """At no instant are more than `limit` of the intervals open: permits, probes, queue places.

    A sweep over the ends in order of time; an end comes before a start at the same instant, because intervals are
    half-open. An empty interval (it starts and ends at one instant) holds nothing. O(n log n). The witnesses are the
    intervals open at the first instant at which the limit is exceeded.
    """
    if limit < 0:
        raise ValueError(f"a limit of {limit}; it cannot be negative")
    lasting = [interval for interval in held if interval.end_ns != interval.start_ns]
    ends = sorted(
        [(interval.start_ns, 1, index) for index, interval in enumerate(lasting)]
        + [(interval.end_ns, 0, index) for index, interval in enumerate(lasting) if interval.end_ns is not None]
    )
    open_now: dict[int, None] = {}
    for at_ns, starts, index in ends:
        if not starts:
            del open_now[index]
            continue
        open_now[index] = None
        if len(open_now) > limit:
            count = len(open_now)
            return Finding(
                "fail",
                en=f"At {_ms(at_ns)} ms, {count} were in progress at once.",
                zh=f"在 {_ms(at_ns)} 毫秒时，同时有 {count} 个正在进行。",
                witnesses=tuple(lasting[i].name for i in open_now),
            )
    return PASS


def deadlines_kept(work: Sequence[Interval], *, budget_ns: int, history_ends_ns: int) -> Finding:
    """Every interval is at most `budget_ns` long.

    One still open when the history ends has failed if its budget had run out by then; otherwise nobody can tell yet,
    and the finding is `unknown`, unless another one has failed.
    """
    undecided: Interval | None = None
    for item in work:
        end_ns = history_ends_ns if item.end_ns is None else item.end_ns
        if end_ns - item.start_ns > budget_ns:
            return _late(item, end_ns)
        if item.end_ns is None:
            undecided = undecided or item
    if undecided is None:
        return PASS
    return Finding(
        "unknown",
        en=f"The history ends before {undecided.name} used up its time.",
        zh=f"记录在 {undecided.name} 用完时间之前就结束了。",
        witnesses=(undecided.name,),
    )


def _late(item: Interval, end_ns: int) -> Finding:
    took = _ms(end_ns - item.start_ns)
    if item.end_ns is None:
        en, zh = f"{item.name} was still not done after {took} ms.", f"{item.name} 在 {took} 毫秒后仍未完成。"
    else:
        en, zh = f"{item.name} took {took} ms.", f"{item.name} 用了 {took} 毫秒。"
    return Finding("fail", en=en, zh=zh, witnesses=(item.name,))


def _ms(value_ns: int) -> str:
    """Milliseconds in decimal without a float: 1_500_000 ns is "1.5"."""
    whole, rest = divmod(value_ns, _NS_PER_MS)
    return f"{whole}.{rest:06d}".rstrip("0").rstrip(".")
