from graders.harness import Lab, case


@case(points=40, en="A new counter is at zero", zh="新计数器为零")
def a_new_counter_is_at_zero(lab: Lab) -> None:
    counter = lab.component()
    lab.require(counter.get("value") == 0, en="A new counter is at zero.", zh="新计数器应为零。")


@case(points=60, en="Every call counts", zh="每次调用都计数", schedules=2)
def every_call_counts(lab: Lab) -> None:
    counter = lab.component()
    counter.call("add")
    counter.call("add")
    lab.require(counter.get("value") == 2, en="Two calls count two.", zh="两次调用应计为二。")
