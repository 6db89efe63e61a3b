from __future__ import annotations

import pytest
from django.test import Client

pytestmark = pytest.mark.django_db
HERE = {"Sec-Fetch-Site": "same-origin", "Referer": "http://testserver/en/"}


@pytest.mark.parametrize("theme", ["auto", "light", "dark"])
def test_without_a_script_the_button_sets_the_cookie_and_goes_back(client: Client, theme: str) -> None:
    response = client.post("/en/theme/", {"theme": theme}, headers=HERE)
    assert (response.status_code, response.headers["Location"]) == (302, "http://testserver/en/")
    assert response.cookies["theme"].value == theme
    assert f'data-theme="{theme}"' in client.get("/en/").content.decode()


def test_a_made_up_theme_is_refused(client: Client) -> None:
    assert client.post("/en/theme/", {"theme": "pink"}, headers=HERE).status_code == 400


def test_another_site_cannot_set_it_or_use_it_to_send_people_on(client: Client) -> None:
    assert client.post("/en/theme/", {"theme": "dark"}, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403
    elsewhere = {"Sec-Fetch-Site": "same-origin", "Referer": "https://elsewhere.example/"}
    assert client.post("/en/theme/", {"theme": "dark"}, headers=elsewhere).headers["Location"] == "/en/"
