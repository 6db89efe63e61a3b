import os

import probe


class Student(probe.Attack):
    @staticmethod
    def attempts(role):
        return {"files": lambda: [probe.write(f"{probe.HERE}/inode-{number}") for number in range(3)]}
