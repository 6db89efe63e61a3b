import os
def _found(text):
    if "from a" not in text:
        raise probe.Denied("nothing in it")
    return text

import probe


class Student(probe.Attack):
    @staticmethod
    def attempts(role):
        paths = ["/tmp/drillyard-covert", "/dev/shm/drillyard-covert", probe.HERE + "/covert"]
        if role == "a":
            return {"leave " + path: lambda path=path: probe.write(path, b"from a") for path in paths}
        return {"find " + path: lambda path=path: _found(probe.read(path)) for path in paths}
