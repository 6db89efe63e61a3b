from __future__ import annotations

import pytest
from django.test import Client

from drillyard.catalog.models import Course


def test_the_first_page_leads_to_what_is_written(course: Course, client: Client) -> None:
    html = client.get("/en/").content.decode()
    assert "Break it here first." in html
    assert 'href="/en/ftdr/chapters/first-steps/"' in html
    assert 'href="/en/ftdr/labs/counter/"' in html


def test_it_is_there_in_chinese(course: Course, client: Client) -> None:
    html = client.get("/zh-hans/").content.decode()
    assert "先在这里弄坏它" in html
    assert "计数器" in html


@pytest.mark.django_db
def test_before_the_first_sync_it_still_says_what_this_is(client: Client) -> None:
    response = client.get("/en/")
    assert response.status_code == 200
    assert "Break it here first." in response.content.decode()


@pytest.mark.django_db
def test_the_bare_address_leads_to_the_readers_language(client: Client) -> None:
    assert client.get("/", headers={"Accept-Language": "zh-CN,zh;q=0.9"}).headers["Location"] == "/zh-hans/"
    assert client.get("/", headers={"Accept-Language": "fr"}).headers["Location"] == "/en/"
