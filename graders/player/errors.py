"""What a student's code may catch.

Exception tree::

    CallError                     a call to another service failed; the base of what an operation may raise
        Unavailable               nobody answered, or the connection was refused
        CallTimeout               also a TimeoutError: the caller's side gave up waiting
        NotFound                  the service answered: there is no such thing
        BadRequest                the service answered: the request makes no sense
        Overloaded                the service answered: try later
        WrongAnswer               the service answered something that is not an answer
    Refused                       an API that does not exist here (threads, files, a second loop); the text says what
    to use     ImportRefused             also an ImportError: a module that the lab does not allow
    NotPlain                      also a TypeError: a value that cannot leave the node, since it is no JSON value
    MethodMissing                 also an AttributeError: the lab asked for a method or attribute that the class lacks
"""

from __future__ import annotations

from typing import Final


class CallError(Exception):
    """A call to another service failed."""


class Unavailable(CallError):
    """Nobody answered."""


class CallTimeout(CallError, TimeoutError):
    """The call took too long."""


class NotFound(CallError):
    """The service works; what was asked for does not exist."""


class BadRequest(CallError):
    """The service works; the request makes no sense."""


class Overloaded(CallError):
    """The service refuses work for now."""


class WrongAnswer(CallError):
    """The answer is not one."""


class Refused(RuntimeError):
    """An API that does not exist here. The text says, in both languages, what to use instead."""


class ImportRefused(Refused, ImportError):
    """A module that the lab does not allow."""


class NotPlain(TypeError):
    """A value that cannot leave the node."""


class MethodMissing(AttributeError):
    """The class lacks a method or attribute that the lab asks for."""


CALL_ERRORS: Final[dict[str, type[CallError]]] = {
    error.__name__: error
    for error in (CallError, Unavailable, CallTimeout, NotFound, BadRequest, Overloaded, WrongAnswer)
}
"""What a judge may raise in a node, by name."""
