"""What pages are given: enough in few queries, and nothing that is hidden."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from drillyard.catalog import selectors
from drillyard.catalog.files import revision_files
from drillyard.catalog.labfiles import suite_write
from drillyard.catalog.models import Course, Item, Question
from drillyard.catalog.schemas import LimitsFile
from drillyard.catalog.services import course_sync, item_withdraw
from drillyard.catalog.tests.support import LAB, item_of, replace
from drillyard.common.errors import NotFound
from tests.content.fixtures import places

pytestmark = pytest.mark.django_db


def test_the_contents_have_written_and_planned_chapters_in_three_queries(
    course: Course, django_assert_num_queries: Any
) -> None:
    with django_assert_num_queries(3):
        parts = selectors.contents(course)
        shown = [
            (
                part.number,
                [(one.number, one.planned, [lab.slug for lab in one.labs.all()]) for one in part.chapters.all()],
            )
            for part in parts
        ]
    assert shown == [("I", [("1", False, ["counter"]), ("2", True, [])]), ("", [("A", True, [])])]


def test_a_chapter_page_costs_two_queries(course: Course, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(2):
        page = selectors.chapter_get("mini", "first-steps", "zh-hans")
        assert page.chapter.title("zh-hans") == "第一步"
        assert page.chapter.part.title("zh-hans") == "基础"
        assert [lab.title("zh-hans") for lab in page.labs] == ["计数器"]
        assert page.previous is None
        assert page.next is None
        assert page.goals == ["数到 <strong>三</strong>。"]
        assert [entry["id"] for entry in page.toc] == ["counting", "sources"]


def test_a_page_has_its_text_in_segments_around_the_quick_check(course: Course) -> None:
    page = selectors.chapter_get("mini", "first-steps")
    assert [segment.check["slug"] if segment.check else "html" for segment in page.segments] == [
        "html",
        "how-many",
        "html",
    ]
    text = page.segments[0].html or ""
    assert 'id="fig-tally"' in text
    assert "figures/tally.en.svg?v=" in text
    assert 'class="dy-figure-dark"' in text
    assert '<a href="../../labs/counter/">' in text
    assert '<span class="dy-planned">the next chapter</span>' in text


def test_nothing_hidden_is_in_what_a_page_is_given(course: Course) -> None:
    for language in ("en", "zh"):
        page = selectors.chapter_get("mini", "first-steps", language)
        given = json.dumps([segment.html or segment.check for segment in page.segments], ensure_ascii=False)
        for hidden in ("SECRET", "correct", "rationale", "漏数", "mistakes", "answer"):
            assert hidden not in given


def test_every_type_of_question_shows_its_prompt_and_options_only(course: Course) -> None:
    allowed = {"uuid", "slug", "type", "prompt", "options", "unit"}
    for question in Question.objects.select_related("item"):
        view = selectors.question_view(question, "en")
        assert set(view) <= allowed
        for option in view.get("options", []):
            assert set(option) == {"id", "text"}


def test_the_options_keep_their_order(course: Course) -> None:
    first = selectors.chapter_get("mini", "first-steps").segments[1].check
    again = selectors.chapter_get("mini", "first-steps").segments[1].check
    assert first is not None
    assert first == again
    assert [option["id"] for option in first["options"]] == ["a", "b", "c"]


def test_a_planned_chapter_and_none_at_all_look_alike(course: Course) -> None:
    for slug in ("next-steps", "no-steps"):
        with pytest.raises(NotFound):
            selectors.chapter_get("mini", slug)
    with pytest.raises(NotFound):
        selectors.chapter_get("maxi", "first-steps")


def test_figures_are_served_from_the_published_revision_and_nothing_else_is(course: Course) -> None:
    file = selectors.chapter_file_get("mini", "first-steps", "tally.zh.svg")
    assert file.content_type == "image/svg+xml"
    assert "三".encode() in file.data
    for name in ("tally.svg", "wheel.mmd", "../index.en.md", "index.en.md", "../../x.svg"):
        with pytest.raises(NotFound):
            selectors.chapter_file_get("mini", "first-steps", name)


def test_a_lab_page_has_mark_sheet_statement_and_starter_in_two_queries(
    course: Course, django_assert_num_queries: Any
) -> None:
    with django_assert_num_queries(2):
        page = selectors.lab_page("mini", "counter", "zh-hans")
    assert [(case["points"], case["title"]) for case in page.cases] == [(40, "新计数器为零"), (60, "每次调用都计数")]
    assert '<a href="../../chapters/first-steps/#carry">' in page.statement
    assert list(page.starter) == ["counter.py"]
    assert page.hints == ["从 <code>0</code> 开始。"]


def test_neither_solution_nor_mutant_is_in_the_database(course: Course) -> None:
    revision = item_of("counter").published
    assert revision is not None
    paths = set(revision.files.values_list("path", flat=True))
    assert paths == {
        "lab.yaml",
        "starter/counter.py",
        "statement.en.md",
        "statement.zh.md",
        "suite/10_counting.py",
    }


def test_a_withdrawn_lab_is_gone_from_every_page(course: Course) -> None:
    item_withdraw(item=item_of("counter"))
    assert list(selectors.labs(course)) == []
    assert selectors.chapter_get("mini", "first-steps").labs == []
    with pytest.raises(NotFound):
        selectors.lab_get("mini", "counter")


def test_the_judges_definition_is_complete_and_its_suite_lies_on_disk(course: Course, tree: Path) -> None:
    lab = selectors.lab_get("mini", "counter")
    assert lab.item.published is not None
    definition = selectors.lab_judge_definition(lab.item.published)
    suite = Path(definition.pop("suite_dir"))
    assert definition == {
        "slug": "counter",
        "revision": lab.item.published.content_hash,
        "kind": "component",
        "entry_point": "counter:Counter",
        "files_allowed": ["counter.py"],
        "modules_allowed": ["collections"],
        "limits": {**LimitsFile().model_dump(), "memory_mb_max": 128},
    }
    assert (suite / "10_counting.py").read_bytes() == (tree / LAB / "suite/10_counting.py").read_bytes()
    assert suite.parent.name == lab.item.published.content_hash


def test_an_old_revision_is_judged_by_its_own_suite(course: Course, tree: Path) -> None:
    before = selectors.lab_get("mini", "counter").item.published
    assert before is not None
    replace(tree / LAB / "suite/10_counting.py", "Every call counts", "Each call counts")
    course_sync(places=places(tree))
    old = Path(selectors.lab_judge_definition(before)["suite_dir"])
    assert "Every call counts" in (old / "10_counting.py").read_text()


def test_making_the_suite_twice_gives_the_same_folder_and_leaves_nothing_beside(course: Course, settings: Any) -> None:
    revision = Item.objects.get(slug="counter").published
    assert revision is not None
    first = selectors.lab_judge_definition(revision)["suite_dir"]
    assert selectors.lab_judge_definition(revision)["suite_dir"] == first
    assert [path.name for path in (settings.DRILLYARD.var / "labs").iterdir()] == [revision.content_hash]


def test_many_workers_that_make_a_suite_at_once_make_one(course: Course, settings: Any) -> None:
    revision = Item.objects.get(slug="counter").published
    assert revision is not None
    files = revision_files(revision, prefix="suite/")
    base = settings.DRILLYARD.var / "labs"
    with ThreadPoolExecutor(8) as pool:
        made = {str(path) for path in pool.map(lambda _: suite_write(base, revision.content_hash, files), range(32))}
    assert made == {str(base / revision.content_hash / "suite")}
    assert [path.name for path in base.iterdir()] == [revision.content_hash]
