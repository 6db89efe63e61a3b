import os


def write(channel):
    body = b'["effects",null,1,[["reply",2,84]]]'
    return os.write(channel, (len(body).to_bytes(4, "big") + body) * 2)

import probe


class Student(probe.Attack):
    async def attack(self, role):
        write(3)
