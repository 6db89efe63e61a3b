"""Every sentence that the harness itself says to a student, in both languages."""

from __future__ import annotations

from typing import Final

from graders.protocol.verdict import Text

_TEXTS: Final[dict[str, tuple[str, str]]] = {
    "syntax_error": (
        "Python cannot read your file: there is a syntax error ({type}). The log shows the line.",
        "Python 无法解析你的文件：存在语法错误（{type}）。日志中给出了出错的行。",
    ),
    "import_refused": (
        "Your code imports a module that this lab does not allow. Allowed are: {allowed}.",
        "你的代码导入了本实验不允许的模块。允许导入的有：{allowed}。",
    ),
    "import_error": (
        "Your file raised {type} while it was being imported, before any case could begin. The log shows where.",
        "你的文件在导入时抛出了 {type}，任何用例都还没有开始。日志中给出了位置。",
    ),
    "entry_point_missing": (
        "Your file defines no class {attribute}. The lab looks for exactly this name.",
        "你的文件中没有定义类 {attribute}。本实验按这个名字查找。",
    ),
    "method_missing": (
        "The lab used {label}, but your class has nothing of that name.",
        "本实验用到了 {label}，但你的类中没有这个名字。",
    ),
    "construct_raised": (
        "Constructing your class raised {type}. Check the parameters of __init__ against the statement.",
        "构造你的类时抛出了 {type}。请对照题面检查 __init__ 的参数。",
    ),
    "raised": (
        "{label} raised {type}, where the lab promises a result.",
        "{label} 抛出了 {type}，而按题面的约定，这里应当正常返回。",
    ),
    "cancelled": (
        "{label} ended as cancelled, although the lab did not cancel it.",
        "{label} 以“已取消”结束，但本实验并没有取消它。",
    ),
    "deadlock": (
        "{label} should have finished within {limit_ms} ms of virtual time and never did: something waits for ever.",
        "{label} 应当在 {limit_ms} 毫秒（虚拟时间）之内完成，却一直没有结束：有代码在永远等待。",
    ),
    "not_finished": (
        "{label} was still running at the moment when its result was due.",
        "在应当得到结果的时刻，{label} 仍在运行。",
    ),
    "crashed": (
        "{label} was lost, because its node crashed before it had finished.",
        "{label} 没有结果：它所在的节点在完成之前就崩溃了。",
    ),
    "callbacks_limit": (
        (
            "Your code kept the event loop busy without end: more than {callbacks_max} callbacks at one moment of"
            " virtual time. A loop that awaits asyncio.sleep(0), or two tasks that wake each other, does this."
        ),
        (
            "你的代码让事件循环无休止地忙碌：在虚拟时间的同一时刻执行了超过 {callbacks_max} 个回调。"
            "反复等待 asyncio.sleep(0) 的循环，或互相唤醒的两个任务，都会造成这种情况。"
        ),
    ),
    "events_limit": (
        "The schedule used up its {events_max} events: your code keeps setting timers or sending messages without end.",
        "这组调度用完了 {events_max} 个事件的额度：你的代码在无休止地设置定时器或发送消息。",
    ),
    "time_limit": (
        (
            "Your code ran for too long in real time. Is there a loop that never awaits? Virtual time stands still"
            " while your code computes, so waiting for the clock in a loop never ends; use await asyncio.sleep()."
        ),
        (
            "你的代码在真实时间中运行得太久。是否有从不 await 的循环？代码计算时虚拟时间不会前进，"
            "所以在循环里等时钟永远等不到；请用 await asyncio.sleep()。"
        ),
    ),
    "memory_limit": (
        "Your code used more memory than the {memory_mb} MB the lab allows.",
        "你的代码使用的内存超过了本实验允许的 {memory_mb} MB。",
    ),
    "output_limit": (
        "Your code printed far more than the {output_bytes} bytes the lab keeps.",
        "你的代码打印的内容远远超过了本实验保留的 {output_bytes} 字节。",
    ),
    "exited": (
        "The process of your code ended by itself in the middle of the case. Do not call os._exit or end the process.",
        "运行你代码的进程在用例中途自行结束。请不要调用 os._exit 或以其他方式结束进程。",
    ),
    "protocol": (
        (
            "Something other than the lab's own machinery spoke on the channel to the judge. Your code must not write"
            " to file descriptors that it did not open."
        ),
        "与评测程序之间的通道里，出现了不是实验框架写入的内容。你的代码不得写入并非由它自己打开的文件描述符。",
    ),
    "system": (
        "This is not your fault: the judge itself had a problem. The submission will be graded again.",
        "这不是你的问题：评测程序自身出了故障。这次提交会重新评分。",
    ),
    "set_order": (
        (
            "With another hash seed your code behaves differently from event {index} on: the order of a set (or of"
            " something hashed) decides what it does. Sort before you iterate."
        ),
        (
            "换一个哈希种子后，你的代码从第 {index} 个事件起表现不同：集合（或其他依赖哈希的结构）的顺序"
            "决定了它的行为。请先排序再遍历。"
        ),
    ),
}
"""Key -> (English, Chinese), with named fields."""


def reason_text(key: str, **values: str | int) -> Text:
    """The text `key` with its fields filled in."""
    english, chinese = _TEXTS[key]
    return {"en": english.format(**values), "zh": chinese.format(**values)}


def keys() -> tuple[str, ...]:
    return tuple(_TEXTS)
