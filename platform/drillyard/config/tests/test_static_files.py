"""Static files under both servers: whole, cached by the browser, and nothing outside the shelf."""

from __future__ import annotations

import pytest
from asgiref.sync import async_to_sync
from django.contrib.staticfiles import finders
from django.test import AsyncClient, Client

FILE = "web/favicon.svg"


@pytest.fixture
def data() -> bytes:
    path = finders.find(FILE)
    assert path
    with open(path, "rb") as file:  # noqa: PTH123 - a path that Django found
        return file.read()


def test_a_file_comes_whole_with_its_type(client: Client, data: bytes) -> None:
    answer = client.get(f"/static/{FILE}")
    assert (answer.status_code, answer.content) == (200, data)
    assert answer["Content-Type"].startswith("image/svg+xml")
    assert "Last-Modified" in answer


def test_an_asynchronous_server_gets_the_same(async_client: AsyncClient, data: bytes) -> None:
    answer = async_to_sync(async_client.get)(f"/static/{FILE}")
    assert (answer.status_code, answer.content) == (200, data)
    assert not answer.streaming


def test_who_has_it_already_gets_304(client: Client) -> None:
    when = client.get(f"/static/{FILE}")["Last-Modified"]
    again = client.get(f"/static/{FILE}", headers={"If-Modified-Since": when})
    assert (again.status_code, again.content) == (304, b"")


def test_head_brings_no_content_and_part_of_a_file_is_part(client: Client, data: bytes) -> None:
    assert client.head(f"/static/{FILE}").content == b""
    part = client.get(f"/static/{FILE}", headers={"Range": "bytes=0-3"})
    assert (part.status_code, part.content) == (206, data[:4])


@pytest.mark.parametrize("path", ["../config/settings.py", "web/none.svg", "%2e%2e/manage.py"])
def test_what_is_not_on_the_shelf_is_not_there(client: Client, path: str) -> None:
    assert client.get(f"/static/{path}").status_code == 404
