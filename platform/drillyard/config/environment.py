"""What the environment says, typed, with every error at once.

An installation that starts with a wrong setting fails later, at night, on the page that needs it. So everything is read
here, once, before anything else runs; all errors are collected into one message; and what a production installation
must not do (debug pages, a made-up secret, any host, demo accounts, a sandbox that does not isolate) stops the start.

No secret is in the repository. A local installation makes its own on first use, in `var/`, readable by its owner only.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from django.core.exceptions import ImproperlyConfigured
from environs import Env, EnvValidationError

from drillyard.common.ids import secret_new

PREFIX: Final = "DRILLYARD_"
LOCAL_MAIL: Final = "drillyard.accounts.outbox.OutboxBackend"
"""Without a mail server letters go to the terminal and to a page of the installation."""
SANDBOXES: Final = ("auto", "bwrap", "docker", "plain", "inprocess")
SANDBOXES_PRODUCTION: Final = ("bwrap", "docker")


@dataclass(frozen=True, slots=True)
class Submissions:
    """What one submission, and one person in a while, may ask of the platform."""

    file_bytes_max: int = 256 * 1024
    bytes_max: int = 512 * 1024
    files_max: int = 16
    rate_count_max: int = 20
    rate_minutes: int = 10
    waiting_max: int = 5


@dataclass(frozen=True, slots=True)
class Grading:
    """How long a worker may hold a run, and how often a run is tried before it is given up as `unknown`."""

    sandbox: str = "auto"
    lease_s: float = 30.0
    heartbeat_s: float = 5.0
    sweep_s: float = 5.0
    resend_s: float = 20.0
    attempts_max: int = 3
    retry_delay_s: float = 2.0
    answer_s: float = 180.0
    concurrency: int = 2
    progress_s: float = 0.2


@dataclass(frozen=True, slots=True)
class Configuration:
    """The platform's own settings, as `settings.DRILLYARD`.

    `judge_socket` names a judge's server that somebody else runs; without it each worker starts one of its own.
    """

    production: bool
    var: Path
    seed_secret: str = field(repr=False)
    judge_socket: Path | None
    demo_accounts: bool
    submissions: Submissions = field(default_factory=Submissions)
    grading: Grading = field(default_factory=Grading)


@dataclass(frozen=True, slots=True)
class Environment:
    """Everything that was read: the platform's own part, and what Django and its parts take as they are."""

    configuration: Configuration
    debug: bool
    secret_key: str = field(repr=False)
    allowed_hosts: list[str]
    csrf_trusted_origins: list[str]
    database: dict[str, Any]
    cache: dict[str, Any]
    email: dict[str, Any]
    broker_url: str
    tls_proxied: bool
    log_level: str
    log_json: bool


def read(base: Path) -> Environment:
    """Read `DRILLYARD_*`. Raises `ImproperlyConfigured` with one line for every setting that is wrong."""
    env = Env(eager=False, prefix=PREFIX)
    raw = _raw(env, base)
    try:
        env.seal()
    except EnvValidationError as error:
        messages: Any = error.error_messages
        raise ImproperlyConfigured(_message(messages)) from None
    errors = _refusals(raw)
    if errors:
        raise ImproperlyConfigured(_message(errors))
    return _environment(raw)


def _raw(env: Env, base: Path) -> dict[str, Any]:
    var: Any = env.path("VAR_DIR", base / "var")
    folder = Path(var or base / "var")  # a value that is no path is reported by `seal`
    return {
        "production": env.bool("PRODUCTION", False),
        "var": folder.absolute(),
        "debug": env.bool("DEBUG", False),
        "secret_key": env.str("SECRET_KEY", ""),
        "seed_secret": env.str("SEED_SECRET", ""),
        "allowed_hosts": env.list("ALLOWED_HOSTS", []),
        "csrf_trusted_origins": env.list("CSRF_TRUSTED_ORIGINS", []),
        "database": env.dj_db_url("DATABASE_URL", f"sqlite:///{folder.absolute() / 'drillyard.sqlite3'}"),
        "cache": env.dj_cache_url("CACHE_URL", "locmem://"),
        "email": env.dj_email_url("EMAIL_URL", "console:"),
        "email_named": bool(env.str("EMAIL_URL", "")),
        "broker_url": env.str("BROKER_URL", "filesystem://"),
        "tls_proxied": env.bool("TLS_PROXIED", False),
        "judge_socket": env.path("JUDGE_SOCKET", None),
        "demo_accounts": env.bool("DEMO_ACCOUNTS", None),
        "log_level": env.str("LOG_LEVEL", "INFO"),
        "log_json": env.bool("LOG_JSON", None),
        "submissions": {
            name: env.int(f"SUBMISSION_{name.upper()}", getattr(Submissions(), name))
            for name in Submissions.__dataclass_fields__
        },
        "grading": {name: _grading(env, name) for name in Grading.__dataclass_fields__},
    }


def _grading(env: Env, name: str) -> Any:
    default = getattr(Grading(), name)
    if isinstance(default, str):
        return env.str(name.upper(), default)
    return (env.int if isinstance(default, int) else env.float)(f"GRADING_{name.upper()}", default)


def _refusals(raw: Mapping[str, Any]) -> dict[str, list[str]]:
    """What is well-formed and yet must not be."""
    errors: dict[str, list[str]] = {}
    for name, message in _wrong(raw):
        errors.setdefault(PREFIX + name, []).append(message)
    return errors


def _wrong(raw: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    grading = raw["grading"]
    sandbox = grading["sandbox"]
    if sandbox not in SANDBOXES:
        yield "SANDBOX", f"one of {', '.join(SANDBOXES)}"
    for name, value in {**grading, **raw["submissions"]}.items():
        if name != "sandbox" and value <= 0:
            prefix = "GRADING" if name in grading else "SUBMISSION"
            yield f"{prefix}_{name.upper()}", "must be more than zero"
    if grading["heartbeat_s"] * 2 > grading["lease_s"]:
        yield (
            "GRADING_HEARTBEAT_S",
            "at most half of DRILLYARD_GRADING_LEASE_S, so that one lost heartbeat loses no run",
        )
    if raw["production"]:
        yield from _wrong_in_production(raw)


def _wrong_in_production(raw: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    if raw["debug"]:
        yield "DEBUG", "debug pages show the inside of the program; a production installation has none"
    for name in ("secret_key", "seed_secret"):
        if len(raw[name]) < 32:
            yield name.upper(), "must be set to at least 32 random characters"
    if raw["secret_key"] and raw["secret_key"] == raw["seed_secret"]:
        yield "SEED_SECRET", "must differ from DRILLYARD_SECRET_KEY, so that one can be changed without the other"
    if not raw["allowed_hosts"] or "*" in raw["allowed_hosts"]:
        yield "ALLOWED_HOSTS", "must name the hosts that this installation answers for"
    if raw["grading"]["sandbox"] not in SANDBOXES_PRODUCTION:
        yield "SANDBOX", f"must be one of {', '.join(SANDBOXES_PRODUCTION)}: the others do not isolate students' code"
    if not raw["email_named"]:
        yield "EMAIL_URL", "must name a mail server: accounts are confirmed and passwords reset by letter"
    if raw["demo_accounts"]:
        yield "DEMO_ACCOUNTS", "demo accounts have public passwords; a production installation has none"


def _environment(raw: Mapping[str, Any]) -> Environment:
    production = raw["production"]
    var: Path = raw["var"]
    configuration = Configuration(
        production=production,
        var=var,
        seed_secret=raw["seed_secret"] or local_secret(var / "seed_secret"),
        judge_socket=raw["judge_socket"],
        demo_accounts=not production if raw["demo_accounts"] is None else raw["demo_accounts"],
        submissions=Submissions(**raw["submissions"]),
        grading=Grading(**raw["grading"]),
    )
    return Environment(
        configuration=configuration,
        debug=raw["debug"],
        secret_key=raw["secret_key"] or local_secret(var / "secret_key"),
        allowed_hosts=raw["allowed_hosts"] or ["127.0.0.1", "localhost", "[::1]"],
        csrf_trusted_origins=raw["csrf_trusted_origins"],
        database=raw["database"],
        cache=raw["cache"],
        email=raw["email"] if raw["email_named"] else raw["email"] | {"EMAIL_BACKEND": LOCAL_MAIL},
        broker_url=raw["broker_url"],
        tls_proxied=raw["tls_proxied"],
        log_level=raw["log_level"].upper(),
        log_json=production if raw["log_json"] is None else raw["log_json"],
    )


def local_secret(path: Path) -> str:
    """The secret kept in `path`; made on first use, readable by its owner only.

    Two processes may start at the same time, so the file appears whole or not at all: it is written under another name
    and linked, and whoever comes second reads what the first has made.
    """
    with _explained(path):
        try:
            return path.read_text("ascii").strip()
        except FileNotFoundError:
            pass
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile("w", encoding="ascii", dir=path.parent) as draft:  # 0600 from the start
            draft.write(secret_new(48) + "\n")
            draft.flush()
            os.fsync(draft.fileno())
            with suppress(FileExistsError):
                os.link(draft.name, path)
        return path.read_text("ascii").strip()


@contextmanager
def _explained(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise ImproperlyConfigured(
            f"{path} cannot be read or made ({error.strerror}). Make the folder writable, or choose another one with "
            f"{PREFIX}VAR_DIR."
        ) from None


def _message(errors: Mapping[str, list[str]]) -> str:
    lines = [f"  {name}: {'; '.join(messages)}" for name, messages in sorted(errors.items())]
    return "Drillyard cannot start with these settings:\n" + "\n".join(lines)
