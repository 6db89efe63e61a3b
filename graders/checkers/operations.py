"""Each operation ends once: nothing lost, nothing doubled."""

from __future__ import annotations

from collections.abc import Iterable

from graders.checkers.finding import PASS, Finding


def ended_exactly_once(started: Iterable[str], ended: Iterable[str], *, complete: bool) -> Finding:
    """Every operation in `started` occurs exactly once in `ended`, and nothing else does.

    `complete` says that the history goes on until nothing was left to happen. In an incomplete history an operation
    without an end may yet get one, so that alone is `unknown`; a second end, or the end of something that never
    started, is a failure either way.
    """
    open_operations: dict[str, bool] = {}
    for name in started:
        if name in open_operations:
            raise ValueError(f"operation {name} is started twice: the history is broken, not the program")
        open_operations[name] = True
    for name in ended:
        if name not in open_operations:
            return _fail(name, f"{name} ended without having been started.", f"{name} 没有开始就结束了。")
        if not open_operations[name]:
            return _fail(name, f"{name} ended twice.", f"{name} 结束了两次。")
        open_operations[name] = False
    lost = tuple(name for name, is_open in open_operations.items() if is_open)
    if not lost:
        return PASS
    if complete:
        return Finding("fail", en=f"{lost[0]} never ended.", zh=f"{lost[0]} 一直没有结束。", witnesses=lost)
    return Finding("unknown", en=f"{lost[0]} has not ended yet.", zh=f"{lost[0]} 尚未结束。", witnesses=lost)


def _fail(name: str, en: str, zh: str) -> Finding:
    return Finding("fail", en=en, zh=zh, witnesses=(name,))
