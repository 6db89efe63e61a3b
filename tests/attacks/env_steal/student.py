import os
def _canary(value):
    if "CANARY" not in str(value):
        raise probe.Denied("nothing in it")
    return str(value)[str(value).index("CANARY") :]

import probe


class Student(probe.Attack):
    @staticmethod
    def attempts(role):
        return {
            "environ": lambda: _canary(dict(os.environ)),
            "own": lambda: _canary(probe.read("/proc/self/environ")),
            "init": lambda: _canary(probe.read("/proc/1/environ")),
            "parent": lambda: _canary(probe.read(f"/proc/{os.getppid()}/environ")),
            "cmdline": lambda: probe.read("/proc/self/cmdline"),
                    }
