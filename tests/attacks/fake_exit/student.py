import os

import probe


class Student(probe.Attack):
    async def attack(self, role):
        os._exit(0)
