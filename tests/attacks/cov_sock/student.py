import os
import _socket
import ctypes

_kept = []


def _bind(name):
    listener = _socket.socket(_socket.AF_UNIX, _socket.SOCK_STREAM)
    listener.bind(name)
    listener.listen(1)
    _kept.append(listener)
    return "bound"


def _connect(name):
    client = _socket.socket(_socket.AF_UNIX, _socket.SOCK_STREAM)
    client.connect(name)
    _kept.append(client)
    return "connected"


def _queue(flags):
    return probe.call(240, 180, b"drillyard-covert\0", flags, 0o600, ctypes.c_void_p(None))

import probe


class Student(probe.Attack):
    @staticmethod
    def attempts(role):
        name = b"\0drillyard-covert"
        if role == "a":
            return {"bind": lambda: _bind(name), "shm": lambda: probe.shared(0x0D71, 0o1600, keep=True), "memfd": lambda: probe.call(319, 279, b"x\0", 0), "mqueue": lambda: _queue(0o102)}
        return {"connect": lambda: _connect(name), "shm again": lambda: probe.shared(0x0D71, 0o600, keep=False), "mqueue again": lambda: _queue(0o2)}
