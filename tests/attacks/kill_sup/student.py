import os

import probe


class Student(probe.Attack):
    @staticmethod
    def attempts(role):
        number = 0 if probe.OUTSIDE else 9
        return {
            "init": lambda: probe.call(62, 129, 1 if not probe.OUTSIDE else os.getpid(), number),
            "parent": lambda: probe.call(62, 129, os.getppid(), number),
            "everything": lambda: probe.call(62, 129, -1, number),
            "group": lambda: probe.call(62, 129, 0, number),
            "thread": lambda: probe.call(234, 131, os.getppid(), os.getppid(), number),
            "pidfd": lambda: probe.call(434, 434, os.getppid(), 0),
        }
