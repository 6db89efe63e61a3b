import os

import probe


class Student(probe.Attack):
    @staticmethod
    def attempts(role):
        return {"fork": probe.fork, "setsid": lambda: probe.in_child(lambda: probe.call(112, 157))}
