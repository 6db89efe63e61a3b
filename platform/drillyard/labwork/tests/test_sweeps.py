from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from celery import Celery, current_app
from celery.app import app_or_default
from django.core.management import call_command
from kombu import Connection

from drillyard.accounts.models import User
from drillyard.catalog.models import Lab
from drillyard.common import clock
from drillyard.labwork.models import Submission, SubmissionState
from drillyard.labwork.services import Swept, run_heartbeat, sweep
from drillyard.labwork.tests.support import claim_of, run_of, submit
from drillyard.records.models import OutboxEntry

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def connection() -> Iterator[Connection]:
    with current_app.connection_for_write() as connection:
        _drain(connection)
        yield connection
        _drain(connection)


def _drain(connection: Connection) -> list[str]:
    """The run uuids of the messages that wait, oldest first."""
    found = []
    with connection.SimpleQueue("live") as queue:
        while queue.qsize():
            message = queue.get(block=False)
            found.append(message.payload[0][0])
            message.ack()
    return found


def _later(seconds: float) -> Any:
    return time_machine.travel(clock.now() + timedelta(seconds=seconds), tick=False)


def test_a_message_is_sent_at_commit_and_marked(alice: User, lab: Lab, connection: Connection) -> None:
    submission = submit(alice, lab)
    assert _drain(connection) == [str(run_of(submission).uuid)]
    entry = OutboxEntry.objects.get()
    assert entry.sent_at is not None
    assert entry.sent_count == 1
    assert sweep() == Swept(leases_ended=0, messages_sent=0)


def test_a_message_that_was_never_sent_is_sent_by_the_sweeper(alice: User, lab: Lab, connection: Connection) -> None:
    submission = submit(alice, lab)
    _drain(connection)
    OutboxEntry.objects.update(sent_at=None)
    assert sweep().messages_sent == 0  # the relay may be about to send it
    with _later(6):
        assert sweep().messages_sent == 1
        assert sweep().messages_sent == 0
    assert _drain(connection) == [str(run_of(submission).uuid)]


def test_a_message_that_was_lost_is_sent_again_and_each_time_later(
    alice: User, lab: Lab, connection: Connection
) -> None:
    submit(alice, lab)
    _drain(connection)
    with _later(0) as traveller:
        sent_after = []
        for second in range(0, 200, 5):
            if sweep().messages_sent:
                sent_after.append(second)
            traveller.shift(timedelta(seconds=5))
    assert sent_after == [20, 60, 140]
    assert len(_drain(connection)) == 3


def test_a_run_whose_worker_fell_silent_goes_back_to_the_queue(alice: User, lab: Lab, connection: Connection) -> None:
    submission = submit(alice, lab)
    _drain(connection)
    claim = claim_of(submission)
    with _later(29):
        assert sweep().leases_ended == 0
        assert run_heartbeat(claim=claim)
    with _later(31):
        assert sweep().leases_ended == 0
    with _later(29 + 31):
        assert sweep() == Swept(leases_ended=1, messages_sent=0)
        assert run_of(submission).fault == "fault_worker_lost"
        assert not run_heartbeat(claim=claim)
    with _later(29 + 31 + 3):
        assert sweep().messages_sent == 1
    assert _drain(connection) == [str(claim.run_uuid)]


def test_a_run_that_takes_its_workers_with_it_is_given_up_as_our_fault(
    alice: User, lab: Lab, connection: Connection, settings: Any
) -> None:
    submission = submit(alice, lab)
    for _ in range(settings.DRILLYARD.grading.attempts_max):
        claim_of(submission)
        with _later(31):
            assert sweep().leases_ended == 1
    found = Submission.objects.get()
    assert (found.state, found.fault, found.score) == (SubmissionState.UNKNOWN, "fault_worker_lost", None)
    with _later(600):
        assert sweep() == Swept(leases_ended=0, messages_sent=0)


def test_a_broker_that_is_down_refuses_no_submission(
    alice: User, lab: Lab, connection: Connection, tmp_path: Path
) -> None:
    folders = {name: str(tmp_path / "gone") for name in ("data_folder_in", "data_folder_out")}
    down = Celery("down", broker="filesystem://", set_as_current=False)
    down.conf.update(broker_transport_options=folders)
    app = app_or_default()
    down.set_current()
    try:
        submission = submit(alice, lab)
        with _later(6):
            assert sweep().messages_sent == 0
    finally:
        app.set_current()
    assert submission.state == SubmissionState.QUEUED
    with _later(6):
        assert sweep().messages_sent == 1


def test_the_command_sweeps_once(
    alice: User, lab: Lab, connection: Connection, capsys: pytest.CaptureFixture[str]
) -> None:
    submit(alice, lab)
    with _later(21):
        call_command("sweeper", "--once")
    assert capsys.readouterr().out == "leases ended: 0, messages sent: 1\n"
