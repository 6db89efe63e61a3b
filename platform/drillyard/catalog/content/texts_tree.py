"""Faults of files and fields: id -> what is wrong (en, zh), how to mend it (en, zh)."""

from __future__ import annotations

from typing import Final

TREE: Final[dict[str, tuple[str, str, str, str]]] = {
    # -------------------------------------------------------------------------------------------------------- fields
    "field-missing": (
        "The field “{field}” is missing.",
        "缺少字段“{field}”。",
        "Add it here.",
        "请在此处补上。",
    ),
    "field-unknown": (
        "There is no field “{field}” here.",
        "此处没有名为“{field}”的字段。",
        "Check its spelling and indentation, or take it out.",
        "请检查拼写与缩进，或删去该字段。",
    ),
    "value-choice": (
        "The value must be one of: {choices}.",
        "取值必须是下列之一：{choices}。",
        "Choose one of them.",
        "请从中选用一个。",
    ),
    "value-format": (
        "The value must match {pattern}.",
        "取值必须匹配 {pattern}。",
        "Write it in that form.",
        "请按该格式书写。",
    ),
    "value-range": (
        "The value must be {wanted}.",
        "取值必须{wanted}。",
        "Change the value.",
        "请修改取值。",
    ),
    "value-type": (
        "The value must be {wanted}.",
        "此处应为{wanted}。",
        "Change the value, or put it between quotes if it is text.",
        "请修改取值；如果是文本，请加上引号。",
    ),
    # --------------------------------------------------------------------------------------------- the tree of files
    "folder-missing": (
        "The folder is not there.",
        "目录不存在。",
        "Check the path that was given.",
        "请检查所给的路径。",
    ),
    "folder-name": (
        "The folder's name does not fit its content; expected “{wanted}”.",
        "目录名与内容不符，应为“{wanted}”。",
        "Rename the folder, or correct the slug or number in the file.",
        "请重命名目录，或更正文件中的 slug 或编号。",
    ),
    "file-unexpected": (
        "This file has no place here.",
        "此处不应有该文件。",
        "Move or remove it; docs/content-format.md lists what belongs here.",
        "请移走或删除；docs/content-format.md 列出了应有的文件。",
    ),
    "slug-twice": (
        "The slug “{slug}” is already used at {other}.",
        "slug“{slug}”已在 {other} 使用。",
        "Give one of the two another slug.",
        "请为其中之一另取 slug。",
    ),
    "uuid-twice": (
        "This uuid already belongs to {other}.",
        "该 uuid 已属于 {other}。",
        "Make a new uuid for the newer of the two.",
        "请为较新的一个生成新的 uuid。",
    ),
    "slug-changed": (
        "This uuid is known as “{before}”; its kind, course and slug cannot change.",
        "该 uuid 已对应“{before}”，其种类、课程和 slug 不可更改。",
        "Put the former slug back, or make a new uuid for a new thing.",
        "请恢复原来的 slug；若确是新内容，请生成新的 uuid。",
    ),
    "uuid-changed": (
        "The slug “{slug}” is known under another uuid.",
        "slug“{slug}”此前对应另一个 uuid。",
        "Put the former uuid back, or choose another slug.",
        "请恢复原来的 uuid，或另取 slug。",
    ),
    "number-twice": (
        "The number {number} is already taken by “{other}”.",
        "编号 {number} 已被“{other}”占用。",
        "Number the chapters without repeating.",
        "请为各章使用不重复的编号。",
    ),
    # -------------------------------------------------------------------------------------------- course and chapter
    "chapter-unlisted": (
        "The chapter “{slug}” does not stand in course.yaml.",
        "course.yaml 中没有章节“{slug}”。",
        "Add it to a part there, or correct the slug.",
        "请将其加入某一篇，或更正 slug。",
    ),
    "chapter-part": (
        "course.yaml has this chapter in the part “{wanted}”.",
        "course.yaml 将本章列在“{wanted}”篇。",
        "Make the two agree.",
        "请使两处一致。",
    ),
    "chapter-title": (
        "course.yaml calls this chapter “{wanted}”.",
        "course.yaml 中本章的标题是“{wanted}”。",
        "Make the two agree.",
        "请使两处一致。",
    ),
    "chapter-topic": (
        "The topic “{topic}” of course.yaml is no heading of this chapter.",
        "course.yaml 所列的主题“{topic}”不是本章的标题。",
        "Add a heading with exactly these words.",
        "请增加文字完全相同的标题。",
    ),
    "prerequisite-unknown": (
        "There is no chapter “{slug}” in course.yaml.",
        "course.yaml 中没有章节“{slug}”。",
        "Name the slug of a chapter.",
        "请填写某一章的 slug。",
    ),
    "lab-unknown": (
        "There is no lab “{slug}”, neither written nor planned in course.yaml.",
        "没有名为“{slug}”的实验：既未编写，也未列入 course.yaml。",
        "Correct the slug, or add it to the chapter's labs in course.yaml.",
        "请更正 slug，或将其加入 course.yaml 中该章的 labs。",
    ),
    "lab-course": (
        "The lab belongs to the course “{slug}”, and this course is “{wanted}”.",
        "该实验属于课程“{slug}”，而当前课程是“{wanted}”。",
        "Correct the course's slug.",
        "请更正课程的 slug。",
    ),
    "lab-unlisted": (
        "The chapter “{chapter}” does not list this lab.",
        "章节“{chapter}”没有列出本实验。",
        "Add the lab's slug to `labs` of that chapter.yaml.",
        "请将本实验的 slug 加入该章 chapter.yaml 的 labs。",
    ),
    # ------------------------------------------------------------------------------------------------------- sources
    "source-twice": (
        "Two sources have the id “{source}”.",
        "有两个来源的 id 都是“{source}”。",
        "Give one of the two another id.",
        "请为其中之一另取 id。",
    ),
    "source-uncited": (
        "The source “{source}” is never cited in {file}.",
        "{file} 从未引用来源“{source}”。",
        "Cite it where the text stands on it, or take it out.",
        "请在相应位置引用，或删去该来源。",
    ),
    "citation-unknown": (
        "There is no source “{source}” in chapter.yaml.",
        "chapter.yaml 中没有来源“{source}”。",
        "Add the source, or correct the id.",
        "请补上该来源，或更正 id。",
    ),
    "citation-syntax": (
        "This citation is not understood.",
        "无法识别该引用。",
        "Write [@id], [@id, place] or [@one; @two].",
        "请写作 [@id]、[@id, 位置] 或 [@one; @two]。",
    ),
    "sources-place": (
        "A chapter with sources has {{{{ sources }}}} exactly once.",
        "列有来源的章节必须恰有一处 {{{{ sources }}}}。",
        "Put it alone on a line under a heading at the end.",
        "请在文末的标题下让它独占一行。",
    ),
    # ---------------------------------------------------------------------------------------------------------- labs
    "suite-syntax": (
        "The suite is no valid Python: {problem}.",
        "测试套件不是合法的 Python：{problem}。",
        "Mend the syntax.",
        "请修正语法。",
    ),
    "suite-keywords": (
        "A case needs the keywords: {keywords}.",
        "用例缺少关键字参数：{keywords}。",
        'Write @case(points=6, en="...", zh="...").',
        '请写作 @case(points=6, en="...", zh="...")。',
    ),
    "suite-keyword-unknown": (
        "A case has no keyword “{keyword}”.",
        "用例没有名为“{keyword}”的参数。",
        "Use points, en, zh, schedules.",
        "请使用 points、en、zh、schedules。",
    ),
    "suite-literal": (
        "“{keyword}” must be written out: a whole number from 1, or a text.",
        "“{keyword}”必须直接写出：从 1 起的整数，或文字。",
        "Write the value itself, not an expression.",
        "请直接写出值，不要用表达式。",
    ),
    "suite-name-twice": (
        "The case “{name}” already stands at {other}.",
        "用例“{name}”已在 {other} 定义。",
        "Rename one of the two.",
        "请为其中之一改名。",
    ),
    "suite-empty": (
        "The suite has no case.",
        "测试套件没有任何用例。",
        "Add a function with @case(...).",
        "请添加带 @case(...) 的函数。",
    ),
    "suite-points": (
        "The points add up to {total}, not to {wanted}.",
        "分值合计为 {total}，应为 {wanted}。",
        "Change the points of some cases.",
        "请调整用例的分值。",
    ),
    "starter-missing": (
        "The file “{name}” of files_allowed has no starter.",
        "files_allowed 中的“{name}”没有起始代码。",
        "Add starter/{name}.",
        "请补上 starter/{name}。",
    ),
    "mutant-case": (
        "The suite has no case “{name}”.",
        "测试套件中没有用例“{name}”。",
        "Name the case that must catch this bug.",
        "请填写应当捕获该缺陷的用例。",
    ),
    # ----------------------------------------------------------------------------------------------------- questions
    "question-section": (
        "The chapter has no heading “{section}”.",
        "该章没有 id 为“{section}”的标题。",
        "Name the id of one of its headings.",
        "请填写该章某个标题的 id。",
    ),
    "question-tag": (
        "The tag “{tag}” is not among those of the chapter.",
        "标签“{tag}”不在该章的标签之中。",
        "Add it to `tags` of chapter.yaml, or use another.",
        "请将其加入 chapter.yaml 的 tags，或改用其他标签。",
    ),
    "quickcheck-unknown": (
        "There is no question “{slug}” of this chapter for quick checks.",
        "本章没有可用作随堂小测的题目“{slug}”。",
        "Correct the slug, or add quick_check to the question's uses.",
        "请更正 slug，或在题目的 uses 中加入 quick_check。",
    ),
    "quickcheck-twice": (
        "The quick check “{slug}” already stands on line {line}.",
        "随堂小测“{slug}”已在第 {line} 行出现。",
        "Keep one of the two.",
        "请只保留其中一处。",
    ),
    "giveaway-length": (
        "The right option is the longest by far ({language}: {right} characters, the wrong ones {wrong} on average).",
        "正确选项明显最长（{language}：{right} 个字符，错误选项平均 {wrong} 个）。",
        "Shorten it, or give the wrong ones as much detail.",
        "请缩短正确选项，或让错误选项同样详细。",
    ),
    "giveaway-phrase": (
        "“{phrase}” gives the answer away or tests reading instead of understanding.",
        "“{phrase}”会泄露答案，或考查的是阅读而非理解。",
        "Replace the option by a real misconception.",
        "请换成真实存在的误解。",
    ),
    "giveaway-order": (
        "Option {place} is the right one in {count} of {total} questions of this chapter.",
        "本章 {total} 道单选题中有 {count} 道的正确选项都在第 {place} 位。",
        "Move the right option in some of them.",
        "请调整其中一些题目的选项次序。",
    ),
}
