from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from drillyard.accounts.models import User
from drillyard.catalog.models import Lab
from drillyard.labwork.models import Submission
from drillyard.labwork.services import run_fault, run_progress, submission_cancel
from drillyard.web.submissions.tests.support import claimed, graded, submitted

NOBODYS = "00000000-0000-4000-8000-000000000000"


def _page(client: Client, submission: Submission, part: str = "", language: str = "en") -> str:
    response = client.get(f"/{language}/submissions/{submission.uuid}/{part}")
    assert response.status_code == 200
    return response.content.decode()


def test_while_it_waits_the_page_says_so_and_asks_for_news(
    lab: Lab, alice: User, bob: User, as_user: Callable[[User], Client]
) -> None:
    submitted(bob, lab)
    html = _page(as_user(alice), submitted(alice, lab))
    assert "ahead of you: 1." in html
    assert 'data-live="on"' in html
    assert "<noscript>" in html
    assert 'http-equiv="refresh"' in html
    for case in lab.cases:
        assert case["en"] in html


def test_while_it_is_graded_the_cases_that_ended_are_marked(
    lab: Lab, alice: User, as_user: Callable[[User], Client]
) -> None:
    submission = submitted(alice, lab)
    name = lab.cases[0]["name"]
    progress = {"index": 1, "total": len(lab.cases), "case": name, "status": "pass", "cases": [[name, "pass"]]}
    assert run_progress(claim=claimed(submission), progress=progress)
    html = _page(as_user(alice), submission)
    assert "Being graded" in html
    assert f'data-case="{name}" data-status="pass"' in " ".join(html.split())


def test_a_failure_says_what_was_promised_and_how_to_replay_it(
    lab: Lab, alice: User, as_user: Callable[[User], Client]
) -> None:
    submission = submitted(alice, lab)
    record = {
        "wall_ms": 1234,
        "cases": {
            lab.cases[-1]["name"]: {
                "detail": "Traceback\nValueError: <b>",
                "logs": [[1_500_000_000, "node-1", "stdout", "hello <i>\n"]],
                "reports": [[0, "node-1", "never_awaited", "call"]],
            }
        },
    }
    graded(submission, passed=False, record=record)
    client = as_user(alice)
    html = _page(client, submission)
    seed = submission.runs.get().seed
    assert "Promised this, saw &lt;that&gt;." in html
    assert f"drillyard grade counter counter.py --case {lab.cases[-1]['name']} --seed {seed}" in html
    assert "ValueError: &lt;b&gt;" in html
    assert "hello &lt;i&gt;" in html
    assert "A coroutine was never awaited" in html
    assert "1.23" in html
    assert "data-verdict" in html
    assert 'http-equiv="refresh"' not in html
    assert "承诺如此，所见如彼。" in _page(client, submission, language="zh-hans")


def test_a_pass_says_so(lab: Lab, alice: User, as_user: Callable[[User], Client]) -> None:
    submission = submitted(alice, lab)
    graded(submission, passed=True)
    html = _page(as_user(alice), submission)
    assert "Every promise kept" in html
    assert "<b>100</b>" in html
    assert "badge unofficial" not in html


def test_the_source_is_shown_and_escaped(lab: Lab, alice: User, as_user: Callable[[User], Client]) -> None:
    html = _page(as_user(alice), submitted(alice, lab))
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in html
    assert "<script>alert" not in html


def test_the_order_of_a_set_is_pointed_out(lab: Lab, alice: User, as_user: Callable[[User], Client]) -> None:
    submission = submitted(alice, lab)
    graded(submission, passed=True, record={"set_order": [{"case": lab.cases[0]["name"]}]})
    assert "depends on the order of a set" in _page(as_user(alice), submission)


def test_our_fault_is_said_to_be_ours_and_not_the_students(
    lab: Lab, alice: User, as_user: Callable[[User], Client], settings: Any
) -> None:
    submission = submitted(alice, lab)
    for _ in range(settings.DRILLYARD.grading.attempts_max):
        assert run_fault(claim=claimed(submission), fault="fault_judge_died", detail="secret detail")
    html = _page(as_user(alice), submission)
    assert "This is our fault and costs you nothing." in html
    assert "secret detail" not in html


def test_one_that_was_taken_back_says_so(lab: Lab, alice: User, as_user: Callable[[User], Client]) -> None:
    submission = submitted(alice, lab)
    submission_cancel(user=alice, uuid=submission.uuid)
    assert "took this submission back" in _page(as_user(alice), submission)


def test_what_was_graded_without_isolation_is_called_unofficial(
    lab: Lab, alice: User, as_user: Callable[[User], Client]
) -> None:
    submission = submitted(alice, lab)
    graded(submission, passed=True, sandbox="plain")
    assert "badge unofficial" in _page(as_user(alice), submission)


def test_the_panel_alone_is_what_the_script_fetches_at_the_end(
    lab: Lab, alice: User, as_user: Callable[[User], Client]
) -> None:
    submission = submitted(alice, lab)
    graded(submission, passed=True)
    html = _page(as_user(alice), submission, "panel/")
    assert "<html" not in html
    assert "data-verdict" in html


def test_the_status_is_what_a_page_without_a_stream_asks_for(
    lab: Lab, alice: User, as_user: Callable[[User], Client]
) -> None:
    submission = submitted(alice, lab)
    client = as_user(alice)
    address = f"/en/submissions/{submission.uuid}/status/"
    before = client.get(address).json()
    graded(submission, passed=True)
    after = client.get(address)
    assert (before["state"], before["final"], before["position"]) == ("queued", False, 0)
    assert (after.json()["state"], after.json()["final"], after.json()["score"]) == ("done", True, 100)
    assert after.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("part", ["", "panel/", "status/", "events/"])
def test_charlie_gets_the_same_answer_for_alices_and_for_nobodys(
    lab: Lab, alice: User, charlie: User, as_user: Callable[[User], Client], part: str
) -> None:
    submission = submitted(alice, lab)
    client = as_user(charlie)
    found = client.get(f"/en/submissions/{submission.uuid}/{part}")
    absent = client.get(f"/en/submissions/{NOBODYS}/{part}")
    assert (found.status_code, absent.status_code) == (404, 404)
    pages = [
        response.content.decode().replace(uuid, "")
        for response, uuid in ((found, str(submission.uuid)), (absent, NOBODYS))
    ]
    assert pages[0] == pages[1]


def test_a_visitor_is_asked_to_sign_in(lab: Lab, alice: User, client: Client) -> None:
    submission = submitted(alice, lab)
    assert client.get(f"/en/submissions/{submission.uuid}/").headers["Location"].startswith("/en/accounts/login/")
    for part in ("status/", "events/"):
        assert client.get(f"/en/submissions/{submission.uuid}/{part}").status_code == 404


def test_staff_see_it_but_are_not_offered_to_submit_again_for_the_student(
    lab: Lab, alice: User, owner: User, as_user: Callable[[User], Client]
) -> None:
    submission = submitted(alice, lab)
    graded(submission, passed=False)
    html = _page(as_user(owner), submission)
    assert "Submit again" not in html


def test_it_costs_few_queries(
    lab: Lab, alice: User, as_user: Callable[[User], Client], django_assert_max_num_queries: Any
) -> None:
    submission = submitted(alice, lab)
    graded(submission, passed=False)
    client = as_user(alice)
    with django_assert_max_num_queries(8):
        _page(client, submission)
