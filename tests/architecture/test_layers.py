"""Imports and foreign keys point one way. A foreign key named in a string is an import that import-linter misses."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.contrib.auth import get_user_model
from django.db import models

from tests.architecture.source import ROOT, configuration, files, place, tree

PLATFORM = ROOT / "platform" / "drillyard"


def _layers(container: str) -> list[list[str]]:
    """The layers of one contract, the highest first, each with its siblings."""
    contracts = configuration()["tool"]["importlinter"]["contracts"]
    contract = next(one for one in contracts if one["type"] == "layers" and one["containers"] == [container])
    return [[name.strip().strip("()") for name in layer.split("|")] for layer in contract["layers"]]


def _rooms(folder: Path) -> set[str]:
    return {path.parent.name for path in folder.glob("*/__init__.py")}


def _height(app: str) -> int:
    layers = _layers("drillyard")
    return next(len(layers) - number for number, layer in enumerate(layers) if app in layer)


def test_every_room_of_the_platform_has_its_layer() -> None:
    known = {name for layer in _layers("drillyard") for name in layer}
    assert _rooms(PLATFORM) <= known


def test_every_room_of_the_graders_has_its_layer() -> None:
    known = {name for layer in _layers("graders") for name in layer}
    assert _rooms(ROOT / "graders") - {"tests"} <= known


def test_platform_is_a_folder_on_the_path_and_no_package() -> None:
    """An `__init__.py` there would hide the standard library's `platform`; `import uuid` would die of it."""
    assert not (ROOT / "platform" / "__init__.py").exists()


def _relations() -> Iterator[tuple[str, str, str]]:
    """Who points (`app.Model.field`), from which app, to which app. People may be pointed at from everywhere."""
    for model in apps.get_models(include_auto_created=True):
        app = model._meta.app_config
        if not app.name.startswith("drillyard."):
            continue
        for relation in model._meta.get_fields():
            if isinstance(relation, models.ForeignKey | models.ManyToManyField):
                target = relation.related_model._meta.app_config
                if target.name.startswith("drillyard.") and relation.related_model is not get_user_model():
                    yield f"{model._meta.label}.{relation.name}", app.label, target.label


def test_there_are_foreign_keys_to_look_at() -> None:
    assert len(list(_relations())) > 5


@pytest.mark.parametrize(("field", "source", "target"), [pytest.param(*one, id=one[0]) for one in _relations()])
def test_a_foreign_key_points_down(field: str, source: str, target: str) -> None:
    assert source == target or _height(target) < _height(source), f"{field}: {source} may not know {target}"


def test_only_accounts_names_its_user_model() -> None:
    """Everyone else says `settings.AUTH_USER_MODEL` or `get_user_model`, so that the model can be replaced."""
    found = []
    for path in files("platform/drillyard/*.py"):
        room = path.relative_to(PLATFORM).parts[0]
        if room in {"accounts", "config", "conftest.py"} or "tests" in path.parts or "migrations" in path.parts:
            continue
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.ImportFrom) and node.module == "drillyard.accounts.models":
                found.append(place(path, node))
            if isinstance(node, ast.Constant) and node.value == "accounts.User":
                found.append(place(path, node))
    assert found == []


def test_no_signal_crosses_apps() -> None:
    """A receiver is an import that runs backwards. An app learns of a lower app's event by consuming its outbox."""
    heralds = ("django.dispatch", "django.db.models.signals")
    found = [
        place(path, node)
        for path in files("platform/drillyard/*.py")
        if "tests" not in path.parts
        for node in ast.walk(tree(path))
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(heralds)
    ]
    assert found == []
