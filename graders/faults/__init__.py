"""What goes wrong, on purpose: dependencies that fail, hang or lie, and nodes that crash, restart and pause.

Later: cuts, losses and reorderings of the network; disks that lose and tear writes; clocks that drift.
"""

from graders.faults.dependencies import Dependency, DependencyCall
from graders.faults.machines import MachineFaults, NotSurvivable

__all__ = ["Dependency", "DependencyCall", "MachineFaults", "NotSurvivable"]
