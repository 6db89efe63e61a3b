"""The base class of the node labs."""

from __future__ import annotations

from typing import Any

from graders.player.errors import Refused
from graders.player.values import plain
from graders.player.world import World, current
from graders.protocol.messages import Json, Log, Publish, Send


class Node:
    """One machine of a cluster. Subclass it and define what it does on a message and on a client's request.

    `self.id` is the node's name and `self.peers` the names of the others; both are there before `__init__` runs. A
    restart makes a new object in a new process: what was only in memory is gone.
    """

    id: str
    peers: list[str]

    async def start(self) -> None:
        """Called once after the node has come up, and again after every restart."""

    async def on_message(self, src: str, message: Any) -> None:
        """A message from the node `src` has arrived. Messages may be late, and several handlers may run interleaved."""

    async def on_request(self, request: Any) -> Any:
        """A client's request; what this returns is the reply."""
        del request
        raise Refused("this node defines no on_request / 这个节点没有定义 on_request")

    def send(self, dst: str, message: Any) -> None:
        """Send a JSON value to another node. It returns at once, and nothing says whether the message arrives."""
        world = current.world or _world()
        world.effects.append(Send(dst, plain(message)))

    def publish(self, key: str, value: Any) -> None:
        """Show a value (role, term, commit index) in diagrams. Never graded."""
        _world().effects.append(Publish(str(key), plain(value)))

    def log(self, text: str) -> None:
        """A line in the node's log. Never graded."""
        _world().effects.append(Log("log", str(text)[:4_096].encode("utf-8", "replace").decode("utf-8")))


def _world() -> World:
    if current.world is None:
        raise Refused("this works only while the node runs / 只能在节点运行时使用")
    return current.world


def make_node(cls: type[Node], node: str, peers: list[str], config: dict[str, Json]) -> Node:
    """An instance that knows its name and peers before its own `__init__` runs, whether or not that calls `super()`."""
    instance = cls.__new__(cls)
    instance.id = node
    instance.peers = list(peers)
    instance.__init__(**config)  # type: ignore[misc]  # the second half of what calling the class would do
    return instance
