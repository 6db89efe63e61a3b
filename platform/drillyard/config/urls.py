"""Where a request goes: two addresses for machines without a language, everything for people under one."""

from __future__ import annotations

from django.conf.urls.i18n import i18n_patterns
from django.urls import include, path

from drillyard.config import health

urlpatterns = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    *i18n_patterns(
        path("accounts/", include("allauth.account.urls")),
        path("", include("drillyard.web.urls")),
        prefix_default_language=True,
    ),
]
