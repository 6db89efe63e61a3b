"""The ASGI application, for any ASGI server: `uvicorn --app-dir platform drillyard.config.asgi:application`."""

from __future__ import annotations

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "drillyard.config.settings")

application = get_asgi_application()
