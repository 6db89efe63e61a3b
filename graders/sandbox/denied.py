"""The self-test: a sandbox grades only after it has been seen to refuse what it must.

It is run in every sandbox, not once a machine: it costs 5 ms, in a pool in nobody's time, and a setting that changed in
between (a sysctl, an AppArmor profile, another bwrap) is noticed by the next run.
"""

from __future__ import annotations

import os
import socket
from typing import Any, Final

import graders
from graders.player import denials
from graders.protocol import frames
from graders.protocol.errors import ProtocolError
from graders.sandbox.control import Control
from graders.sandbox.errors import SandboxUnavailable, SupervisorLost

_MEMORY_MB: Final = 384
_SECONDS: Final = 10


def _targets(mode: str) -> dict[str, Any]:
    """Paths that this process can read or write, so that a refusal inside means something."""
    readable = [path for path in ("/etc/passwd", graders.__file__, "/proc/self/status") if os.access(path, os.R_OK)]
    hidden = [*readable, "/bin/sh", "/dev/zero"] if mode == "bwrap" else []
    name = f"drillyard-denials-{os.getpid()}"
    folders = [folder for folder in ("/tmp", "/var/tmp", "/dev/shm") if os.access(folder, os.W_OK)]  # noqa: S108
    writable = [f"{folder}/{name}" for folder in folders]
    if mode == "bwrap":
        writable += [f"/{name}", f"/python/{name}", f"/player/{name}", f"/dev/{name}"]
    return {"read": readable, "hidden": hidden, "write": writable, "memory_mb": _MEMORY_MB}


def require_denials(mode: str, control: Control) -> None:
    """Raises `SandboxUnavailable` if a node or the supervisor could do anything it must not, or cannot be asked."""
    target = _targets(mode)
    seen = {
        "node": (_ask_node(control, target), denials.node_attempts(target)),
        "supervisor": (control.denials(target), denials.supervisor_attempts(target)),
    }
    open_doors = [
        f"{who}: {name}: {outcomes.get(name, 'not tried')}"
        for who, (outcomes, expected) in seen.items()
        for name in expected
        if outcomes.get(name) != "denied"
    ]
    if open_doors:
        raise SandboxUnavailable(
            mode, "it does not refuse what it must, so nothing is graded in it: " + "; ".join(open_doors[:8])
        )


def _ask_node(control: Control, target: dict[str, Any]) -> dict[str, str]:
    ours, theirs = socket.socketpair()
    with ours:
        with theirs:
            control.probe(_MEMORY_MB, _SECONDS, target, theirs)
        ours.settimeout(_SECONDS)
        try:
            outcomes = frames.receive(ours)
        except (EOFError, TimeoutError, ProtocolError) as error:
            raise SupervisorLost(f"the self-test's node did not answer: {error!r}") from None
        finally:
            control.reap(0)
    return dict(outcomes)
