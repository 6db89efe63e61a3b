"""What runs inside the sandbox: the virtual loop, the student's API and the host that answers the judge.

A student's file imports `Node` (node labs) and `graders.player.errors`; nothing else here is for it. `preload` is for
whoever starts node processes. Layers: `world` (time, chance) < `values`, `futures`, `loop`, `clocks`, `output` <
`patches`, `modules`, `node` < `host` < `process`.
"""

from graders.player import errors
from graders.player.node import Node
from graders.player.preloading import preload

__all__ = ["Node", "errors", "preload"]
