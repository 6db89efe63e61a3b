import os

import probe


class Student(probe.Attack):
    @staticmethod
    def attempts(role):
        places = ["/tmp", "/var/tmp", "/dev/shm", "/dev", "/", "/python", "/player", probe.HERE]
        return {place: lambda place=place: probe.write(place + "/drillyard-attack") for place in places} | {
            "memfd": lambda: probe.call(319, 279, b"fill\0", 0),
        }
