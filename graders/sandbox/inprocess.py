"""Nodes as objects of this process: for the harness's own tests and for the browser, never for a recorded score.

Nothing is isolated here. What is kept is behaviour: the same player, the same questions, a fresh copy of every value
that crosses, so that a run gives the same canonical verdict as one in a sandbox.
"""

from __future__ import annotations

import gc
from types import TracebackType
from typing import Any, Self

from graders.player.host import PlayerHost
from graders.player.patches import patches
from graders.player.world import World, current
from graders.protocol.messages import Effects, Failed, Gone, Start, Started, Step
from graders.sim.nodes import Exit, NodeGone

COLLECT_EVERY_KILLS = 64


class InProcessChannel:
    """One incarnation of a node."""

    def __init__(self, host: InProcessHost, player: PlayerHost) -> None:
        self._host = host
        self._player: PlayerHost | None = player

    def step(self, step: Step) -> Effects:
        player = self._player
        if player is None:
            raise NodeGone(Exit("exited", "the node was killed"))
        answer = player.step(step)
        if type(answer) is Effects:
            return answer
        assert isinstance(answer, Gone)
        self.kill()
        raise NodeGone(_exit(answer))

    def kill(self) -> None:
        if self._player is not None:
            self._player.close()
            self._player = None
            self._host.collect()


def _exit(gone: Gone) -> Exit:
    return Exit("memory_limit" if gone.kind == "memory_limit" else "output_limit", gone.detail)


class InProcessHost:
    """A `graders.sim.nodes.NodeHost`; use it as a context manager, since it changes the standard library meanwhile."""

    mode = "inprocess"

    def __init__(self) -> None:
        self._starts = 0
        self._kills = 0
        self._collecting = False
        self._graveyard = World("graveyard", 0, 0, 0, 1 << 40)

    def __enter__(self) -> Self:
        patches.install()
        self._collecting = gc.isenabled()
        gc.disable()
        gc.freeze()  # what is here already is not looked through at every collection of a run
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._bury()
        gc.unfreeze()
        if self._collecting:
            gc.enable()
        patches.remove()

    def start(self, start: Start) -> tuple[InProcessChannel, Started | Failed]:
        """A fresh node with `start` carried out; raises `NodeGone`."""
        self._starts += 1
        player = PlayerHost()
        channel = InProcessChannel(self, player)
        answer = player.answer(start)
        if isinstance(answer, Started | Failed):
            return channel, answer
        assert isinstance(answer, Gone)
        channel.kill()
        raise NodeGone(_exit(answer))

    def collect(self) -> None:
        """Look for cycles now and then, at points that depend on the number of nodes alone."""
        self._kills += 1
        if self._kills % COLLECT_EVERY_KILLS == 0:
            self._bury()

    def _bury(self) -> None:
        """Finalizers are the student's code: they run in a world of their own, which nobody looks at."""
        previous, current.world = current.world, self._graveyard
        try:
            gc.collect()
        finally:
            self._graveyard.effects.clear()
            self._graveyard.fatal = None
            current.world = previous

    def usage(self) -> dict[str, Any]:
        """What the run record says of the sandbox."""
        return {"mode": self.mode, "nodes_started": self._starts}
