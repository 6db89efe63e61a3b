"""YAML as values with places: 1.2's core, limits that hold, and no harm."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drillyard.common.yamlfile import Position, load, parse


def values(text: str) -> dict[str, Any]:
    document, errors = parse(text.encode(), "file.yaml")
    assert document is not None, errors
    return document.value


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("yes", "yes"),
        ("on", "on"),
        ("NO", "NO"),
        ("12:30", "12:30"),
        ("2026-11-20", "2026-11-20"),
        ("007", "007"),
        ("0x1f", "0x1f"),
        (".inf", ".inf"),
        ("1" * 40, "1" * 40),
        ("true", True),
        ("False", False),
        ("null", None),
        ("~", None),
        ("", None),
        ("-7", -7),
        ("0.25", 0.25),
        ("1e3", 1000.0),
        ("'7'", "7"),
        ('"true"', "true"),
    ],
)
def test_a_plain_scalar_is_what_the_core_schema_says(written: str, value: Any) -> None:
    found = values(f"a: {written}\n")["a"]
    assert found == value
    assert type(found) is type(value)


def test_every_value_and_every_key_has_its_place() -> None:
    document, _ = parse("a: 1\nb:\n  - x\n  - {c: 熔断, d: 2}\n".encode(), "file.yaml")
    assert document is not None
    assert document.position(("b", 0)) == Position(3, 5)
    assert document.position(("b", 1, "d")) == Position(4, 16)
    assert document.position(("b", 1, "d"), of_key=True) == Position(4, 13)


def test_what_is_not_there_is_placed_at_its_nearest_ancestor() -> None:
    document, _ = parse(b"a: 1\nb:\n  - x: 1\n", "file.yaml")
    assert document is not None
    assert document.position(("b", 0, "missing")) == Position(3, 5)
    assert document.position(("b", "variant", 0, "x")) == Position(3, 8)
    assert document.position(("nothing",)) == Position(1, 1)


@pytest.mark.parametrize(
    "text",
    [
        "a: &a [x, x, x, x, x, x, x, x, x]\n"
        + "".join(f"{c}: &{c} [{', '.join([f'*{b}'] * 9)}]\n" for b, c in zip("abcdefgh", "bcdefghi", strict=True)),
        "a: &a [*a]",
        "a: " + "[" * 100_000,
        "a: " + "{x: " * 20_000,
        "a: " + "[" * 5_000 + "]" * 5_000,
        "- " * 100_000,
        "x: 1\n" * 40_000,
    ],
)
def test_a_bomb_is_refused_at_once(text: str) -> None:
    start = time.monotonic()
    document, errors = parse(text.encode(), "file.yaml")
    assert document is None
    assert errors
    assert time.monotonic() - start < 10


@pytest.mark.parametrize(
    "tag", ["!!python/object:os.system", "!!python/name:os.getpid", "!custom", "!!set", "!!binary"]
)
def test_a_tag_makes_nothing(tag: str) -> None:
    document, errors = parse(f"a: {tag} x\n".encode(), "file.yaml")
    assert document is None
    assert [one.id for one in errors] == ["yaml-tag"]


def test_a_merge_key_is_a_key_like_any_other() -> None:
    assert values("a: &a {x: 1}\nb: {'<<': 2}\n<<: 3\n") == {"a": {"x": 1}, "b": {"<<": 2}, "<<": 3}


def test_a_file_that_is_not_there_is_an_error_and_not_an_exception(tmp_path: Path) -> None:
    document, errors = load(tmp_path / "none.yaml", "none.yaml")
    assert document is None
    assert [(one.file, one.id) for one in errors] == [("none.yaml", "file-missing")]


@given(st.binary(max_size=200))
def test_no_bytes_raise_and_every_refusal_has_a_place(data: bytes) -> None:
    document, errors = parse(data, "file.yaml")
    assert (document is None) == bool(errors)
    assert all(one.line >= 1 and one.column >= 1 for one in errors)


@given(st.text(alphabet=":-[]{}&*!|>'\"#%@`, \nab1?\t中", max_size=60))
def test_no_text_raises(text: str) -> None:
    document, errors = parse(text.encode(), "file.yaml")
    assert (document is None) == bool(errors)
