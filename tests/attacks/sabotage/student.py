import os
import ctypes


def _space():
    return ctypes.create_string_buffer(128)


def _one():
    return ctypes.create_string_buffer(b"\1", 8)

import probe


class Student(probe.Attack):
    @staticmethod
    def attempts(role):
        pids = [os.getppid()] if probe.OUTSIDE else [os.getpid() + step for step in (-3, -2, -1, 1, 2, 3)]
        number = 0 if probe.OUTSIDE else 19
        return {
            "stop": lambda: [probe.call(62, 129, pid, number) for pid in pids],
            "renice": lambda: [probe.call(141, 140, 0, pid, 19) if not probe.OUTSIDE else probe.call(140, 141, 0, pid) for pid in pids],
            "affinity": lambda: [probe.call(203, 122, pid, 8, _one()) if not probe.OUTSIDE else probe.call(204, 123, pid, 128, _space()) for pid in pids],
            "limits": lambda: [probe.call(302, 261, pid, 0, 0, _space()) for pid in pids],
            "scheduler": lambda: probe.call(144, 119, 0, 0, _space()),
        }
