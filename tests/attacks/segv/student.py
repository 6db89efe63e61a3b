import ctypes


def crash(address):
    return ctypes.string_at(address, 1)

import probe


class Student(probe.Attack):
    async def attack(self, role):
        crash(8)
