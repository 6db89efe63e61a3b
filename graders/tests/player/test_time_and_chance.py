"""Time and chance in a node: virtual, seeded, the node's own; and untouched everywhere else."""

from __future__ import annotations

import datetime as dt
import os
import random
import secrets
import sys
import time
import uuid

from graders.player.host import PlayerHost
from graders.player.world import MONOTONIC_BASE_NS
from graders.protocol.messages import Clock, Construct, Effects, Invoke, Log, Reply, Start, Step
from graders.sandbox.inprocess import InProcessHost
from graders.tests.support import MODULES, Talk, talk, value_of

DRAWS = """
import random, uuid, os, secrets
class App:
    def draws(self):
        own, strong = random.Random(), random.SystemRandom()
        return [random.random(), random.randrange(1000), random.gauss(0, 1), own.random(), strong.random(),
                random.choice("abc"), random.randbytes(3).hex(), str(uuid.uuid4()), str(uuid.uuid1()), uuid.getnode(),
                os.urandom(4).hex(), secrets.token_hex(4), secrets.randbelow(1000), secrets.choice("abc")]
"""


def _draws(seed: int, node: str = "n1") -> list[object]:
    with InProcessHost():
        player = PlayerHost()
        player.answer(Start(node, 0, seed, {"app.py": DRAWS}, "app:App", MODULES))
        answer = player.answer(Step(0, [Construct(1, 0, {}), Invoke(2, 0, "draws")]))
        assert isinstance(answer, Effects)
        reply = answer.effects[-1]
        assert isinstance(reply, Reply), answer.effects
        return list(reply.value)


def test_chance_is_a_function_of_the_node_s_seed() -> None:
    first, again, other = _draws(5), _draws(5), _draws(6)
    assert first == again
    assert all(ours != theirs for ours, theirs in zip(first[:5], other[:5], strict=True))


def test_a_seeded_generator_gives_what_it_gives_everywhere() -> None:
    expected = random.Random(42).random()
    assert value_of("return [random.Random(42).random(), isinstance(random.Random(1), random.Random)]") == [
        expected,
        True,
    ]


def test_reseeding_the_module_s_generator_concerns_this_node_only() -> None:
    outside = random.getstate()
    assert value_of("random.seed(1); a = random.random(); random.seed(1); return a == random.random()") is True
    assert random.getstate() == outside


def test_the_clocks_show_virtual_time() -> None:
    body = """
        await asyncio.sleep(61)
        now = datetime.datetime.now(datetime.timezone.utc)
        return [time.time(), time.time_ns(), time.monotonic(), time.perf_counter_ns(), now.isoformat(),
                datetime.datetime.now().isoformat(), datetime.datetime.utcnow().isoformat(), str(datetime.date.today()),
                time.strftime("%H:%M:%S"), time.localtime().tm_min, time.gmtime(0).tm_year, time.ctime()]
    """
    assert value_of(body) == [
        1767225661.0, 1767225661 * 10**9, 86461.0, MONOTONIC_BASE_NS + 61 * 10**9, "2026-01-01T00:01:01+00:00",
        "2026-01-01T00:01:01", "2026-01-01T00:01:01", "2026-01-01", "00:01:01", 1, 1970, "Thu Jan  1 00:01:01 2026",
    ]  # fmt: skip


def test_dates_work_as_the_real_classes_do() -> None:
    body = """
        d, D = datetime.datetime, datetime.date
        moment = d(2026, 3, 4, 5, 6)
        class Mine(d): pass
        return [repr(moment), isinstance(moment + datetime.timedelta(1), d), isinstance(moment, D), issubclass(d, D),
                isinstance(D(2026, 1, 1), d), moment.timestamp(), d.fromtimestamp(0).isoformat(),
                d.strptime("2026-02-03", "%Y-%m-%d").isoformat(),
                d.fromisoformat("2026-01-01T00:00:00+08:00").isoformat(),
                moment.astimezone().isoformat(), moment.astimezone(zoneinfo.ZoneInfo("Asia/Shanghai")).isoformat(),
                isinstance(Mine.now(), Mine), isinstance(moment, Mine), str(D.fromtimestamp(86400)),
                repr(D(2026, 1, 2)),
                moment == d.combine(D(2026, 3, 4), moment.time()), sorted([moment, d.min])[0] == d.min]
    """
    assert value_of(body) == [
        "datetime.datetime(2026, 3, 4, 5, 6)", True, True, True, False, 1772600760.0, "1970-01-01T00:00:00",
        "2026-02-03T00:00:00", "2026-01-01T00:00:00+08:00", "2026-03-04T05:06:00+00:00", "2026-03-04T13:06:00+08:00",
        True, False, "1970-01-02", "datetime.date(2026, 1, 2)", True, True,
    ]  # fmt: skip


def test_a_wall_clock_step_moves_the_wall_clock_alone() -> None:
    source = """
    import time, asyncio
    class App:
        def clocks(self): return [time.time(), time.monotonic(), asyncio.get_running_loop().time()]
    """
    with talk(source) as node:
        before = node.call("clocks")
        node.step(Clock(-3_600_000_000_000))
        after = node.call("clocks")
    assert after == [before[0] - 3600, before[1], before[2]]


def test_sleeping_in_the_blocking_way_moves_the_clock_and_is_reported() -> None:
    with talk(
        "import time\nclass App:\n    def nap(self):\n        time.sleep(2.5)\n        return time.monotonic()\n"
    ) as node:
        assert node.call("nap") == 86402.5
        assert node.reports == ["blocked"]


def test_a_negative_or_endless_sleep_is_refused_as_usual() -> None:
    with talk("import time\nclass App:\n    def nap(self, s): time.sleep(s)\n") as node:
        assert node.call("nap", -1).classes[0] == "ValueError"
        assert node.call("nap", 1e15).classes[0] == "OverflowError"


def test_two_nodes_in_one_process_do_not_share_time_or_chance() -> None:
    source = "import random, time\nclass App:\n    def look(self): return [random.random(), time.time()]\n"
    with InProcessHost():
        one, two = Talk(source), Talk(source)
        one.construct()
        two.construct()
        one.now_ns = 5 * 10**9
        first = one.call("look")
        second = two.call("look")
        assert first[1] - second[1] == 5.0
        assert first[0] == second[0]  # the same seed, and neither has drawn from the other's generator


def test_the_judge_keeps_its_own_time_and_chance() -> None:
    real = (
        time.time,
        time.sleep,
        random.random,
        dt.datetime,
        dt.date,
        os.urandom,
        uuid.uuid1,
        random.Random,
        sys.stdout,
    )
    with InProcessHost():
        assert abs(time.time() - dt.datetime.now(dt.UTC).timestamp()) < 5
        assert dt.datetime.now(dt.UTC).year >= 2024
        assert len({secrets.token_hex(8) for _ in range(5)}) == 5
        assert os.urandom(8) != os.urandom(8)
        assert isinstance(dt.datetime(2026, 1, 1, tzinfo=dt.UTC), dt.datetime)
    now = (
        time.time,
        time.sleep,
        random.random,
        dt.datetime,
        dt.date,
        os.urandom,
        uuid.uuid1,
        random.Random,
        sys.stdout,
    )
    assert now == real


def test_logging_carries_virtual_time() -> None:
    body = """
        handler = logging.StreamHandler(sys.stdout)
        handler.setFormatter(logging.Formatter("%(asctime)s %(message)s"))
        logger = logging.Logger("app"); logger.addHandler(handler)
        logger.warning("here")
    """
    source = "import logging, sys\nclass App:\n    def run(self):\n" + "\n".join(
        f"        {line.strip()}" for line in body.strip().splitlines()
    )
    with talk(source) as node:
        node.call("run")
        assert [item.text for item in node.of(Log)] == ["2026-01-01 00:00:00,000 here"]
