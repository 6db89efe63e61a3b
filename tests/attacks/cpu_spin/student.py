import probe

if not probe.OUTSIDE:
    while True:
        pass


class Student(probe.Attack):
    pass
