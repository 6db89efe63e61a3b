"""A tree becomes what readers see: all of it or nothing, at no cost when it has not changed."""

from __future__ import annotations

from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from drillyard.catalog.errors import ContentInvalid
from drillyard.catalog.models import Chapter, Course, Item, Lab, Question, Revision
from drillyard.catalog.services import course_sync
from drillyard.catalog.tests.support import CHAPTER, LAB, counts, item_of, replace
from drillyard.records.models import AuditEntry
from tests.content.fixtures import places

pytestmark = pytest.mark.django_db


def test_everything_of_the_tree_is_published_at_once(tree: Path) -> None:
    report = course_sync(places=places(tree))
    assert len(report.created) == 7
    assert report.rendered == 6
    assert [chapter.slug for chapter in Chapter.objects.filter(planned=False)] == ["first-steps"]
    assert [chapter.slug for chapter in Chapter.objects.filter(planned=True)] == ["next-steps", "terms"]
    assert Lab.objects.get().cases[1]["name"] == "every_call_counts"
    assert Question.objects.count() == 4
    assert all(item.published == item.synced for item in Item.objects.all())


def test_each_publishing_leaves_an_audit_row(tree: Path) -> None:
    course_sync(places=places(tree))
    rows = AuditEntry.objects.filter(action="catalog.publish")
    assert {row.target_uuid for row in rows} == {item.uuid for item in Item.objects.all()}
    assert all(row.detail["content_hash"] for row in rows)


def test_a_second_sync_writes_no_row_and_costs_one_query(tree: Path, django_assert_num_queries: Any) -> None:
    course_sync(places=places(tree))
    before = counts()
    with django_assert_num_queries(1):
        report = course_sync(places=places(tree))
    assert not report.changed
    assert counts() == before


def test_only_what_changed_gets_a_revision_and_is_rendered(course: Course, tree: Path) -> None:
    before = counts()
    replace(tree / LAB / "statement.en.md", "Write a class", "Write the class")
    report = course_sync(places=places(tree))
    assert report.updated == ["lab counter"]
    assert report.rendered == 1
    after = counts()
    assert after["Revision"] == before["Revision"] + 1
    assert after["Blob"] == before["Blob"] + 1
    assert after["AuditEntry"] == before["AuditEntry"] + 1
    revision = item_of("counter").published
    assert revision is not None
    assert revision.number == 2
    assert revision.base is not None
    assert revision.base.number == 1


def test_the_former_revision_stays_as_it_was(course: Course, tree: Path) -> None:
    former = item_of("counter").published
    assert former is not None
    files = dict(former.files.values_list("path", "blob__sha256"))
    replace(tree / LAB / "suite/10_counting.py", "Every call counts", "Each call counts")
    course_sync(places=places(tree))
    assert dict(Revision.objects.get(pk=former.pk).files.values_list("path", "blob__sha256")) == files


def test_one_fault_anywhere_and_nothing_is_written(course: Course, tree: Path) -> None:
    before = counts()
    replace(tree / LAB / "statement.en.md", "Write a class", "Write the class")
    replace(tree / CHAPTER / "chapter.yaml", "minutes: 5", "minutes: 0")
    with pytest.raises(ContentInvalid) as raised:
        course_sync(places=places(tree))
    assert [one.id for one in raised.value.errors] == ["value-range"]
    assert counts() == before


def test_a_question_that_changed_is_new_in_the_chapter_that_shows_it(course: Course, tree: Path) -> None:
    replace(tree / "question_bank/mini/ch01/how-many.yaml", "en: Two,", "en: A pair,")
    course_sync(places=places(tree))
    assert "A pair" in str(Chapter.objects.get(slug="first-steps").body_en)


def test_a_chapter_that_is_written_now_is_linked_from_those_that_pointed_to_it(course: Course, tree: Path) -> None:
    chapter = Chapter.objects.get(slug="first-steps")
    assert "../next-steps/" not in str(chapter.body_en)
    _write_next_steps(tree)
    course_sync(places=places(tree))
    chapter.refresh_from_db()
    assert "../next-steps/" in str(chapter.body_en)
    assert chapter.next is not None
    assert chapter.next.slug == "next-steps"


def _write_next_steps(tree: Path) -> None:
    folder = tree / "courses/mini/chapters/02-next-steps"
    folder.mkdir()
    (folder / "chapter.yaml").write_text(
        "uuid: 3b0f4d5c-1f0e-4b57-9c55-0f6f1a7a1099\nslug: next-steps\npart: basics\n"
        "title: {en: Next Steps, zh: 下一步}\nsummary: {en: On., zh: 继续。}\nminutes: 1\n"
        "goals:\n  - {en: On., zh: 继续。}\n"
    )
    (folder / "index.en.md").write_text("## On {#on}\n\nGo on.\n")
    (folder / "index.zh.md").write_text("## 继续 {#on}\n\n继续。\n")


def test_what_left_the_tree_is_withdrawn_and_its_revisions_stay(course: Course, tree: Path) -> None:
    (tree / "question_bank/mini/ch01/zero-first.yaml").unlink()
    report = course_sync(places=places(tree))
    assert report.withdrawn == ["question zero-first"]
    item = item_of("zero-first")
    assert item.published is None
    assert item.revisions.count() == 1
    assert AuditEntry.objects.filter(action="catalog.withdraw", target_uuid=item.uuid).exists()


def test_what_comes_back_is_published_again(course: Course, tree: Path) -> None:
    path = tree / "question_bank/mini/ch01/zero-first.yaml"
    text = path.read_text()
    path.unlink()
    course_sync(places=places(tree))
    path.write_text(text)
    course_sync(places=places(tree))
    assert item_of("zero-first").published is not None


def test_a_tree_without_labs_says_nothing_about_labs(course: Course, tree: Path) -> None:
    only = places(tree)
    course_sync(places=type(only)(only.course, None, only.questions))
    assert item_of("counter").published is not None


def test_a_slug_that_people_have_linked_to_cannot_change_in_silence(course: Course, tree: Path) -> None:
    (tree / "question_bank/mini/ch01/zero-first.yaml").rename(tree / "question_bank/mini/ch01/zero-last.yaml")
    replace(tree / "question_bank/mini/ch01/zero-last.yaml", "slug: zero-first", "slug: zero-last")
    with pytest.raises(ContentInvalid) as raised:
        course_sync(places=places(tree))
    fault = raised.value.errors[0]
    assert (fault.id, fault.line, fault.column) == ("slug-changed", 2, 7)


def test_another_uuid_for_a_known_slug_is_refused(course: Course, tree: Path) -> None:
    replace(tree / "question_bank/mini/ch01/zero-first.yaml", "7a1006", "7a1996")
    with pytest.raises(ContentInvalid) as raised:
        course_sync(places=places(tree))
    assert [one.id for one in raised.value.errors] == ["uuid-changed"]


def test_the_command_says_every_fault_with_its_line(course: Course, tree: Path) -> None:
    replace(tree / CHAPTER / "chapter.yaml", "minutes: 5", "minutes: 0")
    said = StringIO()
    with pytest.raises(CommandError, match="1 faults; nothing was written"):
        call_command("sync_course", tree / "courses/mini", stderr=said)
    assert "chapter.yaml:6:10: value-range:" in said.getvalue()


def test_the_command_refuses_a_folder_that_is_not_there(tree: Path) -> None:
    said = StringIO()
    with pytest.raises(CommandError):
        call_command("sync_course", tree / "courses/mini", labs=tree / "nowhere", stderr=said)
    assert "folder-missing" in said.getvalue()


def test_the_command_finds_labs_and_questions_beside_the_course(tree: Path) -> None:
    said = StringIO()
    call_command("sync_course", tree / "courses/mini", stdout=said)
    call_command("sync_course", tree / "courses/mini", stdout=said)
    assert said.getvalue() == "7 created, 6 rendered.\nNothing has changed.\n"
