import os
import ctypes

import probe


class Student(probe.Attack):
    @staticmethod
    def attempts(role):
        paths = ["/var/run/docker.sock", "/run/docker.sock", "/run/containerd/containerd.sock", "/run/podman/podman.sock"]
        return {path: lambda path=path: probe.call(262, 79, -100, path.encode() + b"\0", ctypes.create_string_buffer(256), 0) for path in paths} | {
            "here": lambda: probe.call(262, 79, -100, probe.HERE.encode() + b"\0", ctypes.create_string_buffer(256), 0),
            "unix": lambda: probe.call(41, 198, 1, 1, 0),
        }
