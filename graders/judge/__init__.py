"""The judge: a job in, progress and an outcome out. `python -m graders.judge --help` says how.

`run` grades one job in this process; `server` forks a process a job; `__main__` is the command.
"""
