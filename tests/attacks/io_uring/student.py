import os
import ctypes

import probe


class Student(probe.Attack):
    @staticmethod
    def attempts(role):
        return {
            "setup": lambda: probe.call(425, 425, 4, ctypes.create_string_buffer(256)),
            "enter": lambda: probe.call(426, 426, 3, 0, 0, 0, 0, 0),
        }
