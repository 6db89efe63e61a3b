import os
import ctypes
import mmap

GETPID = b"\xb8\x14\x00\x00\x00\xcd\x80\xc3"  # by int 0x80


def _machine_code():
    memory = mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
    memory.write(GETPID)
    return len(memory)


def _protect():
    memory = mmap.mmap(-1, 4096)
    memory.write(GETPID)
    address = ctypes.addressof(ctypes.c_char.from_buffer(memory))
    return probe.call(10, 226, address, 4096, 5)

import probe


class Student(probe.Attack):
    @staticmethod
    def attempts(role):
        return {"memory": _machine_code, "protect": _protect}
