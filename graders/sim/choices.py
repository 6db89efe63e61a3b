"""The judge's chance: one recorded sequence of small integers.

Every random decision of a schedule is a draw "below n" from here, so that the list of what was drawn *is* the
schedule: any list of integers replays as a valid run, which is what lets one generic shrinker work for every lab and
turns a failure into a command that can be pasted. The idea is Hypothesis's choice sequence (MacIver and Donaldson,
"Test-Case Reduction via Test-Case Generation", ECOOP 2020).

Invariant: draws depend on the seed (or the replayed list) and on the bounds asked for, and on nothing else. Only
integers are drawn: no float, no libm, nothing whose last bit differs between machines.
"""

from __future__ import annotations

import random
from collections.abc import MutableSequence, Sequence
from typing import TypeVar

T = TypeVar("T")


class Choices:
    """Draws from `seed`, or replays `recorded`: a missing choice is 0, one beyond its bound wraps round it."""

    def __init__(self, seed: int, *, recorded: Sequence[int] | None = None) -> None:
        self._bits = random.Random(seed).getrandbits
        self._recorded = None if recorded is None else tuple(recorded)
        self.drawn: list[int] = []

    def below(self, bound: int) -> int:
        """An integer in [0, bound), each as likely as the other. `bound` >= 1."""
        if bound < 1:
            raise ValueError(f"a choice below {bound}: there is none")
        if self._recorded is not None:
            choice = self._replayed(bound)
        else:
            # getrandbits with rejection, since randrange may be implemented otherwise in another Python.
            width = (bound - 1).bit_length()
            choice = self._bits(width) if width else 0
            while choice >= bound:
                choice = self._bits(width)
        self.drawn.append(choice)
        return choice

    def between(self, low: int, high: int) -> int:
        """An integer in [low, high], both included; `low` is the simplest."""
        return low + self.below(high - low + 1)

    def chance(self, numerator: int, denominator: int) -> bool:
        """True `numerator` times of `denominator`; False is the simplest, so that shrinking removes faults."""
        return self.below(denominator) >= denominator - numerator

    def pick(self, options: Sequence[T]) -> T:
        """One of `options`; the first is the simplest."""
        return options[self.below(len(options))]

    def shuffle(self, items: MutableSequence[T]) -> None:
        """Fisher-Yates, in place; all choices 0 leave the order as it is."""
        for index in range(len(items) - 1):
            other = index + self.below(len(items) - index)
            items[index], items[other] = items[other], items[index]

    def _replayed(self, bound: int) -> int:
        position = len(self.drawn)
        recorded = self._recorded or ()
        return recorded[position] % bound if position < len(recorded) else 0
