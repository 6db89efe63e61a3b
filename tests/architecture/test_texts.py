"""Everything that a person sees exists in English and in Chinese."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.architecture import texts
from tests.architecture.source import ROOT, files, place

PLACEHOLDER = re.compile(r"%\([a-z_]+\)[sd]|%[sd]|\{[a-z_]+\}")


def _id(path: Path) -> str:
    return str(path.relative_to(ROOT))


def test_there_are_texts_to_look_at() -> None:
    assert len(list(texts.messages())) > 100


def test_every_text_has_its_chinese() -> None:
    catalogue = texts.catalogue()
    missing = []
    for where, context, text in texts.messages():
        found = catalogue.get(text, context)
        if found is None or not found.string or found.fuzzy:
            missing.append(f"{where}: {text!r}")
    assert missing == []


def test_every_text_of_the_scripts_has_its_chinese() -> None:
    wanted = list(texts.script_messages())
    catalogue = texts.catalogue("djangojs") if wanted else None
    assert (
        catalogue is None or [one for one in wanted if not getattr(catalogue.get(one[2], one[1]), "string", "")] == []
    )


def test_the_catalogue_holds_nothing_that_nobody_says() -> None:
    said = {text for _, _, text in texts.messages()} | texts.borrowed()
    stale = [text for message in texts.catalogue() if (text := texts.first(message.id)) and text not in said]
    assert stale == []


def test_a_translation_keeps_the_placeholders() -> None:
    wrong = []
    for message in texts.catalogue():
        ids = message.id if isinstance(message.id, tuple) else (message.id,)
        strings = message.string if isinstance(message.string, tuple | list) else (message.string,)
        wanted = set(PLACEHOLDER.findall(str(ids[-1])))
        wrong += [f"{message.lineno}: {text}" for text in strings if set(PLACEHOLDER.findall(str(text))) - wanted]
    assert wrong == []


@pytest.mark.parametrize("path", [path for path in texts.templates() if path.suffix == ".html"], ids=_id)
def test_a_template_shows_no_text_that_is_not_marked(path: Path) -> None:
    assert list(texts.bare_texts(path)) == []


def test_python_shows_no_chinese_outside_the_catalogue() -> None:
    """A Chinese text in the platform's code is one that its English reader cannot have."""
    han = re.compile(r"[\u3400-\u9fff]")
    both = re.compile(r"演练场|简体中文|zh=|\bzh\b|\"zh|# ")
    found = [
        f"{place(path, number)}: {line.strip()}"
        for path in files("platform/drillyard/*.py")
        if "tests" not in path.parts and path.relative_to(ROOT).parts[2] not in {"cli", "catalog", "common"}
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1)
        if han.search(line) and not both.search(line)
    ]
    assert found == []
