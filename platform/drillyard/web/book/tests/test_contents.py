from __future__ import annotations

import re

import pytest
from django.test import Client

from drillyard.catalog.models import Course


def test_what_is_written_is_linked_and_what_is_planned_is_marked_and_leads_nowhere(
    course: Course, client: Client
) -> None:
    html = client.get("/en/ftdr/").content.decode()
    assert 'href="/en/ftdr/chapters/first-steps/"' in html
    assert "chapters/next-steps/" not in html
    row = html[html.index('id="next-steps"') :]
    assert "Planned" in row[: row.index("</li>")]
    assert 'href="/en/ftdr/labs/counter/"' in html


def test_in_chinese_the_page_says_so_and_leads_to_english(course: Course, client: Client) -> None:
    html = client.get("/zh-hans/ftdr/").content.decode()
    assert '<html lang="zh-Hans"' in html
    assert "第一步" in html
    assert "待撰写" in html
    assert re.search(r'href="/en/ftdr/"\s+lang="en"', html)


def test_every_link_of_the_page_leads_somewhere(course: Course, client: Client) -> None:
    for language in ("en", "zh-hans"):
        html = client.get(f"/{language}/ftdr/").content.decode()
        for address in sorted(set(re.findall(r'href="(/[^"#]*)', html))):
            if not address.startswith("/static/"):
                assert client.get(address).status_code in (200, 302), address


@pytest.mark.django_db
def test_a_course_that_is_not_there_is_not_found(client: Client) -> None:
    assert client.get("/en/nothing/").status_code == 404


def test_it_costs_few_queries_and_a_known_page_is_not_sent_again(
    course: Course, client: Client, django_assert_max_num_queries: object
) -> None:
    with django_assert_max_num_queries(4):  # type: ignore[operator]
        first = client.get("/en/ftdr/")
    again = client.get("/en/ftdr/", headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304
    assert client.get("/zh-hans/ftdr/", headers={"If-None-Match": first.headers["ETag"]}).status_code == 200
