import signal


def ignored():
    count = 0
    for number in signal.valid_signals():
        try:
            signal.signal(number, signal.SIG_IGN)
            count += 1
        except (OSError, ValueError):
            pass
    return count > 20

import probe


class Student(probe.Attack):
    async def attack(self, role):
        ignored()
        while True:
            pass
