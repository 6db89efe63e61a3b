import os


def flood(channel, size):
    sent = 0
    while sent < size:
        sent += os.write(channel, b"A" * 65_536)
    return sent

import probe


class Student(probe.Attack):
    async def attack(self, role):
        print("x" * 30_000)
        os.write(1, b"x" * 65_536)
        os.write(2, b"x" * 65_536)
        flood(3, 1 << 30)
