"""What is preloaded needs no file any more: walked in a process that can open nothing."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from graders.player import preload
from graders.protocol.errors import ProtocolError

ROOT = Path(__file__).resolve().parents[3]

SCRIPT = """
import sys
sys.path.insert(0, sys.argv[1])
from graders.player import preload
from graders.player.host import PlayerHost
from graders.player.process import prepare
from graders.protocol.messages import Construct, Invoke, Reply, Start, Step
missing = preload(("asyncio", "datetime", "json", "logging", "random", "secrets", "statistics", "traceback", "uuid",
                   "zoneinfo", "collections", "warnings", "no_such_module")[:-1])
assert missing == (), missing
prepare()

def no_files(event, arguments):
    if event in ("open", "os.listdir", "os.scandir"):
        raise PermissionError(f"{event} {arguments[0]}")
sys.addaudithook(no_files)

SOURCE = '''
import asyncio, collections, datetime, json, logging, random, secrets, statistics, traceback, uuid, warnings, zoneinfo
import collections.abc
class App:
    async def run(self):
        datetime.datetime.strptime("2026-01-02", "%Y-%m-%d")
        zoneinfo.ZoneInfo("Asia/Shanghai"); datetime.datetime.now(zoneinfo.ZoneInfo("UTC"))
        "x".encode("idna"); "中".encode("gbk"); b"xy".decode("utf-16")
        secrets.token_hex(4); statistics.quantiles([1, 2, 3]); uuid.uuid4(); uuid.uuid1()
        async with asyncio.TaskGroup() as group: group.create_task(asyncio.sleep(0))
        async with asyncio.timeout(1): await asyncio.Barrier(1).wait()
        try: 1 / 0
        except ZeroDivisionError: text = traceback.format_exc()
        logging.getLogger("x").warning("here")
        asyncio.sleep(0)
        warnings.warn("odd")
        return text.splitlines()[1]
'''
player = PlayerHost()
names = "asyncio collections datetime json logging random secrets statistics traceback uuid warnings zoneinfo"
allowed = tuple(names.split())
print(player.answer(Start("n", 0, 1, {"app.py": SOURCE}, "app:App", allowed)), file=sys.__stderr__)
effects = player.answer(Step(0, [Construct(1, 0, {}), Invoke(2, 0, "run")])).effects
replies = [item for item in effects if isinstance(item, Reply) and item.id == 2]
assert len(replies) == 1, effects
assert 'File "app.py", line 12, in run' in replies[0].value, replies
"""


def test_the_lab_s_modules_work_when_nothing_can_be_opened() -> None:
    command = [sys.executable, "-c", SCRIPT, str(ROOT)]
    done = subprocess.run(command, capture_output=True, timeout=60, check=False, text=True)
    assert done.returncode == 0, done.stderr


def test_a_module_that_is_not_in_the_standard_library_is_refused() -> None:
    with pytest.raises(ProtocolError):
        preload(("django",))


def test_a_standard_module_that_this_python_lacks_is_named() -> None:
    missing = preload(("asyncio", "winreg" if sys.platform != "win32" else "fcntl"))
    assert len(missing) == 1
