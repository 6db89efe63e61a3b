"""Files and database both move on: what is ahead stays, what collides stops with the three versions in hand."""

from __future__ import annotations

from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from drillyard.catalog.errors import ContentConflict
from drillyard.catalog.models import Chapter, Course, Immutable, Lab, Question, Revision
from drillyard.catalog.services import course_sync
from drillyard.catalog.tests.support import CHAPTER, counts, item_of, publish_from_web, replace
from tests.content.fixtures import places

pytestmark = pytest.mark.django_db
FROM_WEB = ("index.en.md", "Use your fingers.", "Use your toes.")


def test_where_only_the_database_moved_on_the_files_change_nothing(course: Course, tree: Path, alice: Any) -> None:
    publish_from_web(item_of("first-steps"), *FROM_WEB, author=alice)
    replace(tree / "question_bank/mini/ch01/how-many.yaml", "en: Two,", "en: A pair,")
    report = course_sync(places=places(tree))
    assert report.ahead == ["chapter first-steps"]
    published = item_of("first-steps").published
    assert published is not None
    assert published.author == alice
    assert "Use your toes." in str(Chapter.objects.get(slug="first-steps").body_en)


@pytest.mark.parametrize("slug", ["counter", "mini", "zero-first"])
def test_whatever_kind_of_item_is_ahead_is_shown_as_the_database_has_it(course: Course, tree: Path, slug: str) -> None:
    path, before, after = {
        "counter": ("statement.en.md", "Write a class", "Compose a class"),
        "mini": ("course.yaml", "A Small Course", "A Tiny Course"),
        "zero-first": ("zero-first.yaml", "Many do.", "Most do."),
    }[slug]
    publish_from_web(item_of(slug), path, before, after)
    replace(tree / "question_bank/mini/ch01/how-many.yaml", "en: Two,", "en: A pair,")
    report = course_sync(places=places(tree))
    assert [one.rpartition(" ")[2] for one in report.ahead] == [slug]
    shown = {
        "counter": str(Lab.objects.get().body_en),
        "mini": Course.objects.get().title_en,
        "zero-first": str(Question.objects.get(slug="zero-first").data),
    }
    assert after in shown[slug]


def test_where_both_moved_on_nothing_is_written_and_three_versions_are_shown(course: Course, tree: Path) -> None:
    publish_from_web(item_of("first-steps"), *FROM_WEB)
    replace(tree / CHAPTER / "index.en.md", "Use your fingers.", "Use an abacus.")
    replace(tree / "question_bank/mini/ch01/how-many.yaml", "en: Two,", "en: A pair,")
    before = counts()
    with pytest.raises(ContentConflict) as raised:
        course_sync(places=places(tree))
    assert counts() == before
    (conflict,) = raised.value.conflicts
    name = "index.en.md"
    seen = [version[name].decode() for version in (conflict.base, conflict.tree, conflict.database)]
    assert ["fingers" in seen[0], "abacus" in seen[1], "toes" in seen[2]] == [True, True, True]
    report = conflict.report()
    assert "-    Use your fingers." in report
    assert "+    Use an abacus." in report
    assert "+    Use your toes." in report


def test_the_same_change_on_both_sides_is_no_conflict(course: Course, tree: Path) -> None:
    publish_from_web(item_of("first-steps"), *FROM_WEB)
    replace(tree / CHAPTER / "index.en.md", "Use your fingers.", "Use your toes.")
    course_sync(places=places(tree))
    item = item_of("first-steps")
    assert item.published == item.synced
    assert item.revisions.count() == 2


def test_an_earlier_export_is_a_common_base_too(course: Course, tree: Path) -> None:
    publish_from_web(item_of("first-steps"), *FROM_WEB)
    exported = "Use your toes."
    publish_from_web(item_of("first-steps"), "index.en.md", exported, "Use your head.")
    replace(tree / CHAPTER / "index.en.md", "Use your fingers.", exported)
    report = course_sync(places=places(tree))
    assert report.ahead == ["chapter first-steps"]
    synced = item_of("first-steps").synced
    assert synced is not None
    assert synced.number == 2


def test_going_back_in_git_is_a_change_like_any_other(course: Course, tree: Path) -> None:
    replace(tree / CHAPTER / "index.en.md", "Use your fingers.", "Use an abacus.")
    course_sync(places=places(tree))
    replace(tree / CHAPTER / "index.en.md", "Use an abacus.", "Use your fingers.")
    course_sync(places=places(tree))
    published = item_of("first-steps").published
    assert published is not None
    assert published.number == 3
    assert "fingers" in str(Chapter.objects.get(slug="first-steps").body_en)


def test_a_file_deleted_here_and_changed_there_is_a_conflict(course: Course, tree: Path) -> None:
    item = item_of("zero-first")
    publish_from_web(item, "zero-first.yaml", "Many do.", "Most do.")
    (tree / "question_bank/mini/ch01/zero-first.yaml").unlink()
    with pytest.raises(ContentConflict):
        course_sync(places=places(tree))
    assert item_of("zero-first").published is not None


def test_the_command_says_what_to_do(course: Course, tree: Path) -> None:
    publish_from_web(item_of("first-steps"), *FROM_WEB)
    replace(tree / CHAPTER / "index.en.md", "Use your fingers.", "Use an abacus.")
    said = StringIO()
    with pytest.raises(CommandError, match="merge the two trees"):
        call_command("sync_course", tree / "courses/mini", stderr=said)
    assert "+    Use your toes." in said.getvalue()


def test_a_revision_is_never_changed_nor_deleted(course: Course) -> None:
    revision = Revision.objects.all()[0]
    file = revision.files.all()[0]
    for attempt in (
        revision.save,
        revision.delete,
        file.save,
        file.blob.delete,
        lambda: Revision.objects.update(number=9),
        lambda: Revision.objects.all().delete(),
    ):
        with pytest.raises(Immutable):
            attempt()
