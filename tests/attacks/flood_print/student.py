import probe


class Student(probe.Attack):
    async def attack(self, role):
        for _ in range(10_000):
            print("y" * 1_000)
