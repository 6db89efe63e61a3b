import os
import sys


def _again(look, leave):
    try:
        return look()
    except OSError:
        return leave()


def _marked():
    """In the run before, something may have been left in a module that every node inherits."""
    if not hasattr(sys, "drillyard_was_here"):
        sys.drillyard_was_here = True
        if not probe.OUTSIDE:
            raise probe.Denied("nobody was here")
    return "left or found"

import probe


class Student(probe.Attack):
    @staticmethod
    def attempts(role):
        return {
            "file": lambda: _again(lambda: probe.read(probe.HERE + "/persist"), lambda: probe.write(probe.HERE + "/persist")),
            "shm": lambda: probe.shared(0x0D72, 0o1600, keep=False),
            "key": lambda: probe.call(248, 217, b"user\0", b"drillyard\0", b"x\0", 1, -2),
            "module": lambda: _marked(),
        }
