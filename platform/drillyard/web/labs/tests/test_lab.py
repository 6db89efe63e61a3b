from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from drillyard.accounts.models import User
from drillyard.catalog.models import Lab
from drillyard.web.submissions.tests.support import graded, submitted

LAB = "/en/ftdr/labs/counter/"


def test_a_lab_says_what_is_asked_for_and_how_it_is_marked(lab: Lab, client: Client) -> None:
    html = client.get(LAB).content.decode()
    for case in lab.cases:
        assert case["en"] in html
        assert case["name"] in html
    assert "counter:Counter" in html
    assert "128 MB" in html
    assert "drillyard grade counter counter.py" in html
    assert 'href="/en/ftdr/labs/counter/submit/"' in html
    assert "Begin at <code>0</code>" in html


def test_in_chinese_everything_is(lab: Lab, client: Client) -> None:
    html = client.get("/zh-hans/ftdr/labs/counter/").content.decode()
    for case in lab.cases:
        assert case["zh"] in html
    assert "评分表" in html


def test_it_is_a_reading_page(
    lab: Lab, client: Client, alice: User, as_user: Callable[[User], Client], django_assert_max_num_queries: Any
) -> None:
    with django_assert_max_num_queries(6):
        first = client.get(LAB)
    assert as_user(alice).get(LAB).content == first.content
    assert "csrf" not in first.content.decode().lower()
    assert client.get(LAB, headers={"If-None-Match": first.headers["ETag"]}).status_code == 304


def test_the_head_of_the_board_is_there_and_renews_the_page(lab: Lab, client: Client, alice: User) -> None:
    empty = client.get(LAB)
    graded(submitted(alice, lab), passed=True)
    full = client.get(LAB, headers={"If-None-Match": empty.headers["ETag"]})
    assert full.status_code == 200
    assert alice.pseudonym in full.content.decode()
    assert alice.email not in full.content.decode()


def test_the_starter_is_a_download(lab: Lab, client: Client) -> None:
    response = client.get(f"{LAB}starter/counter.py")
    assert response.headers["Content-Disposition"] == 'attachment; filename="counter.py"'
    assert b"class Counter" in response.content


@pytest.mark.parametrize("path", ["starter/lab.yaml", "starter/..%2Fsuite%2F10_counting.py", "figures/10_counting.py"])
def test_nothing_else_of_a_lab_is_served(lab: Lab, client: Client, path: str) -> None:
    assert client.get(LAB + path).status_code == 404


def test_labs_are_listed_and_the_planned_ones_counted(lab: Lab, client: Client) -> None:
    html = client.get("/en/ftdr/labs/").content.decode()
    assert 'href="/en/ftdr/labs/counter/"' in html
    assert "1 more lab is planned." in html
    assert "另有 1 个实验在计划中" in client.get("/zh-hans/ftdr/labs/").content.decode()


def test_a_lab_that_is_not_there_is_not_found(lab: Lab, client: Client) -> None:
    for address in ("/en/ftdr/labs/later/", "/en/nothing/labs/counter/", "/en/nothing/labs/"):
        assert client.get(address).status_code == 404
