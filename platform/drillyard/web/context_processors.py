"""What every page's frame needs, read from the address and one cookie: nothing about the reader."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from django.http import HttpRequest
from django.urls import reverse, translate_url
from django.utils.functional import SimpleLazyObject
from django.utils.translation import get_language

THEME_COOKIE: Final = "theme"
THEMES: Final = ("auto", "light", "dark")
COURSE_DEFAULT: Final = "ftdr"
"""The course that the frame of a page outside any course leads to."""

_NAMES: Final = {"en": ("English", "Drillyard"), "zh-Hans": ("简体中文", "演练场")}


@dataclass(frozen=True, slots=True)
class Page:
    """`lang` and `other_lang` are BCP 47 tags; `other_url` is this page in the other language.

    `course` is the slug of the course at hand.
    """

    lang: str
    theme: str
    section: str
    course: str
    other_lang: str
    other_name: str
    other_brand: str
    other_url: str


def theme_of(request: HttpRequest) -> str:
    """The theme that the browser's cookie asks for; a made-up one is the system's."""
    theme = request.COOKIES.get(THEME_COOKIE, "auto")
    return theme if theme in THEMES else "auto"


def lang_of_page() -> str:
    """The BCP 47 tag of the language that the page is written in."""
    return "zh-Hans" if (get_language() or "").startswith("zh") else "en"


_SECTIONS: Final = {
    "contents": "contents",
    "chapter": "contents",
    "labs": "labs",
    "lab": "labs",
    "lab_submit": "labs",
    "leaderboard": "labs",
    "submissions": "submissions",
    "submission": "submissions",
}


def _page(request: HttpRequest) -> Page:
    lang = lang_of_page()
    other = "en" if lang == "zh-Hans" else "zh-Hans"
    name, brand = _NAMES[other]
    match = request.resolver_match
    address = request.get_full_path() if request.method in ("GET", "HEAD") else request.path
    return Page(
        lang=lang,
        theme=theme_of(request),
        section=_SECTIONS.get(match.url_name or "", "") if match else "",
        course=match.kwargs.get("course", COURSE_DEFAULT) if match else COURSE_DEFAULT,
        other_lang=other,
        other_name=name,
        other_brand=brand,
        other_url=_in_other_language(address, other.lower()),
    )


def _in_other_language(address: str, language: str) -> str:
    """This page in `language`; for an address that leads nowhere, the first page."""
    translated = translate_url(address, language)
    return translated if translated != address else translate_url(reverse("home"), language)


def page(request: HttpRequest) -> dict[str, Page]:
    """`page` for `web/base.html`."""
    return {"page": SimpleLazyObject(lambda: _page(request))}  # type: ignore[dict-item]  # it behaves as a Page
