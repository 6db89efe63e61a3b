import probe


class Student(probe.Attack):
    async def attack(self, role):
        probe.libc.usleep(30_000_000)
