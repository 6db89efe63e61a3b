import os
import ctypes

import probe


class Student(probe.Attack):
    @staticmethod
    def attempts(role):
        space = ctypes.create_string_buffer(128)
        return {
            "bpf": lambda: probe.call(321, 280, 0, space, 128),
            "perf": lambda: probe.call(298, 241, space, 0, -1, -1, 0),
            "userfaultfd": lambda: probe.call(323, 282, 1),
            "keyctl": lambda: probe.call(250, 219, 0, -3, 1),
            "add_key": lambda: probe.call(248, 217, b"user\0", b"d\0", b"x\0", 1, -2),
            "modify_ldt": lambda: probe.call(154, None, 0, space, 128),
            "kexec": lambda: probe.call(246, 104, 0, 0, 0, 0),
            "personality": lambda: probe.call(135, 92, 0xFFFFFFFF),
            "prctl": lambda: probe.call(157, 167, 3, 0, 0, 0, 0),
            "seccomp": lambda: probe.call(317, 277, 2, 0, space),
        }
