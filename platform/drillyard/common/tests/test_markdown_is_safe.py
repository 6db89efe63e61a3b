"""Whatever is written, the HTML holds nothing that a strict policy would have to stop."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drillyard.common.markdown import Context, FormulaError, Picture, SourceLine, formula_html, render, render_inline

SOURCES = (SourceLine("knuth", "Art", "Donald E. Knuth", 1997, "Press", "https://example.org"),)
CONTEXT = Context("en", link=lambda kind, slug, anchor: f"../{slug}/", sources=SOURCES)
ATTACKS = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<!-- x --><style>*{color:red}</style>",
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](data:text/html,<script>alert(1)</script>)",
    "<javascript:alert(1)>",
    "[x](vbscript:x)",
    "![x](javascript:alert(1))",
    '![x](figures/a.svg "c"){onload=alert(1)}',
    "word\n{: style=color:red onclick=alert(1) #a }",
    "[x](#a){: onclick=alert(1) style=color:red }",
    '``` {.python onclick="alert(1)" title="<script>alert(1)</script>"}\nx\n```',
    '!!! note "<script>alert(1)</script>"\n    x',
    '??? tip "<img src=x onerror=alert(1)>"\n    x',
    '=== "<script>alert(1)</script>"\n    x',
    "| a |\n|---|\n| <b onclick=x>b</b> |",
    "\\(\\href{javascript:alert(1)}{x}\\)",
    "\\(\\text{<script>alert(1)</script>}\\)",
    "$$\n\\style{color:red}{x}\n$$",
    "[^x]\n\n[^x]: <script>alert(1)</script>",
    '{{ quickcheck: x"><script>alert(1)</script> }}',
    '<div data-dy-segment="quickcheck:x"></div>',
    "[@knuth, <script>alert(1)</script>]",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "\x02wzxhzdk:0\x03 \x02amp\x03",
    "[x]: javascript:alert(1)\n\n[x]",
)


class Seen(HTMLParser):
    """What a browser would make of it."""

    def __init__(self) -> None:
        super().__init__()
        self.bad: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in ("script", "style", "iframe", "object", "embed", "form", "link", "meta", "base", "svg"):
            self.bad.append(tag)
        for name, value in attrs:
            address = re.sub(r"[\x00-\x20]", "", (value or "").lower())
            if name.startswith("on") or name in ("style", "srcdoc", "formaction"):
                self.bad.append(f"{tag} {name}")
            if name in ("href", "src") and not address.startswith(("#", "../", "https://", "http://", "figures/")):
                self.bad.append(f"{tag} {name}={value}")


def bad_in(html: str) -> list[str]:
    seen = Seen()
    seen.feed(html)
    seen.close()
    return seen.bad


@pytest.mark.parametrize("attack", ATTACKS)
def test_an_attack_shows_as_text_or_not_at_all(attack: str) -> None:
    assert bad_in(render(attack, CONTEXT).html) == []
    assert bad_in(render_inline(attack, "en")) == []


@settings(max_examples=200, deadline=None)
@given(st.lists(st.sampled_from([*ATTACKS, "\n", "\n\n", "    ", "**", "`", "中文", "{", "}", "<", '"']), max_size=8))
def test_no_mixture_of_attacks_does_better(pieces: list[str]) -> None:
    assert bad_in(render("".join(pieces), CONTEXT).html) == []


def test_a_place_for_a_quick_check_cannot_be_forged() -> None:
    rendered = render('a\n{: data-dy-segment="quickcheck:x" }\n\n<div data-dy-segment="quickcheck:x"></div>', CONTEXT)
    assert [segment.kind for segment in rendered.segments] == ["html"]


def test_code_is_coloured_by_classes_only() -> None:
    html = render("```python\nx = 1  # one\n```", CONTEXT).html
    assert 'class="c1"' in html
    assert "style=" not in html
    assert '<pre tabindex="0" translate="no">' in html


def test_columns_are_aligned_without_styles_and_wide_tables_can_be_scrolled_by_keyboard() -> None:
    html = render("| a | b |\n|:--|--:|\n| 1 | 2 |", CONTEXT).html
    assert '<td align="right">2</td>' in html
    assert 'role="group" tabindex="0"' in html
    assert "style=" not in html


def test_every_block_has_an_id_derived_from_its_heading_or_its_own() -> None:
    html = render("## One {#one}\n\na\n\n- b\n\nc\n{: #named }\n\n```text\nd\n```", CONTEXT).html
    assert re.findall(r'id="([^"]+)"', html) == ["one", "one-1", "one-2", "named", "one-4"]


def test_a_citation_leads_to_its_entry_and_an_unknown_one_stays_as_written() -> None:
    html = render("As said [@knuth, ch. 2] and [@nobody].\n\n{{ sources }}", CONTEXT).html
    assert '<a href="#source-knuth" title="Donald E. Knuth: Art (1997)">1</a>, ch. 2]' in html
    assert "[@nobody]" in html
    assert '<li id="source-knuth">' in html


def test_a_link_to_what_is_planned_is_plain_text() -> None:
    planned = Context("en", link=lambda *_: None)
    assert (
        render("[later](chapter:later#x)", planned).html == '<p id="start-1"><span class="dy-planned">later</span></p>'
    )


def test_a_figure_has_a_picture_for_each_theme_and_its_size() -> None:
    context = Context("en", picture=lambda path: Picture("figures/a.svg", "figures/b.svg", 30, 20))
    html = render('![A lamp](figures/x.svg "Figure 1. *Lamp*."){#fig-lamp}', context).html
    assert html.count('alt="A lamp"') == 2
    assert re.search(r'class="dy-figure-dark"[^>]*height="20"[^>]*src="figures/b.svg" width="30"', html)
    assert "<figcaption>Figure 1. <em>Lamp</em>.</figcaption>" in html


def test_han_in_english_is_marked_as_chinese_and_lines_of_han_join_without_a_space() -> None:
    assert render_inline("The 熔断器 trips", "en") == 'The <span lang="zh-Hans">熔断器</span> trips'
    assert render_inline("熔断\n器，\n跳闸 and\nLatin", "zh") == "熔断器，跳闸 and\nLatin"


def test_a_note_without_a_title_is_named_in_the_pages_language() -> None:
    assert "注意" in render("!!! warning\n    x", Context("zh")).html
    assert "Warning" in render("!!! warning\n    x", Context("en")).html


def test_a_formula_is_mathml_that_screen_readers_can_say() -> None:
    html = formula_html(r"\frac{1}{2}", block=True)
    assert html.startswith('<math display="block" alttext="\\frac{1}{2}">')


@pytest.mark.parametrize("latex", ["", r"\nosuchcommand{x}", r"\left( x", "x" * 2_001])
def test_a_formula_that_is_not_understood_says_so(latex: str) -> None:
    with pytest.raises(FormulaError):
        formula_html(latex, block=False)


def test_the_same_text_gives_the_same_html_whatever_was_rendered_before() -> None:
    first = render("## A {#a}\n\nx[^1]\n\n[^1]: y", CONTEXT).html
    render("## B {#b}\n\nz[^1]\n\n[^1]: w", CONTEXT)
    assert render("## A {#a}\n\nx[^1]\n\n[^1]: y", CONTEXT).html == first
