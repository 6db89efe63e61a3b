"""Ordinary asyncio programs run unchanged on the virtual loop, and the order of what they do is the usual one."""

from __future__ import annotations

from graders.tests.support import value_of


def test_sleeping_costs_no_time_and_moves_the_clock_exactly() -> None:
    assert (
        value_of("a = time.monotonic_ns(); await asyncio.sleep(3600.25); return time.monotonic_ns() - a")
        == 3_600_250_000_000
    )


def test_a_lock_goes_to_its_waiters_in_order() -> None:
    body = """
        lock, order = asyncio.Lock(), []
        async def use(name, hold):
            async with lock:
                order.append(name)
                await asyncio.sleep(hold)
        await asyncio.gather(use("a", 3), use("b", 1), use("c", 2))
        return [order, asyncio.get_running_loop().time() - 86400]
    """
    assert value_of(body) == [["a", "b", "c"], 6.0]


def test_a_semaphore_lets_so_many_in_at_once() -> None:
    body = """
        semaphore, peak, now = asyncio.BoundedSemaphore(2), 0, 0
        async def use():
            nonlocal peak, now
            async with semaphore:
                now += 1; peak = max(peak, now)
                await asyncio.sleep(1)
                now -= 1
        await asyncio.gather(*[use() for _ in range(7)])
        return peak
    """
    assert value_of(body) == 2


def test_queues_hand_over_in_their_order() -> None:
    body = """
        fifo, best, got = asyncio.Queue(2), asyncio.PriorityQueue(), []
        async def produce():
            for number in range(5):
                await fifo.put(number)
            await fifo.put(None)
        async def consume():
            while (item := await fifo.get()) is not None:
                got.append(item)
                fifo.task_done()
        await asyncio.gather(produce(), consume())
        for number in (3, 1, 2): best.put_nowait(number)
        return [got, [best.get_nowait() for _ in range(3)]]
    """
    assert value_of(body) == [[0, 1, 2, 3, 4], [1, 2, 3]]


def test_events_conditions_and_barriers_wake_their_waiters() -> None:
    body = """
        event, condition, barrier, seen = asyncio.Event(), asyncio.Condition(), asyncio.Barrier(2), []
        async def wait_event(): await event.wait(); seen.append("event")
        async def wait_condition():
            async with condition:
                await condition.wait()
                seen.append("condition")
        async def meet(name): await barrier.wait(); seen.append(name)
        tasks = [asyncio.create_task(c) for c in (wait_event(), wait_condition(), meet("x"))]
        await asyncio.sleep(1)
        event.set()
        async with condition: condition.notify_all()
        await asyncio.gather(meet("y"), *tasks)
        return sorted(seen)
    """
    assert value_of(body) == ["condition", "event", "x", "y"]


def test_a_task_group_cancels_its_others_and_collects_errors() -> None:
    body = """
        log = []
        async def patient():
            try: await asyncio.sleep(100)
            except asyncio.CancelledError: log.append("cancelled"); raise
        async def broken(): await asyncio.sleep(1); raise KeyError("k")
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(patient()); group.create_task(patient()); group.create_task(broken())
        except* KeyError as errors:
            log.append(len(errors.exceptions))
        return [log, asyncio.get_running_loop().time() - 86400]
    """
    assert value_of(body) == [["cancelled", "cancelled", 1], 1.0]


def test_timeouts_end_at_their_instant() -> None:
    body = """
        start, ends = time.monotonic_ns(), []
        try:
            async with asyncio.timeout(1.5): await asyncio.sleep(9)
        except TimeoutError: ends.append(time.monotonic_ns() - start)
        try: await asyncio.wait_for(asyncio.Event().wait(), 0.25)
        except TimeoutError: ends.append(time.monotonic_ns() - start)
        async with asyncio.timeout_at(asyncio.get_running_loop().time() + 2): await asyncio.sleep(1)
        return [*ends, await asyncio.wait_for(asyncio.sleep(0.1, "in time"), 1)]
    """
    assert value_of(body) == [1_500_000_000, 1_750_000_000, "in time"]


def test_gather_shield_wait_and_as_completed_behave() -> None:
    body = """
        async def after(delay, value): await asyncio.sleep(delay); return value
        together = await asyncio.gather(after(2, "a"), after(1, "b"))
        inner = asyncio.create_task(after(5, "kept"))
        try: await asyncio.wait_for(asyncio.shield(inner), 1)
        except TimeoutError: pass
        first = [await item for item in asyncio.as_completed([after(3, "z"), after(1, "y"), after(2, "x")])]
        done, pending = await asyncio.wait([asyncio.create_task(after(d, d)) for d in (1, 2)], timeout=1.5)
        failed = await asyncio.gather(asyncio.wait_for(asyncio.sleep(9), 1), return_exceptions=True)
        return [together, await inner, first, len(done), len(pending), type(failed[0]).__name__]
    """
    assert value_of(body) == [["a", "b"], "kept", ["y", "x", "z"], 1, 1, "TimeoutError"]


def test_each_task_has_its_own_context() -> None:
    body = """
        name = contextvars.ContextVar("name", default="nobody")
        async def who(value):
            name.set(value); await asyncio.sleep(1); return name.get()
        return [await asyncio.gather(who("a"), who("b")), name.get()]
    """
    assert value_of(body) == [["a", "b"], "nobody"]


def test_an_abandoned_asynchronous_generator_is_closed() -> None:
    body = """
        log = []
        async def numbers():
            try:
                for number in range(10):
                    yield number
                    await asyncio.sleep(1)
            finally:
                log.append("closed")
        async for number in numbers():
            if number == 2: break
        await asyncio.sleep(0); await asyncio.sleep(0)
        return [number, log]
    """
    assert value_of(body) == [2, ["closed"]]


def test_a_cancelled_task_runs_its_finally_and_says_why() -> None:
    body = """
        log = []
        async def work():
            try: await asyncio.sleep(10)
            except asyncio.CancelledError as error: log.append(str(error)); raise
            finally: log.append("finally")
        task = asyncio.create_task(work())
        await asyncio.sleep(1)
        task.cancel("enough")
        try: await task
        except asyncio.CancelledError: log.append(task.cancelled())
        return log
    """
    assert value_of(body) == ["enough", "finally", True]


def test_timers_of_one_instant_run_in_the_order_of_their_making() -> None:
    body = """
        loop, order, done = asyncio.get_running_loop(), [], asyncio.Event()
        for number in range(20):
            loop.call_later(1, order.append, number)
        loop.call_later(0.5, order.append, "early")
        loop.call_later(2, done.set)
        cancelled = loop.call_later(1, order.append, "never")
        cancelled.cancel()
        await done.wait()
        return [order, cancelled.cancelled()]
    """
    assert value_of(body) == [["early", *range(20)], True]


def test_a_due_timer_runs_though_others_keep_the_loop_busy() -> None:
    body = """
        loop, due, turns = asyncio.get_running_loop(), asyncio.Event(), 0
        loop.call_later(0, due.set)
        while not due.is_set():
            turns += 1
            await asyncio.sleep(0)
        return turns < 5
    """
    assert value_of(body) is True


def test_many_cancelled_timers_leave_no_garbage_behind() -> None:
    body = """
        for _ in range(1_000):
            async with asyncio.timeout(3600): await asyncio.sleep(0)
        return len(asyncio.get_running_loop().timers) < 200
    """
    assert value_of(body) is True


def test_delays_beyond_any_run_and_infinite_ones_never_come() -> None:
    body = """
        came, loop = [], asyncio.get_running_loop()
        for delay in (1e12, float("inf")): loop.call_later(delay, came.append, delay)
        loop.call_at(float("inf"), came.append, "at")
        await asyncio.sleep(1)
        return came
    """
    assert value_of(body) == []


def test_task_names_count_from_one_in_every_node() -> None:
    body = """
        tasks = [asyncio.create_task(asyncio.sleep(0)) for _ in range(2)]
        await asyncio.gather(*tasks)
        return [task.get_name() for task in tasks]
    """
    assert value_of(body) == value_of(body)


def test_all_tasks_lists_the_tasks_in_the_order_of_their_making() -> None:
    body = """
        tasks = [asyncio.create_task(asyncio.sleep(1), name=str(number)) for number in range(12)]
        listed = [task.get_name() for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        await asyncio.gather(*tasks)
        return listed == [str(number) for number in range(12)]
    """
    assert value_of(body) is True


def test_tasks_and_futures_hash_by_number_whoever_makes_them() -> None:
    body = """
        loop = asyncio.get_running_loop()
        things = [loop.create_future(), asyncio.Future(), asyncio.gather(loop.create_future())]
        things.append(asyncio.create_task(asyncio.sleep(0)))
        hashes = [hash(thing) for thing in things]
        for thing in things: thing.cancel()
        return [all(number < 100 for number in hashes), len(dict.fromkeys(hashes)), hashes == [hash(t) for t in things]]
    """
    assert value_of(body) == [True, 4, True]
