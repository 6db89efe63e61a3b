"""What every attack is graded by: it attacks from two nodes, and then still has to do its work."""

from __future__ import annotations

from graders.harness import Lab, case


@case(points=50, en="Both nodes do what they came for and go on", zh="两个节点各行其是之后，仍能继续工作")
def attack(lab: Lab) -> None:
    nodes = [lab.component(name) for name in ("a", "b")]
    for node, role in zip(nodes, ("a", "b"), strict=True):
        lab.finish(node.call("attack", role), limit_ms=1_000)
    for node in nodes:
        again = lab.finish(node.call("double", 4), limit_ms=1_000)
        lab.require(again.ok, en="A node still answers.", zh="节点仍会应答。")


@case(points=50, en="Twice 21 is given back", zh="返回 21 的两倍")
def answer(lab: Lab) -> None:
    doubled = lab.finish(lab.component().call("double", 21), limit_ms=1_000)
    lab.require(doubled.ok and doubled.value == 42, en="Another value came back.", zh="返回的是别的值。")
