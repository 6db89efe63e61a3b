from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from drillyard.accounts.models import User
from drillyard.catalog.models import Lab
from drillyard.labwork.models import Submission

SUBMIT = "/en/ftdr/labs/counter/submit/"
CODE = "class Counter:\n    mine = True\n"
KEY = "key-0123456789"


def test_the_form_begins_with_the_starter_and_works_without_a_script(
    lab: Lab, alice: User, as_user: Callable[[User], Client]
) -> None:
    response = as_user(alice).get(SUBMIT)
    html = response.content.decode()
    assert 'name="text-counter.py"' in html
    assert "class Counter" in html
    assert "csrfmiddlewaretoken" in html
    assert response.headers["Cache-Control"] == "no-store"


def test_the_nonce_of_the_editor_is_that_of_the_header(
    lab: Lab, alice: User, as_user: Callable[[User], Client]
) -> None:
    client = as_user(alice)
    nonces = set()
    for _ in range(2):
        response = client.get(SUBMIT)
        found = re.search(r'data-nonce="([^"]+)"', response.content.decode())
        assert found
        assert f"style-src 'self' 'nonce-{found[1]}'" in response.headers["Content-Security-Policy"]
        assert "unsafe" not in response.headers["Content-Security-Policy"]
        nonces.add(found[1])
    assert len(nonces) == 2


def test_a_text_is_submitted_and_shown_again_next_time(
    lab: Lab, alice: User, as_user: Callable[[User], Client]
) -> None:
    client = as_user(alice)
    response = client.post(SUBMIT, {"text-counter.py": CODE.replace("\n", "\r\n"), "key": KEY})
    submission = Submission.objects.get(user=alice)
    assert response.headers["Location"] == f"/en/submissions/{submission.uuid}/"
    assert submission.files.get().text == CODE
    assert "mine = True" in client.get(SUBMIT).content.decode()


@pytest.mark.parametrize("name", ["counter.py", "counter (1).py"])
def test_an_upload_takes_the_place_of_the_text(
    lab: Lab, alice: User, as_user: Callable[[User], Client], name: str
) -> None:
    upload = SimpleUploadedFile(name, CODE.encode())
    as_user(alice).post(SUBMIT, {"text-counter.py": "# other", "upload": upload, "key": KEY})
    assert Submission.objects.get(user=alice).files.get().text == CODE


def test_the_same_form_sent_twice_is_one_submission(lab: Lab, alice: User, as_user: Callable[[User], Client]) -> None:
    client = as_user(alice)
    addresses = {client.post(SUBMIT, {"text-counter.py": CODE, "key": KEY}).headers["Location"] for _ in range(2)}
    assert len(addresses) == 1
    assert Submission.objects.count() == 1


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"text-counter.py": ""}, "There is no file"),
        ({"text-counter.py": "x" * 300_000}, "larger than"),
        ({"text-counter.py": "a = '\0'"}, "NUL"),
        ({"upload": SimpleUploadedFile("notes.txt", b"hello")}, "does not take a file called"),
        ({"upload": SimpleUploadedFile("counter.py", b"\xff\xfe")}, "UTF-8"),
        ({"text-counter.py": CODE, "key": "short"}, "idempotency key"),
    ],
)
def test_what_cannot_be_accepted_is_said_and_what_was_written_stays(
    lab: Lab, alice: User, as_user: Callable[[User], Client], fields: dict[str, Any], said: str
) -> None:
    response = as_user(alice).post(SUBMIT, {"key": KEY, **fields})
    html = response.content.decode()
    assert response.status_code == 400
    assert 'role="alert"' in html
    assert said in html
    assert not Submission.objects.exists()
    if fields.get("text-counter.py") == CODE:
        assert "mine = True" in html


def test_too_many_waiting_is_said_with_its_own_status(lab: Lab, alice: User, as_user: Callable[[User], Client]) -> None:
    client = as_user(alice)
    answers = [
        client.post(SUBMIT, {"text-counter.py": f"{CODE}# {number}\n", "key": f"{KEY}-{number}"}) for number in range(6)
    ]
    assert answers[-1].status_code == 429
    assert "are waiting already" in answers[-1].content.decode()


def test_a_refusal_is_in_the_readers_language(lab: Lab, alice: User, as_user: Callable[[User], Client]) -> None:
    response = as_user(alice).post("/zh-hans/ftdr/labs/counter/submit/", {"text-counter.py": "", "key": KEY})
    assert "提交中没有任何文件" in response.content.decode()


def test_a_visitor_is_asked_to_sign_in(lab: Lab, client: Client) -> None:
    assert client.get(SUBMIT).headers["Location"] == f"/en/accounts/login/?next={SUBMIT}"


def test_a_form_of_another_site_is_refused_in_words(lab: Lab, alice: User) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(alice, backend="django.contrib.auth.backends.ModelBackend")
    response = strict.post(SUBMIT, {"text-counter.py": CODE, "key": KEY})
    assert response.status_code == 403
    assert "The form has expired" in response.content.decode()
    assert not Submission.objects.exists()
