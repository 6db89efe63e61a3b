"""The choice sequence: replays, bounds, and any list of integers is a run."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graders.sim.choices import Choices
from graders.sim.seeds import derive


def _draw(choices: Choices) -> list[object]:
    order = list("abcdef")
    choices.shuffle(order)
    return [choices.below(7), choices.between(-3, 3), choices.chance(1, 4), choices.pick("xyz"), *order]


@given(st.integers(0, 2**63 - 1))
def test_what_was_drawn_replays_to_the_same_run(seed: int) -> None:
    first = Choices(seed)
    seen = _draw(first)
    again = Choices(0, recorded=first.drawn)
    assert _draw(again) == seen
    assert again.drawn == first.drawn


@given(st.lists(st.integers(0, 2**63 - 1), max_size=20))
def test_any_list_of_integers_is_a_valid_run(recorded: list[int]) -> None:
    choices = Choices(0, recorded=recorded)
    _draw(choices)
    assert Choices(0, recorded=choices.drawn).below(7) == choices.drawn[0] % 7


def test_the_empty_recording_is_the_simplest_run() -> None:
    assert _draw(Choices(9, recorded=())) == [0, -3, False, "x", *"abcdef"]


def test_every_value_below_the_bound_occurs() -> None:
    choices = Choices(1)
    assert sorted({choices.below(5) for _ in range(200)}) == [0, 1, 2, 3, 4]


def test_a_choice_among_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="there is none"):
        Choices(1).below(0)


def test_seeds_differ_by_label_and_by_where_a_label_ends() -> None:
    seeds = [
        derive(1),
        derive(2),
        derive(1, "a"),
        derive(1, "a", "b"),
        derive(1, "ab"),
        derive(1, "a", 0),
        derive(1, "0"),
    ]
    assert len(seeds) == len(dict.fromkeys(seeds))
    assert all(0 <= seed < 2**63 for seed in seeds)


def test_a_derived_seed_never_changes() -> None:
    """Old verdicts name seeds: a derivation that changes needs a new judge version, and this figure with it."""
    assert derive(7, "case", 3) == 7832193918575200398
