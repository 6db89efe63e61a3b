from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser

from drillyard.accounts.models import User
from drillyard.accounts.services import profile_update, user_create
from drillyard.catalog.models import Lab
from drillyard.enrolment.models import Role
from drillyard.enrolment.services import cohort_create, enrolment_set
from drillyard.labwork.models import Submission
from drillyard.labwork.services import verdict_apply
from drillyard.labwork.tests.support import claim_of, submit, verdict_for
from drillyard.progress.selectors import lab_standings, leaderboard

pytestmark = pytest.mark.django_db


def _graded(
    user: User, lab: Lab, score: int, *, calls: int | None = 5, schedules: int = 3, sandbox: str = "bwrap"
) -> Submission:
    submission = submit(user, lab)
    verdict = verdict_for(submission)
    verdict |= {"score": score, "status": "pass" if score == 100 else "fail"}
    verdict["metrics"] = {} if calls is None else {"calls": calls}
    verdict["cases"][0]["schedules"] = schedules
    assert verdict_apply(claim=claim_of(submission), verdict=verdict, run_record={}, sandbox=sandbox)
    submission.refresh_from_db()
    return submission


def test_the_best_counts_by_score_then_robustness_then_metrics_then_who_was_first(lab: Lab) -> None:
    people = [user_create(email=f"p{number}@example.org", password=None) for number in range(6)]
    _graded(people[0], lab, 80)
    _graded(people[1], lab, 100, calls=9)
    _graded(people[2], lab, 100, calls=None)
    _graded(people[3], lab, 100, schedules=9)
    _graded(people[4], lab, 100, calls=9)
    _graded(people[5], lab, 100, calls=2)
    _graded(people[5], lab, 20, calls=1)
    board = leaderboard(lab=lab)
    expected = [people[number].pseudonym for number in (3, 5, 1, 4, 2, 0)]
    assert [row.name for row in board.rows] == expected
    assert [row.rank for row in board.rows] == [1, 2, 3, 4, 5, 6]
    assert board.rows[1].metrics == [("calls", 2)]
    assert board.rows[4].metrics == [("calls", None)]
    assert board.rows[1].attempts == 2
    assert board.people == 6


def test_a_reader_finds_themselves_even_far_down(alice: User, bob: User, lab: Lab) -> None:
    _graded(alice, lab, 100)
    _graded(bob, lab, 50)
    board = leaderboard(lab=lab, user=bob, rows_max=1)
    assert [row.name for row in board.rows] == [alice.pseudonym]
    assert board.own is not None
    assert (board.own.rank, board.own.own, board.own.name) == (2, True, bob.pseudonym)
    assert leaderboard(lab=lab, user=AnonymousUser()).own is None


def test_a_board_shows_the_handle_of_who_chose_one_and_never_the_address(alice: User, bob: User, lab: Lab) -> None:
    profile_update(user=alice, handle="熔断高手", display_name="Alice Example")
    _graded(alice, lab, 100)
    _graded(bob, lab, 90)
    shown = repr(leaderboard(lab=lab))
    assert "熔断高手" in shown
    assert "example.org" not in shown
    assert "Alice Example" not in shown


def test_staff_do_not_compete(alice: User, bob: User, owner: User, lab: Lab) -> None:
    cohort = cohort_create(actor=owner, course=lab.course, slug="2026", title="2026")
    enrolment_set(actor=owner, cohort=cohort, user=bob, role=Role.ASSISTANT)
    for user in (alice, bob, owner):
        _graded(user, lab, 100)
    assert [row.name for row in leaderboard(lab=lab).rows] == [alice.pseudonym]


def test_unofficial_results_are_marked_locally_and_absent_in_production(
    alice: User, bob: User, lab: Lab, settings: Any
) -> None:
    _graded(alice, lab, 100, sandbox="plain")
    _graded(bob, lab, 100)
    assert [(row.name, row.official) for row in leaderboard(lab=lab).rows] == [
        (bob.pseudonym, True),
        (alice.pseudonym, False),
    ]
    settings.DRILLYARD = replace(settings.DRILLYARD, production=True)
    assert [row.name for row in leaderboard(lab=lab).rows] == [bob.pseudonym]


def test_a_board_costs_three_queries_however_long_it_is(lab: Lab, django_assert_num_queries: Any) -> None:
    for number in range(5):
        _graded(user_create(email=f"p{number}@example.org", password=None), lab, 100)
    with django_assert_num_queries(3):
        assert len(leaderboard(lab=lab).rows) == 5


def test_a_standing_goes_from_new_to_waiting_to_tried_to_passed_and_stays(
    alice: User, charlie: User, lab: Lab, django_assert_num_queries: Any
) -> None:
    def standing(user: Any) -> Any:
        return lab_standings(user=user, labs=[lab])[lab.pk]

    assert standing(alice).state == "new"
    submission = submit(alice, lab)
    assert standing(alice).state == "waiting"
    verdict_apply(claim=claim_of(submission), verdict=verdict_for(submission, "fail"), run_record={}, sandbox="bwrap")
    assert standing(alice).state == "tried"
    last = _graded(alice, lab, 100)
    assert standing(alice).state == "passed"
    submission = submit(alice, lab)
    with django_assert_num_queries(1):
        found = standing(alice)
    assert (found.state, found.best_score, found.submissions) == ("passed", 100, 3)
    assert found.last_submission == submission.uuid
    assert last.passed
    assert standing(charlie).state == standing(AnonymousUser()).state == "new"
