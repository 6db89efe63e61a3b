import probe


def nap(seconds):
    return probe.libc.usleep(1) if probe.OUTSIDE else [probe.libc.usleep(900_000) for _ in range(seconds)]

import probe


class Student(probe.Attack):
    async def attack(self, role):
        nap(3600)
