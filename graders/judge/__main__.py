"""The judge as a command.

    python -m graders.judge                     a job as JSON on standard input; its outcome as JSON on standard output
    python -m graders.judge --serve PATH        a server on the UNIX socket PATH, until standard input closes
    python -m graders.judge --self-test         which sandbox modes can run here, as JSON
    python -m graders.judge --describe SUITE    a suite's mark sheet, as JSON

Exit status: 0 passed (or done), 1 failed, 2 our fault, 64 the command or the job is wrong.

The hash seed of the judge is fixed, since the order of sets is a matter of it: the command starts itself anew under
seed 0 if it was not started so. Whoever starts it often sets PYTHONHASHSEED=0 and saves the 15 ms.
"""

from __future__ import annotations

import os
import sys

_SEED = "0"


def _fix_hash_seed() -> None:
    """Before anything else is imported. `-I` and `-E` ignore the variable, so they are not passed on."""
    if os.environ.get("PYTHONHASHSEED") == _SEED and not sys.flags.ignore_environment:
        return
    environment = {**os.environ, "PYTHONHASHSEED": _SEED}
    if sys.flags.ignore_environment:  # what the flag kept out must stay out
        environment = {name: value for name, value in environment.items() if not name.startswith("PYTHON")}
        environment |= {"PYTHONHASHSEED": _SEED}
    os.execve(  # noqa: S606 - ourselves
        sys.executable, [sys.executable, "-s", "-m", "graders.judge", *sys.argv[1:]], environment
    )


if __name__ == "__main__":
    _fix_hash_seed()
    from graders.judge.command import main

    sys.exit(main(sys.argv[1:]))
