import os
import _socket


def _listen(family, address):
    listener = _socket.socket(family, _socket.SOCK_STREAM)
    listener.bind((address, 0))
    listener.listen(1)
    return listener.fileno()


def _listen_on_channel():
    """Would the one socket there is do?"""
    channel = _socket.socket(_socket.AF_UNIX, _socket.SOCK_STREAM, 0, 3)
    try:
        channel.bind("\0drillyard")
        return "bound"
    finally:
        channel.detach()

import probe


class Student(probe.Attack):
    @staticmethod
    def attempts(role):
        return {"bind": lambda: _listen(2, "127.0.0.1"), "bind6": lambda: _listen(10, "::1"), "channel": lambda: _listen_on_channel()}
