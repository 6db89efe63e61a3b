import os
def _in_namespace(action):
    """Outside, an ordinary user may do it in a namespace of his own; inside there is none to be had."""
    if probe.OUTSIDE:
        probe.call(272, 97, 0x10000000 | 0x00020000)
    return action()

import probe


class Student(probe.Attack):
    @staticmethod
    def attempts(role):
        return {
            "mount": lambda: probe.in_child(lambda: _in_namespace(lambda: probe.call(165, 40, b"x\0", b"/tmp\0", b"tmpfs\0", 0, 0))),
            "umount": lambda: probe.call(166, 39, b"/\0", 0),
            "pivot_root": lambda: probe.call(155, 41, b"/\0", b"/\0"),
            "chroot": lambda: probe.in_child(lambda: _in_namespace(lambda: probe.call(161, 51, b"/\0"))),
            "open_tree": lambda: probe.call(428, 428, -100, b"/\0", 1),
        }
