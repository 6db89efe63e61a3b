import os
import ctypes

import probe


class Student(probe.Attack):
    @staticmethod
    def attempts(role):
        path = probe.HERE + "/canary.txt"
        return {
            "flock": lambda: probe.call(73, 32, probe.open_(path), 5),
            "flock channel": lambda: probe.call(73, 32, 1 if probe.OUTSIDE else 3, 6),
            "record lock": lambda: probe.call(72, 25, 3, 6, ctypes.create_string_buffer(32)),
            "inotify": lambda: probe.call(294, 26, 0),
            "lease": lambda: probe.call(72, 25, 0, 1024, 0),
        }
