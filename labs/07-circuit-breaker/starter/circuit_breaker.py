"""Your circuit breaker. It closes over nothing yet: every call goes through, however often the dependency fails.

这就是你的熔断器。它现在什么也不拦：依赖失败再多次，每个调用都照样放行。
"""

import asyncio
import time


class CircuitOpenError(Exception):
    """The call was refused; the operation was not started. / 调用被拒绝，操作没有开始。"""

    def __init__(self, retry_after_ms):
        super().__init__(f"the circuit is open; retry after {retry_after_ms} ms")
        self.retry_after_ms = retry_after_ms


class CircuitBreaker:
    # The last part of the lab: settings of your choice for a service that goes down three times.
    # 实验的最后一部分：为一个会宕机三次的服务选定你的参数。
    STORM_SETTINGS = {}

    def __init__(
        self,
        *,
        failure_threshold=5,
        failure_rate_percent=None,
        minimum_calls=10,
        window_calls=None,
        window_ms=None,
        open_ms=30_000,
        half_open_max_probes=1,
        success_threshold=1,
        call_timeout_ms=None,
        ignored_errors=(),
        on_state_change=None,
    ):
        self.failure_threshold = failure_threshold
        self.open_ms = open_ms
        # ... and the others, as you come to need them. / 其余参数，用到时再存。

    @property
    def state(self):
        return "closed"

    async def call(self, operation):
        # 1. May this call start? If not: raise CircuitOpenError(retry_after_ms=...).
        #    这个调用可以开始吗？不可以就 raise CircuitOpenError(retry_after_ms=...)。
        # 2. Start it, and wait. / 开始调用，并等待结果。
        # 3. What does its outcome say about the dependency, and does that still matter?
        #    它的结局说明了依赖的什么情况？这一点现在还算数吗？
        return await operation()
