"""`datetime.datetime`, `datetime.date` and `random.Random` under the virtual clock and the seeded chance.

These three read the clock and the operating system's entropy in C, so patching `time.time` and `os.urandom` does not
reach them: the classes themselves are replaced, by subclasses that differ only where no time, zone or seed was given.
In a node the local zone is UTC.
"""

from __future__ import annotations

import datetime as dt
import random
from typing import Any, Final

from graders.player.world import World, current

_UTC: Final = dt.timezone.utc  # noqa: UP017 - datetime.UTC is the same object under a younger name
_RealDatetime: Final = dt.datetime


class _Stand(type):
    """Instances made in C (by `date.__add__`, `zoneinfo`, pickles) belong to the stand-in as well."""

    def __instancecheck__(cls, instance: Any) -> bool:
        real = cls.__dict__.get("_real")
        return isinstance(instance, real) if real is not None else super().__instancecheck__(instance)

    def __subclasscheck__(cls, subclass: type) -> bool:
        real = cls.__dict__.get("_real")
        return issubclass(subclass, real) if real is not None else super().__subclasscheck__(subclass)


def _moment(cls: type[Any], wall_ns: int, zone: Any) -> Any:
    utc = cls(1970, 1, 1, tzinfo=_UTC) + dt.timedelta(microseconds=wall_ns // 1_000)
    return utc.replace(tzinfo=None) if zone is None else utc.astimezone(zone)


class Datetime(dt.datetime, metaclass=_Stand):
    """`datetime.datetime`."""

    _real = dt.datetime

    @classmethod
    def now(cls, tz: Any = None) -> Any:
        world = current.world
        return super().now(tz) if world is None else _moment(cls, world.wall_ns(), tz)

    @classmethod
    def today(cls) -> Any:
        return cls.now()

    @classmethod
    def utcnow(cls) -> Any:
        world = current.world
        return super().utcnow() if world is None else _moment(cls, world.wall_ns(), None)

    @classmethod
    def fromtimestamp(cls, timestamp: float, tz: Any = None) -> Any:
        if current.world is None or tz is not None:
            return super().fromtimestamp(timestamp, tz)
        return super().fromtimestamp(timestamp, _UTC).replace(tzinfo=None)

    def timestamp(self) -> float:
        if current.world is None or self.tzinfo is not None:
            return super().timestamp()
        return float(super().replace(tzinfo=_UTC).timestamp())

    def astimezone(self, tz: Any = None) -> Any:
        if current.world is None or (self.tzinfo is not None and tz is not None):
            return super().astimezone(tz)
        aware: Any = self if self.tzinfo is not None else self.replace(tzinfo=_UTC)
        return _RealDatetime.astimezone(aware, _UTC if tz is None else tz)

    def __repr__(self) -> str:
        text = super().__repr__()
        return f"datetime.{text}" if type(self) is Datetime else text


class Date(dt.date, metaclass=_Stand):
    """`datetime.date`."""

    _real = dt.date

    @classmethod
    def today(cls) -> Any:
        world = current.world
        if world is None:
            return super().today()
        moment = _moment(_RealDatetime, world.wall_ns(), None)
        return cls(moment.year, moment.month, moment.day)

    @classmethod
    def fromtimestamp(cls, timestamp: float) -> Any:
        if current.world is None:
            return super().fromtimestamp(timestamp)
        moment = _RealDatetime.fromtimestamp(timestamp, _UTC)
        return cls(moment.year, moment.month, moment.day)

    def __repr__(self) -> str:
        text = super().__repr__()
        return f"datetime.{text}" if type(self) is Date else text


for _class, _name in ((Datetime, "datetime"), (Date, "date")):
    _class.__name__ = _class.__qualname__ = _name
    _class.__module__ = "datetime"


class Random(random.Random):
    """`random.Random`: without a seed it takes one from the node instead of the operating system."""

    def seed(self, a: Any = None, version: int = 2) -> None:
        world: World | None = current.world
        if a is None and world is not None:
            a = world.entropy.getrandbits(128)
        super().seed(a, version)


__all__ = ["Date", "Datetime", "Random"]
