import os
import gc
import sys

_kept = []


def _word():
    return "".join(["CAN", "ARY-"])


def _found(texts):
    """The word by itself is ours."""
    found = [text for text in texts if _word() in text and text != _word()]
    if not found:
        raise probe.Denied("nothing in it")
    return found[0][:80]


def _objects():
    """Every container and the strings in it. Outside, something is there to be found."""
    if probe.OUTSIDE:
        _kept.append([_word() + "here", _kept])
    return _found([part for thing in gc.get_objects() for part in gc.get_referents(thing) if type(part) is str])


def _frames():
    if probe.OUTSIDE:
        secret = _word() + "in a frame"  # noqa: F841
    texts = []
    frame = sys._getframe()
    while frame is not None:
        texts += [value for value in frame.f_locals.values() if type(value) is str]
        frame = frame.f_back
    return _found(texts)


def _main():
    main = sys.modules["__main__"]
    if probe.OUTSIDE:
        main.planted = _word() + "in main"
    return _found([value for value in vars(main).values() if type(value) is str])

import probe


class Student(probe.Attack):
    @staticmethod
    def attempts(role):
        return {"objects": _objects, "frames": _frames, "main": _main}
