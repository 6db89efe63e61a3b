import os


def write(channel):
    body = b"[" * 200_000
    data = len(body).to_bytes(4, "big") + body
    while data:
        data = data[os.write(channel, data) :]
    return "written"

import probe


class Student(probe.Attack):
    async def attack(self, role):
        write(3)
