from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from drillyard.config import environment

PRODUCTION = {
    "DRILLYARD_PRODUCTION": "1",
    "DRILLYARD_EMAIL_URL": "smtp://mail.example.org:25",
    "DRILLYARD_SECRET_KEY": "k" * 50,
    "DRILLYARD_SEED_SECRET": "s" * 50,
    "DRILLYARD_ALLOWED_HOSTS": "drill.example.org",
    "DRILLYARD_SANDBOX": "bwrap",
}


@pytest.fixture(autouse=True)
def _bare(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in list(os.environ):
        if name.startswith("DRILLYARD_"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("DRILLYARD_VAR_DIR", str(tmp_path / "var"))


def _read(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, **values: str) -> environment.Environment:
    for name, value in values.items():
        monkeypatch.setenv(name, value)
    return environment.read(tmp_path)


def test_a_local_installation_makes_its_secrets_once_and_keeps_them_to_itself(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    first, second = _read(monkeypatch, tmp_path), _read(monkeypatch, tmp_path)
    assert first.secret_key == second.secret_key
    assert first.secret_key != first.configuration.seed_secret
    for name in ("secret_key", "seed_secret"):
        assert stat.S_IMODE((tmp_path / "var" / name).stat().st_mode) == 0o600
    assert first.secret_key not in repr(first)
    assert sorted(path.name for path in (tmp_path / "var").iterdir()) == ["secret_key", "seed_secret"]


def test_every_wrong_setting_is_named_in_one_message(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with pytest.raises(ImproperlyConfigured) as refusal:
        _read(monkeypatch, tmp_path, DRILLYARD_DEBUG="perhaps", DRILLYARD_GRADING_LEASE_S="soon")
    assert "DRILLYARD_DEBUG" in str(refusal.value)
    assert "DRILLYARD_GRADING_LEASE_S" in str(refusal.value)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DRILLYARD_SANDBOX", "none"),
        ("DRILLYARD_GRADING_HEARTBEAT_S", "29"),
        ("DRILLYARD_GRADING_ATTEMPTS_MAX", "0"),
        ("DRILLYARD_SUBMISSION_FILES_MAX", "-1"),
    ],
)
def test_what_makes_no_sense_is_refused_by_name(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str, value: str
) -> None:
    with pytest.raises(ImproperlyConfigured, match=name):
        _read(monkeypatch, tmp_path, **{name: value})


def test_a_production_installation_starts_with_what_it_needs(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    found = _read(monkeypatch, tmp_path, **PRODUCTION)
    assert found.configuration.production
    assert not found.configuration.demo_accounts
    assert not (tmp_path / "var").exists()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DRILLYARD_DEBUG", "1"),
        ("DRILLYARD_SECRET_KEY", ""),
        ("DRILLYARD_SECRET_KEY", "short"),
        ("DRILLYARD_SEED_SECRET", ""),
        ("DRILLYARD_SEED_SECRET", "k" * 50),
        ("DRILLYARD_ALLOWED_HOSTS", ""),
        ("DRILLYARD_ALLOWED_HOSTS", "*"),
        ("DRILLYARD_SANDBOX", "auto"),
        ("DRILLYARD_SANDBOX", "plain"),
        ("DRILLYARD_SANDBOX", "inprocess"),
        ("DRILLYARD_DEMO_ACCOUNTS", "1"),
        ("DRILLYARD_EMAIL_URL", ""),
    ],
)
def test_a_production_installation_refuses_what_is_only_fit_for_a_laptop(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str, value: str
) -> None:
    with pytest.raises(ImproperlyConfigured, match=name):
        _read(monkeypatch, tmp_path, **{**PRODUCTION, name: value})


def test_a_state_folder_that_cannot_be_made_is_named_with_a_way_out(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "var").write_text("a file where the folder should be")
    with pytest.raises(ImproperlyConfigured, match="DRILLYARD_VAR_DIR"):
        _read(monkeypatch, tmp_path)


def test_postgresql_is_one_setting_away(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    found = _read(monkeypatch, tmp_path, DRILLYARD_DATABASE_URL="postgresql://u:p@db.example.org/drill")
    assert found.database["ENGINE"] == "django.db.backends.postgresql"
