import os
import _thread
import time


def threads():
    started = [_thread.start_new_thread(time.monotonic, ()) for _ in range(1 if probe.OUTSIDE else 500)]
    return len(started)

import probe


class Student(probe.Attack):
    @staticmethod
    def attempts(role):
        return {"threads": threads}
