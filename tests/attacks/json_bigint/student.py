import os


def write(channel):
    body = b"[" + b"9" * 5_000 + b"]"
    return os.write(channel, len(body).to_bytes(4, "big") + body)

import probe


class Student(probe.Attack):
    async def attack(self, role):
        write(3)
