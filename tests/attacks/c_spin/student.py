import re


def spin(length):
    return re.match(r"(a|a)*$", "a" * length + "b")

import probe


class Student(probe.Attack):
    async def attack(self, role):
        spin(64)
