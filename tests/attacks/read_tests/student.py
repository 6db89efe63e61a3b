import os
import ctypes


def _list(path):
    descriptor = probe.open_(path, os.O_DIRECTORY)
    return probe.call(217, 61, descriptor, ctypes.create_string_buffer(4096), 4096)

import probe


class Student(probe.Attack):
    @staticmethod
    def attempts(role):
        return {
            "canary": lambda: probe.read(probe.HERE + "/canary.txt"),
            "suite": lambda: probe.read("@SUITE@/attack.py"),
            "passwd": lambda: probe.read("/etc/passwd"),
            "self": lambda: probe.read("/proc/self/maps"),
            "root": lambda: _list("/"),
            "above": lambda: _list("../../.."),
            "exists": lambda: probe.call(262, 79, -100, b"/etc/passwd\0", ctypes.create_string_buffer(256), 0),
            "statvfs": lambda: probe.call(137, 43, b"/\0", ctypes.create_string_buffer(256)),
        }
