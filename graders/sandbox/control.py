"""The judge's side of the supervisor's control socket (`graders.player.zygote` describes the packets)."""

from __future__ import annotations

import json
import socket
from typing import Any, Final

from graders.player.zygote import COMMAND_BYTES_MAX
from graders.protocol.version import PROTOCOL_VERSION
from graders.sandbox.errors import SupervisorLost

READY_WITHIN_S: Final = 15.0
ANSWER_WITHIN_S: Final = 15.0


class Control:
    """Commands to one supervisor, one at a time."""

    def __init__(self, socket_: socket.socket) -> None:
        self._socket = socket_
        self.ready: dict[str, Any] = {}

    def fileno(self) -> int:
        return self._socket.fileno()

    def close(self) -> None:
        self._socket.close()

    def wait_ready(self) -> None:
        """Take the supervisor's first packet; raises `SupervisorLost`."""
        self._socket.settimeout(READY_WITHIN_S)
        word, record = self._answer()
        if word != "ready" or record["protocol"] != PROTOCOL_VERSION:
            raise SupervisorLost(f"the supervisor speaks another protocol: {record}")
        self.ready = record
        self._socket.settimeout(ANSWER_WITHIN_S)

    def preload(self, modules: tuple[str, ...]) -> list[str]:
        return list(self._ask(["preload", list(modules)])[1])

    def pin(self, cpu: int) -> None:
        self._ask(["pin", cpu])

    def fork(self, slot: int, memory_mb_max: int, cpu_seconds_max: int, channel: socket.socket) -> None:
        self._ask(["fork", slot, memory_mb_max, cpu_seconds_max], channel)

    def probe(self, memory_mb_max: int, cpu_seconds_max: int, target: dict[str, Any], channel: socket.socket) -> None:
        self._ask(["probe", memory_mb_max, cpu_seconds_max, target], channel)

    def denials(self, target: dict[str, Any]) -> dict[str, str]:
        return dict(self._ask(["denials", target])[1])

    def cpu_us(self, slot: int) -> int:
        """The processor time that a living node has used."""
        return int(self._ask(["cpu", slot])[1])

    def kill(self, slot: int) -> tuple[int, bool, dict[str, int]]:
        """End a node: its wait status, whether we had to kill it, what it used."""
        return self._ended(["kill", slot])

    def reap(self, slot: int) -> tuple[int, bool, dict[str, int]]:
        return self._ended(["reap", slot])

    def alternate(self, hash_seed: int, control: socket.socket) -> None:
        self._ask(["alternate", hash_seed], control)

    def _ended(self, command: list[Any]) -> tuple[int, bool, dict[str, int]]:
        _, status, forced, usage = self._ask(command)
        return status, forced, usage

    def _ask(self, command: list[Any], descriptor: socket.socket | None = None) -> list[Any]:
        packet = json.dumps(command).encode()
        try:
            if descriptor is None:
                self._socket.send(packet)
            else:
                socket.send_fds(self._socket, [packet], [descriptor.fileno()])
        except OSError as error:
            raise SupervisorLost(f"{command[0]}: {error}") from None
        return self._answer()

    def _answer(self) -> list[Any]:
        try:
            packet = self._socket.recv(COMMAND_BYTES_MAX)
        except OSError as error:
            raise SupervisorLost(str(error)) from None
        if not packet:
            raise SupervisorLost("the supervisor hung up")
        answer: list[Any] = json.loads(packet)
        return answer
