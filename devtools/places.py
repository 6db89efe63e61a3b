"""Where things are. A run writes into `.venv`, `node_modules`, the build folder and the state folder only."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[1]
VENV: Final = ROOT / ".venv"
PYTHON: Final = VENV / "bin" / "python"
VAR: Final = Path(os.environ.get("DRILLYARD_VAR_DIR") or ROOT / "var").absolute()
LOGS: Final = VAR / "log"


def environment(**more: str) -> dict[str, str]:
    """The environment for the project's own programs: its packages are importable, its settings named."""
    paths = [str(ROOT / "platform"), str(ROOT)]
    return {
        **os.environ,
        "PYTHONPATH": os.pathsep.join(paths),
        "PYTHONUNBUFFERED": "1",
        "DJANGO_SETTINGS_MODULE": "drillyard.config.settings",
        "DRILLYARD_VAR_DIR": str(VAR),
        **more,
    }
