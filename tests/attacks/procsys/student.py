import os

import probe


class Student(probe.Attack):
    @staticmethod
    def attempts(role):
        paths = ["/proc/sys/kernel/core_pattern", "/proc/sysrq-trigger", "/proc/self/oom_score_adj", "/proc/sys/vm/drop_caches"]
        return {path: lambda path=path: probe.open_(path, 1) for path in paths}
