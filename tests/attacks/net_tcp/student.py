import os
import _socket


def _connect():
    """To a port of our own: nothing of the attack leaves the machine."""
    listener = _socket.socket(_socket.AF_INET, _socket.SOCK_STREAM)
    listener.bind(("127.0.0.1", 0))
    listener.listen(1)
    client = _socket.socket(_socket.AF_INET, _socket.SOCK_STREAM)
    client.connect(listener.getsockname())
    return "connected"

import probe


class Student(probe.Attack):
    @staticmethod
    def attempts(role):
        return {
            "tcp": lambda: probe.call(41, 198, 2, 1, 0),
            "udp": lambda: probe.call(41, 198, 2, 2, 0),
            "tcp6": lambda: probe.call(41, 198, 10, 1, 0),
            "connect": lambda: _connect(),
        }
