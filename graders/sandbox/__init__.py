"""How a player is started: in this process, as guarded processes, or inside bubblewrap.

`open_sandbox(mode, ...)` is a context manager that gives a `graders.sim.nodes.NodeHost`. It never falls back to another
mode: a mode that cannot run here, or that was not seen to refuse what it must, raises `SandboxUnavailable`.

Layers: `errors` < `uids`, `runtime` < `launch` < `control` < `channel`, `denied` < `process`, `pool` < this file.
"""

from __future__ import annotations

from contextlib import AbstractContextManager
from functools import cache

from graders.protocol.jobs import LabLimits, SandboxMode
from graders.sandbox.errors import SandboxUnavailable
from graders.sandbox.inprocess import InProcessHost
from graders.sandbox.process import ProcessHost, Sandbox, sandbox_start
from graders.sim.nodes import NodeHost

__all__ = ["SandboxUnavailable", "available_modes", "open_sandbox"]


def open_sandbox(
    mode: SandboxMode,
    *,
    limits: LabLimits | None = None,
    modules: tuple[str, ...] = (),
    sandbox: Sandbox | None = None,
    cpu: int | None = None,
) -> AbstractContextManager[NodeHost]:
    """A sandbox for one run; raises `SandboxUnavailable`.

    `modules` are what the lab allows a student to import; `sandbox` is one that a pool has ready; `cpu` is the
    processor that supervisor and nodes are to stay on.
    """
    if mode == "inprocess":
        return InProcessHost()
    if mode == "docker":
        raise SandboxUnavailable(mode, "this judge has no Docker back end; use bwrap")
    return ProcessHost(mode, limits=limits, modules=modules, sandbox=sandbox, cpu=cpu)


@cache
def available_modes() -> dict[SandboxMode, str | None]:
    """For every mode why it cannot be used here, or None if it can: each was started and tried. Once a process."""
    found: dict[SandboxMode, str | None] = {"inprocess": None}
    for mode in ("plain", "bwrap"):
        try:
            sandbox_start(mode).close()
            found[mode] = None
        except SandboxUnavailable as error:
            found[mode] = error.reason
    found["docker"] = "this judge has no Docker back end; use bwrap"
    return found
