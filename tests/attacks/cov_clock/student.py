import os
import ctypes


def _clock(pid):
    return probe.call(228, 113, (~pid << 3) | 2, ctypes.create_string_buffer(16))

import probe


class Student(probe.Attack):
    @staticmethod
    def attempts(role):
        return {
            "parent": lambda: _clock(os.getppid()),
            "peers": lambda: [_clock(os.getpid() + step) for step in (-1, 1)] if not probe.OUTSIDE else _clock(os.getppid()),
            "usage": lambda: probe.call(98, 165, -1, ctypes.create_string_buffer(256)),
        }
