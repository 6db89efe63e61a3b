"""Faults of written text: id -> what is wrong (en, zh), how to mend it (en, zh)."""

from __future__ import annotations

from typing import Final

PROSE: Final[dict[str, tuple[str, str, str, str]]] = {
    # ---------------------------------------------------------------------------------------------------------- text
    "heading-id-missing": (
        "The heading has no id.",
        "标题没有 id。",
        "End the line with {{#an-id}}, the same in both languages.",
        "请在行末加上 {{#an-id}}，两种语言相同。",
    ),
    "heading-level": (
        "Headings go from level 2 to level 4 and skip none; this is level {level} after level {before}.",
        "标题为 2 至 4 级且不得跳级；此处为 {level} 级，其前为 {before} 级。",
        "Change the number of # signs.",
        "请修改 # 的个数。",
    ),
    "id-form": (
        "“{id}” is no id: lower-case letters, digits and single dashes.",
        "“{id}”不能用作 id：只能用小写字母、数字和单个连字符。",
        "Write the id in that form.",
        "请按该格式书写。",
    ),
    "id-twice": (
        "The id “{id}” is already used on line {line}.",
        "id“{id}”已在第 {line} 行使用。",
        "Give one of the two another id.",
        "请为其中之一另取 id。",
    ),
    "list-blank-line": (
        "A list needs a blank line before it.",
        "列表之前需要空行。",
        "Add a blank line above, or escape the first character.",
        "请在上方加空行，或转义首字符。",
    ),
    "table-blank-line": (
        "A table needs a blank line before it and its header directly above the dashes.",
        "表格之前需要空行，表头须紧接在横线之上。",
        "Add a blank line above the header.",
        "请在表头上方加空行。",
    ),
    "block-structure": (
        "This block is read as “{seen}” but looks like “{wanted}”.",
        "该段被解析为“{seen}”，但看上去应是“{wanted}”。",
        "Put blank lines around it and check its indentation.",
        "请在前后加空行并检查缩进。",
    ),
    "code-unclosed": (
        "This code fence is never closed.",
        "该代码块没有结束。",
        "Close it with the same number of backticks.",
        "请用同样数量的反引号结束。",
    ),
    "code-language": (
        "The code fence names no language that Pygments knows (“{language}”).",
        "代码块没有写明 Pygments 所识别的语言（“{language}”）。",
        "Name one; `text` for plain text.",
        "请写明语言；纯文本用 text。",
    ),
    "code-mermaid": (
        "Mermaid is not drawn when a page is shown.",
        "页面显示时不会绘制 Mermaid。",
        "Keep the source as figures/NAME.mmd, render it, and show the figure.",
        "请把源文件存为 figures/NAME.mmd，渲染后以插图引用。",
    ),
    "raw-html": (
        "Raw HTML is not allowed: {tag}",
        "不允许使用原始 HTML：{tag}",
        "Use the dialect of docs/content-format.md, or put it in a code span.",
        "请使用 docs/content-format.md 中的写法，或放入代码片段。",
    ),
    "attribute-refused": (
        "The attribute “{attribute}” is not allowed.",
        "不允许使用属性“{attribute}”。",
        "Take it out.",
        "请删去。",
    ),
    "note-kind": (
        "There is no kind of note called “{kind}”.",
        "没有名为“{kind}”的提示框类型。",
        "Use one of: {kinds}.",
        "请使用下列之一：{kinds}。",
    ),
    "directive-unknown": (
        "“{name}” is nothing that can be placed in this text.",
        "此处不能放置“{name}”。",
        "Use {{{{ sources }}}} or {{{{ quickcheck: slug }}}}, in a chapter, alone on a line and not indented.",
        "请在章节正文中以独占一行且不缩进的 {{{{ sources }}}} 或 {{{{ quickcheck: slug }}}} 书写。",
    ),
    "formula-invalid": (
        "The formula is not understood: {problem}.",
        "无法识别该公式：{problem}。",
        "Use LaTeX that latex2mathml knows.",
        "请使用 latex2mathml 支持的 LaTeX。",
    ),
    "footnote-undefined": (
        "The footnote “{name}” is not defined.",
        "脚注“{name}”没有定义。",
        "Add [^{name}]: and its text.",
        "请补上 [^{name}]: 及其内容。",
    ),
    "footnote-unused": (
        "The footnote “{name}” is never referred to.",
        "脚注“{name}”从未被引用。",
        "Refer to it by [^{name}], or take it out.",
        "请用 [^{name}] 引用，或删去。",
    ),
    # --------------------------------------------------------------------------------------------------------- links
    "link-scheme": (
        "A link cannot lead to “{target}”.",
        "链接不能指向“{target}”。",
        "Use https://, #id, chapter:slug#id or lab:slug.",
        "请使用 https://、#id、chapter:slug#id 或 lab:slug。",
    ),
    "link-target": (
        "There is no {kind} “{slug}”, neither written nor planned.",
        "没有名为“{slug}”的 {kind}：既未编写，也未列入计划。",
        "Correct the slug.",
        "请更正 slug。",
    ),
    "link-anchor": (
        "There is no id “{anchor}” there.",
        "目标处没有 id“{anchor}”。",
        "Link to the id of a heading, a figure or a named block.",
        "请链接到标题、插图或具名段落的 id。",
    ),
    # ------------------------------------------------------------------------------------------------------- figures
    "figure-alone": (
        "A figure stands alone in its paragraph, with nothing before, after or around it.",
        "插图须独占一段，前后及外层都不能有其他内容。",
        "Put blank lines around it and do not indent it.",
        "请在前后加空行，且不要缩进。",
    ),
    "figure-part": (
        "The figure lacks its {part}.",
        "插图缺少{part_zh}。",
        'Write ![alternative](figures/name.svg "Caption"){{#fig-name}}.',
        '请写作 ![替代文字](figures/name.svg "图注"){{#fig-name}}。',
    ),
    "figure-missing": (
        "No file in figures/ serves “{path}” in this language.",
        "figures/ 中没有可供该语言使用的“{path}”。",
        "Add one of: {candidates}.",
        "请补上下列文件之一：{candidates}。",
    ),
    "figure-unused": (
        "No text shows this file.",
        "正文没有用到该文件。",
        "Show it, or remove it.",
        "请在正文中引用，或删除。",
    ),
    "figure-stale": (
        "This picture is not of the present {source}.",
        "该图片并非由当前的 {source} 生成。",
        "Render it again and stamp it: python -m drillyard.catalog.content.figures stamp {source}.",
        "请重新渲染并标记：python -m drillyard.catalog.content.figures stamp {source}。",
    ),
    "figure-unrendered": (
        "The Mermaid source has no {missing}.",
        "该 Mermaid 源文件缺少 {missing}。",
        "Render it for light and for dark ground.",
        "请分别渲染浅色和深色两版。",
    ),
    "figure-unsafe": (
        "The picture is refused: {problem}.",
        "该图片未被接受：{problem}。",
        "Save it as a plain, self-contained picture.",
        "请另存为不依赖外部资源的普通图片。",
    ),
    # ------------------------------------------------------------------------------------------------- two languages
    "parity-headings": (
        "The headings differ: here “{here}”, in {other} “{there}” (line {line}).",
        "标题不一致：此处为“{here}”，{other} 中为“{there}”（第 {line} 行）。",
        "Give both texts the same headings: level, id, order.",
        "请使两种语言的标题在级别、id 和顺序上一致。",
    ),
    "parity-blocks": (
        "The blocks differ from here: {here}; in {other}: {there} (line {line}).",
        "从此处起两种语言的段落不一致：此处为{here_zh}，{other} 中为{there_zh}（第 {line} 行）。",
        "Give both texts the same blocks in the same order.",
        "请使两种语言的段落种类与顺序一致。",
    ),
    "parity-shape": (
        "This block has {here}, its counterpart in {other} has {there} (line {line}).",
        "该段为 {here}，{other} 中对应的段落为 {there}（第 {line} 行）。",
        "Give both the same number of items, rows and columns, and the same id.",
        "请使两者的项数、行列数和 id 一致。",
    ),
    "parity-code": (
        "The code differs from its counterpart in {other} (line {line}) in more than comments.",
        "该代码与 {other} 中的对应代码（第 {line} 行）不只是注释不同。",
        "Copy the code; translate comments and docstrings only.",
        "请照抄代码，只翻译注释与文档字符串。",
    ),
    "parity-references": (
        "Citations, links or footnotes differ: here {here}; in {other}: {there} (line {line}).",
        "引用、链接或脚注不一致：此处为 {here}，{other} 中为 {there}（第 {line} 行）。",
        "Give both blocks the same ones.",
        "请使两段的引用、链接和脚注一致。",
    ),
    # ------------------------------------------------------------------------------------------------------- Chinese
    "zh-punctuation": (
        "Half-width “{mark}” beside Han.",
        "汉字旁使用了半角标点“{mark}”。",
        "Write the full-width mark.",
        "请改用全角标点。",
    ),
    "zh-spacing": (
        "Han and Latin touch: “{seen}”.",
        "汉字与西文之间没有空格：“{seen}”。",
        "Put one space between them.",
        "请在两者之间加一个空格。",
    ),
    "zh-italics": (
        "Han is not set in italics.",
        "汉字不使用斜体。",
        "Use **...** or nothing.",
        "请改用 **...**，或不加强调。",
    ),
    # ------------------------------------------------------------------------------------------------ code that runs
    "code-failed": (
        "The code ends with an error: {problem}",
        "代码运行出错：{problem}",
        "Mend the code, or take out .run.",
        "请修正代码，或去掉 .run。",
    ),
    "code-timeout": (
        "The code still ran after {seconds} s.",
        "代码运行超过 {seconds} 秒仍未结束。",
        "Make it shorter.",
        "请缩短运行时间。",
    ),
    "code-output": (
        "The code prints “{seen}” where the text says “{wanted}”.",
        "代码输出“{seen}”，而正文写的是“{wanted}”。",
        "Put what it prints into the .output block.",
        "请把实际输出写入 .output 代码块。",
    ),
    "code-order": (
        "“.{name}” has no code that runs before it.",
        "“.{name}”之前没有可运行的代码。",
        "Put it directly after a {{.python .run}} block.",
        "请把它放在 {{.python .run}} 代码块之后。",
    ),
}
