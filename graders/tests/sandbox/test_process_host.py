"""Nodes as processes, in both modes: what they answer, how they end, and what is left."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from graders.protocol.jobs import LabLimits
from graders.protocol.messages import Construct, Effects, Failed, Invoke, Reply, Start, Started, Step
from graders.sandbox import SandboxUnavailable, available_modes, open_sandbox
from graders.sandbox.launch import Mode
from graders.sandbox.process import ProcessHost
from graders.sim.nodes import NodeGone

LIMITS = LabLimits(step_wall_ms_max=500, run_wall_ms_max=10_000, memory_mb_max=128)
MODES = [pytest.param("plain"), pytest.param("bwrap", marks=pytest.mark.bwrap)]
MODULES = ("asyncio", "os", "json")


@pytest.fixture(params=MODES)
def host(request: pytest.FixtureRequest) -> Iterator[ProcessHost]:
    mode: Mode = request.param
    with ProcessHost(mode, limits=LIMITS, modules=MODULES) as host:
        yield host


def _start(body: str, seed: int = 1) -> Start:
    return Start(
        node="node-1",
        incarnation=0,
        seed=seed,
        files={"student.py": f"import os\nclass A:\n    async def run(self):\n        {body}\n"},
        entry_point="student:A",
        modules_allowed=MODULES,
    )


def _run(host: ProcessHost, body: str) -> Effects:
    channel, started = host.start(_start(body))
    assert isinstance(started, Started)
    channel.step(Step(0, [Construct(1, 1, {})]))
    return channel.step(Step(0, [Invoke(2, 1, "run")]))


def _gone(host: ProcessHost, body: str) -> str:
    with pytest.raises(NodeGone) as gone:
        _run(host, body)
    return gone.value.exit.kind


def test_a_node_answers(host: ProcessHost) -> None:
    assert _run(host, "return 6 * 7").effects == [Reply(2, 42)]


def test_two_nodes_are_two_processes_and_share_no_module(host: ProcessHost) -> None:
    _run(host, "os.shared = 1")
    assert _run(host, "return hasattr(os, 'shared')").effects == [Reply(2, False)]
    assert host.usage()["nodes_peak"] == 2


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ("os._exit(0)", "exited"),
        ("while True: pass", "time_limit"),
        ("return len(bytearray(1 << 30))", "memory_limit"),
        ("os.write(3, b'A' * 65536)", "output_limit"),
        ("os.write(3, b'\\0\\0\\0\\1x')", "protocol"),
        ("os.close(3)", "exited"),
        ("return 'x' * (2 << 20)", "output_limit"),
    ],
)
def test_a_node_that_misbehaves_is_gone_for_a_reason(host: ProcessHost, body: str, kind: str) -> None:
    assert _gone(host, body) == kind
    assert _run(host, "return 1").effects == [Reply(2, 1)], "the next node is none the worse for it"


def test_a_source_that_does_not_parse_fails_to_start(host: ProcessHost) -> None:
    _, failed = host.start(_start("return (("))
    assert isinstance(failed, Failed)
    assert failed.kind == "syntax_error"


def test_a_killed_node_does_not_answer_and_may_be_killed_again(host: ProcessHost) -> None:
    channel, _ = host.start(_start("return 1"))
    channel.kill()
    channel.kill()
    with pytest.raises(NodeGone):
        channel.step(Step(0, []))


def test_another_hash_seed_orders_sets_otherwise(host: ProcessHost) -> None:
    body = "return list({'alpha', 'beta', 'gamma', 'delta', 'epsilon', 'zeta', 'eta', 'theta'})"
    first = _run(host, body).effects
    assert _run(host, body).effects == first
    with host.alternate(1) as other:
        channel, _ = other.start(_start(body))
        channel.step(Step(0, [Construct(1, 1, {})]))
        assert channel.step(Step(0, [Invoke(2, 1, "run")])).effects != first


def test_the_environment_inside_is_ours_alone(host: ProcessHost) -> None:
    effects = _run(host, "return sorted(os.environ)").effects
    assert isinstance(effects[0], Reply)
    known = {"LC_ALL", "LD_LIBRARY_PATH", "PYTHONHASHSEED", "PYTHONPATH", "PYTHONTZPATH", "PWD", "TZ"}
    assert set(effects[0].value) <= known


@pytest.mark.root
def test_root_gives_each_sandbox_a_uid_of_its_own() -> None:
    if os.geteuid() != 0:
        pytest.skip("only root can give uids away")
    with ProcessHost("plain", limits=LIMITS) as one, ProcessHost("plain", limits=LIMITS) as two:
        uids = [_run(host, "return os.getuid()").effects[0] for host in (one, two)]
    assert uids[0] != uids[1]
    assert Reply(2, 0) not in uids


def test_a_mode_that_does_not_exist_here_says_what_to_do() -> None:
    with pytest.raises(SandboxUnavailable, match="bwrap"):
        open_sandbox("docker")


@pytest.mark.bwrap
def test_this_machine_can_run_every_mode_of_the_embedded_deployment() -> None:
    modes = available_modes()
    assert {mode: modes[mode] for mode in ("inprocess", "plain", "bwrap")} == dict.fromkeys(
        ("inprocess", "plain", "bwrap")
    )
