import os
import probe


def drip(channel, count):
    os.write(channel, b"\0\0\xff\xff")
    for _ in range(count):
        os.write(channel, b" ")
        probe.libc.usleep(100_000)
    return count

import probe


class Student(probe.Attack):
    async def attack(self, role):
        drip(3, 10_000)
