from __future__ import annotations

from pathlib import Path

from kombu import Connection

from drillyard.config import databases
from drillyard.config.broker import Transport


def test_messages_go_through_whole_and_in_order_and_leave_nothing_half_written(tmp_path: Path) -> None:
    options = databases.broker_folders(tmp_path / "broker")
    messages = tmp_path / "broker" / "messages"
    connection = Connection("filesystem://", transport=Transport, transport_options=options)
    with connection, connection.SimpleQueue("live") as queue:
        for number in range(20):
            queue.put({"number": number})
        (messages / "0.live.msg.draft").write_text('{"half": ')
        names = sorted(path.name for path in messages.glob("*.live.msg"))
        assert len(names) == 20
        received = [queue.get(timeout=5) for _ in range(20)]
        for message in received:
            message.ack()
    assert [message.payload["number"] for message in received] == list(range(20))


def test_sqlite_is_set_up_for_several_writers_and_a_power_cut(tmp_path: Path) -> None:
    entry = databases.database({"ENGINE": "django.db.backends.sqlite3", "NAME": str(tmp_path / "x.sqlite3")})
    assert entry["OPTIONS"]["transaction_mode"] == "IMMEDIATE"
    assert "journal_mode=WAL" in entry["OPTIONS"]["init_command"]
    assert "synchronous=FULL" in entry["OPTIONS"]["init_command"]
