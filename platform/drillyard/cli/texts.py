"""What the command line says, in both languages, in one place."""

from __future__ import annotations

import os
from typing import Final

LANGUAGES: Final = ("en", "zh")

_TEXTS: Final[dict[str, tuple[str, str]]] = {
    "app": ("Drillyard: learn fault tolerance by doing it.", "演练场：动手学容错。"),
    "grade": (
        "Grade FILES as a submission to LAB, here, as the server would under the same seed.",
        "在本机把 FILES 当作对 LAB 的提交来评分，种子相同则结果与服务器一致。",
    ),
    "labs": ("Labs: list them, prove them.", "实验：列出与自证。"),
    "labs_list": ("List the labs that are here.", "列出本机的实验。"),
    "labs_verify": (
        "Prove labs: solutions pass, the starter does not, every mutant dies on the case that names its bug.",
        "让实验自证：参考解通过，起始代码不通过，每个变异体都被点名其缺陷的用例杀死。",
    ),
    "arg_lab": ("Slug or folder of a lab.", "实验的短名或目录。"),
    "arg_files": ("The files to submit, or a folder that holds them.", "要提交的文件，或其所在的目录。"),
    "opt_seed": ("What every schedule is derived from.", "所有调度由此种子派生。"),
    "opt_case": ("Run this case only (may be repeated).", "只运行这个用例（可重复给出）。"),
    "opt_choices": (
        "Replay these choices, as 1,2,3 (needs one --case).",
        "重放记录下来的选择，如 1,2,3（需要一个 --case）。",
    ),
    "opt_sandbox": ("auto, bwrap, plain or inprocess.", "auto、bwrap、plain 或 inprocess。"),
    "opt_json": ("Print JSON.", "输出 JSON。"),
    "opt_lang": ("en or zh.", "en 或 zh。"),
    "opt_labs": ("The folder that holds the labs.", "存放实验的目录。"),
    "opt_jobs": ("Runs at once.", "同时进行的评分数。"),
    "opt_seeds": ("How many seeds each program is run under.", "每份程序用多少个种子运行。"),
    "case": ("case", "用例"),
    "points": ("points", "得分"),
    "result": ("result", "结果"),
    "pass": ("passed", "通过"),
    "fail": ("failed", "未通过"),
    "unknown": ("our fault", "系统故障"),
    "running": ("running", "运行中"),
    "score": ("Score {score} of 100.", "得分 {score}，满分 100。"),
    "heading": ("{title}: seed {seed}, {mode}, Python {python}", "{title}：种子 {seed}，{mode}，Python {python}"),
    "replay": ("Replay: {command}", "重放：{command}"),
    "set_order": (
        "{case}: your program depends on the order of a set: under another hash seed it behaves differently.",
        "{case}：你的程序依赖集合的顺序：换一个哈希种子，行为就不同。",
    ),
    "python_unofficial": (
        "This is Python {python}; official verdicts use {official}, where asyncio orders some things differently.",
        "当前是 Python {python}；正式评分使用 {official}，两者的 asyncio 在某些先后顺序上有差别。",
    ),
    "mode_unofficial": (
        "The mode {mode} isolates less than an official one, so this result is unofficial.",
        "{mode} 模式的隔离弱于正式模式，因此本结果不算正式成绩。",
    ),
    "falls_back": (
        "bwrap cannot be used here ({reason}); grading in the mode plain instead.",
        "此处无法使用 bwrap（{reason}），改用 plain 模式评分。",
    ),
    "system_fault": ("Our fault, not yours: {text}", "这是系统故障，与你的代码无关：{text}"),
    "no_labs": (
        "No labs found from {start} upwards. Go into the repository or name the folder with --labs.",
        "从 {start} 向上没有找到实验。请进入仓库目录，或用 --labs 指明实验所在的目录。",
    ),
    "no_lab": (
        "There is no lab {lab!r} in {folder}. There are: {known}.",
        "{folder} 中没有实验 {lab!r}。现有：{known}。",
    ),
    "no_file": ("{path} cannot be read: {problem}.", "无法读取 {path}：{problem}。"),
    "wrong_file": (
        "This lab takes {allowed}; {name} is none of them.",
        "本实验接受 {allowed}，{name} 不在其中。",
    ),
    "missing_file": ("This lab needs {name} too.", "本实验还需要 {name}。"),
    "bad_choices": ("--choices is a list of whole numbers: 3,0,1.", "--choices 是一串整数，例如 3,0,1。"),
    "choices_need_case": ("--choices needs exactly one --case.", "--choices 需要恰好一个 --case。"),
    "bad_seed": ("A seed lies between 0 and 2**63 - 1.", "种子须在 0 到 2**63 - 1 之间。"),
    "no_case": ("There is no case {name!r}. There are: {known}.", "没有用例 {name!r}。现有：{known}。"),
    "bad_sandbox": (
        "There is no sandbox mode {mode!r}: auto, bwrap, plain, inprocess.",
        "没有沙箱模式 {mode!r}：可用 auto、bwrap、plain、inprocess。",
    ),
    "bad_lang": ("There is no language {lang!r}: en, zh.", "没有语言 {lang!r}：可用 en、zh。"),
    "lab_broken": ("The lab {lab} has faults:", "实验 {lab} 有错误："),
    "judge_lost": ("The judge went away: {problem}", "评测程序意外退出：{problem}"),
    "slug": ("lab", "实验"),
    "title": ("title", "标题"),
    "cases": ("cases", "用例数"),
    "minutes": ("minutes", "分钟"),
    "verifying": ("Proving {lab}", "正在验证 {lab}"),
    "program": ("program", "程序"),
    "killed_by": ("dies on", "杀死它的用例"),
    "solution": ("solution", "参考解"),
    "starter": ("starter", "起始代码"),
    "mutant": ("mutant", "变异体"),
    "kill_rate": (
        "Mutants killed: {killed} of {total}, all by the case that names the bug: {named}.",
        "杀死变异体 {killed}/{total} 个，其中 {named} 个由点名的用例杀死。",
    ),
    "red_solution": ("{name} does not pass under seed {seed}: {cases}", "{name} 在种子 {seed} 下未通过：{cases}"),
    "red_starter": ("The starter passes.", "起始代码竟然通过了。"),
    "red_mutant_lives": ("The mutant {name} survives under seed {seed}.", "变异体 {name} 在种子 {seed} 下存活。"),
    "red_mutant_other": (
        "The mutant {name} does not die on {case} under seed {seed}, but on: {cases}.",
        "变异体 {name} 在种子 {seed} 下没有被 {case} 杀死，而是被这些用例杀死：{cases}。",
    ),
    "red_same": ("{first} and {second} are the same program.", "{first} 与 {second} 是同一份程序。"),
    "red_empty": ("{name} has no code.", "{name} 没有代码。"),
    "red_dead_case": (
        "No mutant fails the case {case}: it proves nothing.",
        "用例 {case} 没有杀死任何变异体：它什么也证明不了。",
    ),
    "red_points": ("The points add up to {points}, not 100.", "各用例分数之和是 {points}，不是 100。"),
    "red_no_mutants": ("The lab has no mutants.", "实验没有变异体。"),
    "red_unknown": ("{name}, seed {seed}: {text}", "{name}，种子 {seed}：{text}"),
    "red_bytes": (
        "{name}, seed {seed}: two runs gave different verdicts.",
        "{name}，种子 {seed}：两次运行的判定不同。",
    ),
    "green": ("{lab}: proved.", "{lab}：自证通过。"),
    "red": ("{lab}: {count} faults.", "{lab}：{count} 处问题。"),
}


def language(asked: str | None = None) -> str:
    """`asked`, else what the environment's locale says; English if it says neither."""
    if asked in LANGUAGES:
        return asked
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        value = os.environ.get(name, "")
        if value:
            return "zh" if value.startswith("zh") else "en"
    return "en"


def text(word: str, spoken: str, /, **values: object) -> str:
    """The sentence named `word` in the language `spoken`."""
    return _TEXTS[word][LANGUAGES.index(spoken)].format(**values)
