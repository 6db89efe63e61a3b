"""A network that delivers every message once, after a delay that the choices decide. Cuts and losses come later."""

from __future__ import annotations

from graders.protocol.messages import Json, Message
from graders.sim.choices import Choices
from graders.sim.simulation import Simulation


class Network:
    """Delays are whole multiples of `grain_us` from `latency_min_us` to `latency_max_us`;

    the shortest is the dullest.
    """

    def __init__(
        self,
        simulation: Simulation,
        choices: Choices,
        *,
        latency_min_us: int = 1_000,
        latency_max_us: int = 10_000,
        grain_us: int = 100,
    ) -> None:
        if not 0 <= latency_min_us <= latency_max_us or grain_us < 1:
            raise ValueError("latencies are 0 <= min <= max, and the grain at least 1 us")
        self._simulation = simulation
        self._choices = choices
        self._latency_min_ns = latency_min_us * 1_000
        self._grain_ns = grain_us * 1_000
        self._grains = (latency_max_us - latency_min_us) // grain_us + 1
        self.sent = 0
        self.lost = 0
        simulation.network = self.send

    def send(self, source: str, destination: str, body: Json) -> None:
        """A node has sent a message. To a name that is no node, or to one that is down on arrival, it is lost."""
        simulation = self._simulation
        self.sent += 1
        machine = simulation.machines.get(destination)
        if machine is None:
            self.lost += 1
            return
        delay_ns = self._latency_min_ns + self._choices.below(self._grains) * self._grain_ns
        simulation.plan_delivery(simulation.now_ns + delay_ns, machine, Message(source, body))
