import sys


def sink(depth):
    sys.setrecursionlimit(depth + 100)
    value = []
    for _ in range(depth):
        value = [value]
    return len(repr(value)) if depth > 100 else depth

import probe


class Student(probe.Attack):
    async def attack(self, role):
        sink(10_000_000)
