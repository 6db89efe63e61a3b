"""Faults of nodes: crash, restart, pause.

Only what a correct program can survive may be graded. `MachineFaults` therefore knows how many nodes may be down at
once and refuses, loudly and as an error of the suite, to break that promise.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from graders.sim.choices import Choices
from graders.sim.simulation import Machine, Simulation


class NotSurvivable(ValueError):
    """The suite asked for a fault that no correct program can survive."""


class MachineFaults:
    """Crashes and restarts among `names`, of which at most `down_max` may be down at any time."""

    def __init__(
        self, simulation: Simulation, names: Sequence[str], *, down_max: int, restart: Callable[[Machine], None]
    ) -> None:
        if not 0 <= down_max <= len(names):
            raise ValueError(f"down_max is 0..{len(names)}")
        self._simulation = simulation
        self._names = list(names)
        self._down_max = down_max
        self._restart = restart

    @property
    def down(self) -> list[str]:
        """The nodes that are down, in the order of `names`."""
        return [name for name in self._names if not self._simulation.machines[name].alive]

    def crash(self, name: str) -> None:
        """Stop a node where it stands;

        raises `NotSurvivable` if too many would be down. Down already: nothing happens.
        """
        machine = self._simulation.machines[name]
        if not machine.alive:
            return
        if len(self.down) == self._down_max:
            raise NotSurvivable(f"{self._down_max} of {len(self._names)} nodes are down already")
        self._simulation.crash(machine)

    def restart(self, name: str) -> None:
        """Bring a node up again, in a new process; up already: nothing happens."""
        machine = self._simulation.machines[name]
        if not machine.alive:
            self._restart(machine)

    def pause(self, name: str, duration_ms: int) -> None:
        """Freeze a node; it keeps what it has in memory."""
        self._simulation.pause(self._simulation.machines[name], duration_ms * 1_000_000)

    def crash_one(self, choices: Choices) -> str | None:
        """Crash a node that the choices pick among those that are up; None if no more may be down."""
        up = [name for name in self._names if self._simulation.machines[name].alive]
        if not up or len(self.down) == self._down_max:
            return None
        victim = choices.pick(up)
        self.crash(victim)
        return victim
