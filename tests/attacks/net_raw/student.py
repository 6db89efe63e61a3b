import os
import ctypes

import probe


class Student(probe.Attack):
    @staticmethod
    def attempts(role):
        return {
            "raw": lambda: probe.call(41, 198, 2, 3, 1),
            "packet": lambda: probe.call(41, 198, 17, 3, 0),
            "netlink": lambda: probe.call(41, 198, 16, 3, 0),
            "vsock": lambda: probe.call(41, 198, 40, 1, 0),
            "alg": lambda: probe.call(41, 198, 38, 5, 0),
            "pair": lambda: probe.call(53, 199, 1, 1, 0, ctypes.create_string_buffer(8)),
        }
