import os


def announce(channel):
    return os.write(channel, (1 << 30).to_bytes(4, "big"))

import probe


class Student(probe.Attack):
    async def attack(self, role):
        announce(3)
        flood = b" " * 65_536
        while True:
            os.write(3, flood)
