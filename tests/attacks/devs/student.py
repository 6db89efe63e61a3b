import os

import probe


class Student(probe.Attack):
    @staticmethod
    def attempts(role):
        paths = ["/dev/mem", "/dev/kmsg", "/dev/zero", "/dev/vda", "/proc/kcore", "/dev/ptmx", "/dev/fuse"]
        return {path: lambda path=path: probe.open_(path, 0) for path in paths} | {
            "mknod": lambda: probe.call(259, 33, -100, f"{probe.HERE}/fifo-{os.getpid()}".encode() + b"\0", 0o010600, 0),
        }
