import os
import ctypes


def _vector(buffer):
    return ctypes.create_string_buffer(ctypes.addressof(buffer).to_bytes(8, "little") + (8).to_bytes(8, "little"))

import probe


class Student(probe.Attack):
    @staticmethod
    def attempts(role):
        own = ctypes.create_string_buffer(8)
        return {
            "traceme": lambda: probe.in_child(lambda: probe.call(101, 117, 0, 0, 0, 0)),
            "attach": lambda: probe.call(101, 117, 16, 0 if probe.OUTSIDE else os.getppid(), 0, 0),
            "vm_read": lambda: probe.call(310, 270, os.getpid() if probe.OUTSIDE else os.getppid(), _vector(own), 1, _vector(own), 1, 0),
            "mem": lambda: probe.open_(f"/proc/{os.getpid() if probe.OUTSIDE else os.getppid()}/mem", 0),
        }
