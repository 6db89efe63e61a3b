"""The command line: grade a submission offline, list the labs, prove that a lab proves itself.

It needs no server and no Django: labs are read from their folders, by the same rules as the platform's, and graded by
the same judge, so that `--seed S` gives the bytes that the server gave under S.

Exit status: 0 passed, 1 failed, 2 our fault, 64 the command is wrong.
"""

from drillyard.cli.app import main

__all__ = ["main"]
