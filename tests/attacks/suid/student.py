import os
import ctypes


def _nothing():
    return ctypes.create_string_buffer(8)


def _exec(path):
    return probe.call(59, 221, path, _nothing(), _nothing())

import probe


class Student(probe.Attack):
    @staticmethod
    def attempts(role):
        return {
            "exec": lambda: probe.in_child(lambda: _exec(b"/bin/true\0" if probe.OUTSIDE else b"/bin/su\0")),
            "execveat": lambda: probe.call(322, 281, -100, b"/nonexistent\0" if probe.OUTSIDE else b"/bin/su\0", _nothing(), _nothing(), 0),
            "setuid": lambda: probe.call(105, 146, os.getuid() if probe.OUTSIDE else 0),
            "setresuid": lambda: probe.call(117, 147, *([os.getuid()] * 3 if probe.OUTSIDE else [0] * 3)),
            "setgroups": lambda: probe.call(116, 159, 0, 0),
        }
