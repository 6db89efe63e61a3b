def grow(megabytes):
    kept = []
    while len(kept) < megabytes:
        kept.append(bytearray(b"x") * (1 << 20))
    return len(kept)

import probe


class Student(probe.Attack):
    async def attack(self, role):
        grow(512)
