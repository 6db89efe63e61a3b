"""Is the process up (`healthz`), and can it do its work (`readyz`)? JSON, for machines; nothing personal, nothing
secret.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Final

import structlog
from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, DatabaseError, connection, connections
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from drillyard.labwork.selectors import workers_alive

_log = structlog.get_logger(__name__)


@never_cache
@require_safe
def healthz(_: HttpRequest) -> JsonResponse:
    """The process answers. Nothing else is looked at, so that a broken database restarts no web server."""
    return JsonResponse({"status": "up"})


@never_cache
@require_safe
def readyz(_: HttpRequest) -> JsonResponse:
    """200 when every part is ready, else 503; each part says "ok" or what is missing."""
    parts = {name: check() for name, check in CHECKS.items()}
    ready = all(state == "ok" for state in parts.values())
    return JsonResponse({"status": "ready" if ready else "not ready", **parts}, status=200 if ready else 503)


def _database() -> str:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
            cursor.fetchone()
    except DatabaseError as error:
        _log.warning("database not ready", error=str(error))
        return "unreachable"
    return "ok"


def _migrations() -> str:
    try:
        executor = MigrationExecutor(connections[DEFAULT_DB_ALIAS])
        plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except DatabaseError:
        return "unknown"
    return "ok" if not plan else f"{len(plan)} to apply"


def _broker() -> str:
    options = getattr(settings, "CELERY_BROKER_TRANSPORT_OPTIONS", None)
    if not options:
        return "ok"  # a network broker: workers say more about it than a web server can
    return "ok" if os.access(options["data_folder_out"], os.W_OK | os.X_OK) else "not writable"


def _worker() -> str:
    """Somebody grades, and what they grade in has passed its self-test."""
    try:
        workers = list(workers_alive())
    except DatabaseError:
        return "unknown"
    if not workers:
        return "none seen"
    problems = [worker.problem for worker in workers if worker.problem]
    return "no sandbox works" if len(problems) == len(workers) else "ok"


CHECKS: Final[dict[str, Callable[[], str]]] = {
    "database": _database,
    "migrations": _migrations,
    "broker": _broker,
    "worker": _worker,
}
