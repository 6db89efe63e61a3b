from __future__ import annotations

from typing import Any

import pytest

from drillyard.accounts.models import User
from drillyard.accounts.services import profile_update
from drillyard.common.errors import Conflict, Refused
from drillyard.records.selectors import audit_of

pytestmark = pytest.mark.django_db


def test_a_person_changes_everything_at_once_and_it_is_audited(alice: User) -> None:
    profile_update(
        user=alice, display_name="  李雷 ", language="zh-hans", time_zone="Asia/Shanghai", handle="断路器高手"
    )
    alice.refresh_from_db()
    assert (alice.display_name, alice.language, alice.time_zone) == ("李雷", "zh-hans", "Asia/Shanghai")
    assert alice.board_name == "断路器高手"
    entry = audit_of(target_kind="user", target_uuid=alice.uuid).last()
    assert entry is not None
    assert entry.action == "profile.update"
    assert entry.detail == {"fields": ["display_name", "handle", "handle_key", "language", "time_zone"]}


def test_what_is_not_named_stays_and_no_change_leaves_no_audit_entry(alice: User) -> None:
    profile_update(user=alice, handle="alice")
    count = audit_of(target_kind="user", target_uuid=alice.uuid).count()
    profile_update(user=alice, handle="alice")
    profile_update(user=alice)
    alice.refresh_from_db()
    assert alice.handle == "alice"
    assert audit_of(target_kind="user", target_uuid=alice.uuid).count() == count


def test_an_empty_handle_goes_back_to_the_pseudonym(alice: User) -> None:
    profile_update(user=alice, handle="alice")
    profile_update(user=alice, handle=" ")
    assert alice.handle is None
    assert alice.board_name == alice.pseudonym


@pytest.mark.parametrize(
    ("changes", "error_id"),
    [
        ({"language": "fr"}, "language_unknown"),
        ({"time_zone": "Mars/Olympus"}, "time_zone_unknown"),
        ({"time_zone": "../../etc/passwd"}, "time_zone_unknown"),
        ({"display_name": "x" * 81}, "display_name_invalid"),
        ({"display_name": "a\nb"}, "display_name_invalid"),
        ({"handle": "x"}, "handle_invalid"),
        ({"handle": "x" * 25}, "handle_invalid"),
        ({"handle": "1st"}, "handle_invalid"),
        ({"handle": "two words"}, "handle_invalid"),
        ({"handle": "аdmin-cyrillic"}, "handle_invalid"),
        ({"handle": "a\u202eb"}, "handle_invalid"),
        ({"handle": "Admin"}, "handle_reserved"),
        ({"handle": "ＡＤＭＩＮ"}, "handle_reserved"),
        ({"handle": "管理员"}, "handle_reserved"),
        ({"handle": "node-7kq2mx"}, "handle_reserved"),
        ({"handle": "Node_7kq2mx"}, "handle_reserved"),
    ],
)
def test_what_breaks_a_rule_is_refused_and_changes_nothing(alice: User, changes: dict[str, Any], error_id: str) -> None:
    with pytest.raises(Refused) as refusal:
        profile_update(user=alice, **{"display_name": "Alice", **changes})
    assert refusal.value.id == error_id
    alice.refresh_from_db()
    assert alice.display_name == ""


def test_charlie_cannot_take_alices_handle_nor_one_that_reads_like_it(alice: User, charlie: User) -> None:
    profile_update(user=alice, handle="Ada_L")
    for handle in ("Ada_L", "ada_l", "ADA-L"):
        with pytest.raises(Conflict) as conflict:
            profile_update(user=charlie, handle=handle)
        assert conflict.value.id == "handle_taken"
    charlie.refresh_from_db()
    assert charlie.handle is None
