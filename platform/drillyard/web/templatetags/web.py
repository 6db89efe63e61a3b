"""What templates need beyond Django: icons, and the reader's language of a text that exists in both."""

from __future__ import annotations

import re
from typing import Any, Final

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

register = template.Library()

_ICONS: Final[dict[str, str]] = {
    "person": '<circle cx="12" cy="8" r="3.75"/><path d="M4.5 20c.8-3.7 3.8-5.5 7.5-5.5s6.7 1.8 7.5 5.5"/>',
    "theme-auto": '<circle cx="12" cy="12" r="8.25"/>'
    '<path d="M12 3.75v16.5a8.25 8.25 0 0 0 0-16.5z" fill="currentColor"/>',
    "theme-light": '<circle cx="12" cy="12" r="4"/><path d="M12 2.5v2.5M12 19v2.5M2.5 12H5M19 12h2.5'
    'M5.3 5.3l1.8 1.8M16.9 16.9l1.8 1.8M5.3 18.7l1.8-1.8M16.9 7.1l1.8-1.8"/>',
    "theme-dark": '<path d="M19.5 14.5A8 8 0 0 1 9.5 4.5a8 8 0 1 0 10 10z"/>',
    "pass": '<circle cx="12" cy="12" r="9"/><path d="M8 12.3l2.8 2.8L16.2 9.5"/>',
    "fail": '<circle cx="12" cy="12" r="9"/><path d="M9 9l6 6M15 9l-6 6"/>',
    "unknown": '<circle cx="12" cy="12" r="9"/><path d="M9.6 9.6a2.5 2.5 0 1 1 3.7 2.2c-.9.5-1.3 1-1.3 1.9'
    'M12 16.8v.1"/>',
    "running": '<path d="M12 3a9 9 0 1 1-8.5 6"/>',
    "waiting": '<circle cx="12" cy="12" r="9" stroke-dasharray="3 3.3"/>',
    "clock": '<circle cx="12" cy="12" r="8.5"/><path d="M12 7.5V12l3 2"/>',
    "download": '<path d="M12 4v11M7.5 11l4.5 4.5L16.5 11M5 20h14"/>',
    "flask": '<path d="M9.5 3.5h5M10.5 3.5v6L5 19a1 1 0 0 0 .9 1.5h12.2A1 1 0 0 0 19 19l-5.5-9.5v-6M8 15h8"/>',
    "question": '<path d="M4 5.5h16v11h-8.5L7 20v-3.5H4z"/><path d="M10.2 9.4a1.9 1.9 0 1 1 2.7 1.7c-.6.3-.9.6'
    '-.9 1.2M12 14.2v.1"/>',
}


@register.simple_tag
def icon(name: str, css: str = "icon") -> SafeString:
    """An inline drawing in the colour of the text around it, silent for screen readers. `KeyError`: no such drawing."""
    drawing = mark_safe(_ICONS[name])  # noqa: S308 - a constant of this module
    return format_html(
        '<svg class="{}" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="1.75"'
        ' stroke-linecap="round" stroke-linejoin="round" aria-hidden="true">{}</svg>',
        css,
        drawing,
    )


def in_language(texts: Any, language: str | None = None) -> str:
    """`texts` is {"en": ..., "zh": ...}; a missing language falls back to the other one."""
    short = "zh" if (language or get_language() or "en").startswith("zh") else "en"
    value = texts.get(short) or texts.get("en") or texts.get("zh") or ""
    return str(value)


@register.filter
def spoken(texts: Any) -> str:
    """The text of a {"en", "zh"} pair in the page's language."""
    return in_language(texts) if texts else ""


_PHRASE_ENDS: Final = re.compile(r"(?<=[，：；、？！])")


@register.filter
def phrases(title: str) -> SafeString:
    """A title whose lines may break after Chinese punctuation first: browsers know no words in Chinese."""
    pieces = [piece for piece in _PHRASE_ENDS.split(title) if piece]
    if len(pieces) == 1:
        return format_html("{}", title)
    return format_html_join("", '<span class="phrase">{}</span>', ((piece,) for piece in pieces))
