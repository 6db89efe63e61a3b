"""Pure functions from a history to a finding. They know nothing of the simulator, of labs or of students.

A finding has three values. `pass` and `fail` are statements about the history; `unknown` says that the checker could
not tell (the history was cut off, or the search ran out of steps), which is our fault and never a student's loss.
"""

from graders.checkers.finding import Finding, Interval
from graders.checkers.intervals import concurrency_bounded, deadlines_kept
from graders.checkers.operations import ended_exactly_once

__all__ = ["Finding", "Interval", "concurrency_bounded", "deadlines_kept", "ended_exactly_once"]
