"""What a lab allows can be imported and used under the guard, where nothing can be opened any more."""

from __future__ import annotations

import pytest

from graders.protocol.jobs import LabLimits
from graders.protocol.messages import Construct, Invoke, Reply, Start, Started, Step
from graders.sandbox.launch import Mode
from graders.sandbox.process import ProcessHost

ALLOWED = (
    "abc", "array", "asyncio", "base64", "bisect", "calendar", "cmath", "collections", "contextlib",
    "contextvars", "copy", "dataclasses", "datetime", "decimal", "enum", "fractions", "functools", "hashlib",
    "heapq", "hmac", "inspect", "io", "itertools", "json", "logging", "math", "numbers", "operator", "pprint",
    "queue", "random", "re", "secrets", "statistics", "string", "struct", "textwrap", "time", "traceback",
    "types", "typing", "uuid", "warnings", "weakref", "zlib", "zoneinfo",
)  # fmt: skip
USES = {
    "strptime": "datetime.datetime.strptime('2026-02-03', '%Y-%m-%d').day == 3",
    "zone": "datetime.datetime(2026, 1, 1, tzinfo=zoneinfo.ZoneInfo('Asia/Shanghai')).utcoffset().seconds == 28800",
    "secrets": "len(secrets.token_bytes(4)) == 4",
    "statistics": "statistics.median([3, 1, 2]) == 2",
    "gbk": "'熔断'.encode('gbk').decode('gbk') == '熔断'",
    "idna": "'bücher'.encode('idna') == b'xn--bcher-kva'",
    "sha256": "hashlib.sha256(b'').hexdigest()[:4] == 'e3b0'",
    "decimal": "str(decimal.Decimal(1) / 3)[:4] == '0.33'",
    "pickled_class": "dataclasses.make_dataclass('P', ['x'])(1).x == 1",
    "format": "'division' in '\\n'.join(failing())",
    "logging": "logging.getLogger('x').warning('y') is None",
    "pprint": "pprint.pformat({'a': 1}) == \"{'a': 1}\"",
    "uuid": "uuid.uuid4().version == 4",
}


@pytest.mark.parametrize("mode", [pytest.param("plain"), pytest.param("bwrap", marks=pytest.mark.bwrap)])
def test_the_whole_list_can_be_imported_and_used(mode: Mode) -> None:
    lines = [f"import {name}" for name in ALLOWED]
    lines += ["def failing():", "    try:", "        1 / 0", "    except ZeroDivisionError as error:"]
    lines += ["        return traceback.format_exception(error)", "class A:"]
    for name, expression in USES.items():
        lines += [f"    def {name}(self):", f"        return {expression}"]
    start = Start(
        node="node-1",
        incarnation=0,
        seed=1,
        files={"student.py": "\n".join(lines) + "\n"},
        entry_point="student:A",
        modules_allowed=ALLOWED,
    )
    with ProcessHost(mode, limits=LabLimits(), modules=ALLOWED) as host:
        channel, started = host.start(start)
        assert isinstance(started, Started), started
        channel.step(Step(0, [Construct(1, 1, {})]))
        for number, name in enumerate(USES, 2):
            effects = channel.step(Step(0, [Invoke(number, 1, name)])).effects
            assert Reply(number, True) in effects, f"{name}: {effects}"
