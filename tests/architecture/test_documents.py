"""Documentation is tested: links lead somewhere, verbs are listed, decisions say what was rejected."""

from __future__ import annotations

import re
import subprocess
import urllib.parse
from pathlib import Path

import pytest

from devtools.verbs import VERBS
from tests.architecture.source import ROOT, files, place

CONTENT = ("courses/", "labs/", "question_bank/", "tests/content/good/")
DOCUMENTS = [path for path in files("*.md") if not str(path.relative_to(ROOT)).startswith(CONTENT)]
DECISIONS = files("docs/decisions/*.md")
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)|<(?:img|source|a)\b[^>]*?(?:src|srcset|href)=\"([^\"]+)\"")
CODE = re.compile(r"^(```|~~~).*?^\1|`[^`\n]+`", re.DOTALL | re.MULTILINE)
FENCE = re.compile(r"^(```|~~~).*?^\1", re.DOTALL | re.MULTILINE)
HEADING = re.compile(r"^#{1,6}\s+(.+?)\s*$", re.MULTILINE)


def _id(path: Path) -> str:
    return str(path.relative_to(ROOT))


def _anchors(path: Path) -> set[str]:
    """The anchors that a forge makes of a page's headings."""
    found = set()
    for heading in HEADING.findall(FENCE.sub("", path.read_text("utf-8"))):
        words = re.sub(r"[^\w\- ]", "", heading.replace("`", "").lower())
        found.add(words.replace(" ", "-"))
    return found


@pytest.mark.parametrize("path", DOCUMENTS, ids=_id)
def test_every_link_within_the_project_leads_somewhere(path: Path) -> None:
    broken = []
    for groups in LINK.findall(CODE.sub("", path.read_text("utf-8"))):
        address = next(group for group in groups if group)
        if urllib.parse.urlsplit(address).scheme:
            continue
        target, _, anchor = urllib.parse.unquote(address).partition("#")
        there = (path.parent / target).resolve() if target else path
        if not there.exists() or (anchor and there.suffix == ".md" and anchor not in _anchors(there)):
            broken.append(address)
    assert broken == []


def test_there_are_decisions_to_look_at() -> None:
    assert len(DECISIONS) > 5


@pytest.mark.parametrize("path", DECISIONS, ids=_id)
def test_a_decision_says_what_was_rejected(path: Path) -> None:
    text = path.read_text("utf-8")
    assert re.match(r"# \d{4} \S", text)
    assert path.name.startswith(text[2:6])
    for part in ("Status:", "## Context", "## Decision", "## Rejected alternatives"):
        assert part in text, f"{part} is missing"


def test_decisions_have_numbers_of_their_own() -> None:
    numbers = [path.name[:4] for path in DECISIONS]
    assert sorted(set(numbers)) == sorted(numbers)


def test_the_index_of_decisions_lists_them_all() -> None:
    index = (ROOT / "docs" / "architecture.md").read_text("utf-8")
    assert [path.name for path in DECISIONS if f"decisions/{path.name}" not in index] == []


def test_the_makefile_has_the_verbs_of_dev_and_says_the_same_of_them() -> None:
    text = (ROOT / "Makefile").read_text("utf-8")
    listed = re.findall(r"^(\w+): ## (.+)\n\t@\$\(PYTHON\) \./dev (\w+) \$\(ARGS\)$", text, re.MULTILINE)
    assert [(name, help_line, name) for name, help_line, _ in listed] == [
        (verb.name, verb.en, verb.name) for verb in VERBS
    ]
    assert all(name == passed for name, _, passed in listed)


def test_the_page_that_lists_the_verbs_lists_them_all() -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    assert [verb.name for verb in VERBS if f"make {verb.name}" not in text] == []


def test_every_setting_is_documented() -> None:
    """What can be set from outside stands in the operators' page."""
    page = (ROOT / "docs" / "operations.md").read_text("utf-8")
    source = (ROOT / "platform" / "drillyard" / "config" / "environment.py").read_text("utf-8")
    names = set(re.findall(r"env\.\w+\(\"([A-Z_]+)\"", source))
    assert names
    assert sorted(name for name in names if f"DRILLYARD_{name}" not in page) == []


def test_both_readmes_have_the_same_parts() -> None:
    """A README that one language has updated and the other has not would mislead half its readers."""
    english, chinese = ((ROOT / name).read_text("utf-8") for name in ("README.md", "README.zh.md"))
    assert english.count("\n## ") == chinese.count("\n## ")
    assert _commands(english) == _commands(chinese)


def _commands(text: str) -> list[str]:
    blocks = re.findall(r"^```sh\n(.*?)^```", text, re.DOTALL | re.MULTILINE)
    return [line.partition("#")[0].strip() for block in blocks for line in block.splitlines()]


def test_no_file_names_a_place_of_one_machine() -> None:
    """Paths below someone's home, and registries that only one network reaches."""
    homes = re.compile(r"/(?:home|Users)/[a-z][\w-]+/|/root/\.")
    found = []
    for path in files():
        if path.suffix in {".png", ".webp", ".woff2", ".ico"}:
            continue
        for number, line in enumerate(path.read_text("utf-8", "replace").splitlines(), 1):
            if homes.search(line) and path != Path(__file__):
                found.append(place(path, number))
    assert found == []


def test_lock_files_name_public_registries_only() -> None:
    hosts = set(re.findall(r"https?://([^/\"]+)", (ROOT / "uv.lock").read_text("utf-8")))
    assert hosts <= {"pypi.org", "files.pythonhosted.org"}
    lock = ROOT / "package-lock.json"
    assert set(re.findall(r"\"resolved\": \"https?://([^/\"]+)", lock.read_text("utf-8"))) <= {"registry.npmjs.org"}


def test_nothing_that_a_run_writes_is_tracked() -> None:
    listed = subprocess.run(["git", "-C", str(ROOT), "ls-files"], capture_output=True, check=True, text=True).stdout
    written = re.compile(r"^(var|node_modules|\.venv|test-results)/|static/build/|\.mo$|\.pyc$")
    assert [name for name in listed.splitlines() if written.search(name)] == []
