import os

import probe


class Student(probe.Attack):
    @staticmethod
    def attempts(role):
        return {
            "unshare": lambda: probe.in_child(lambda: probe.call(272, 97, 0x10000000)),
            "clone": lambda: probe.in_child(lambda: probe.call(56, 220, 0x10000000 | 17, 0, 0, 0, 0) or os._exit(0)),
            "setns": lambda: probe.call(308, 268, 3, 0),
        }
