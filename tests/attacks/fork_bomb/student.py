import os
import ctypes


def libc_exit():
    probe.libc._exit(0)


def _vfork():
    if probe.OUTSIDE:
        return probe.fork()
    return probe.call(58, None)

import probe


class Student(probe.Attack):
    @staticmethod
    def attempts(role):
        return {
            "clone": lambda: [probe.fork() for _ in range(1 if probe.OUTSIDE else 200)],
            "vfork": lambda: _vfork(),
            "clone3": lambda: probe.call(435, 435, ctypes.create_string_buffer(bytes([0] * 32 + [17] + [0] * 55)), 88) or libc_exit(),
        }
