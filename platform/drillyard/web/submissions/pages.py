"""What the page of a submission shows, laid out from the submission, its verdict and its run record.

Everything that came from a student's program (prints, tracebacks, file names) is plain text here and is escaped by the
template; nothing of it is ever marked safe.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Final

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import PythonLexer

from drillyard.common.errors import TEXTS, text
from drillyard.labwork.models import GradingRun, Submission, SubmissionState
from drillyard.labwork.selectors import queue_position, run_that_counts
from drillyard.web.labs.pages import LabLink, lab_link
from drillyard.web.templatetags.web import in_language

OUTPUT_CHARACTERS_MAX: Final = 20_000
OPEN_MAX: Final = 3
"""Failures that are unfolded at once; a page of forty of them helps nobody to begin."""


@dataclass(frozen=True, slots=True)
class Note:
    """Something that the runtime noticed: `label` says what in the reader's language, `text` is the program's own."""

    label: str
    text: str


@dataclass(frozen=True, slots=True)
class CaseLine:
    """A line of the mark sheet. `details` is true once it was graded; `open` unfolds it."""

    name: str
    title: str
    points: int
    points_max: int
    status: str
    status_text: str = ""
    details: bool = False
    open: bool = False
    contradiction: str = ""
    error_text: str = ""
    output: str = ""
    notes: list[Note] = field(default_factory=list)
    replay: str = ""
    replay_id: str = ""
    schedules: int = 0
    events: int = 0
    trace: str = ""


@dataclass(frozen=True, slots=True)
class Fact:
    title: str
    value: str
    code: bool = False


@dataclass(frozen=True, slots=True)
class File:
    name: str
    html: SafeString


@dataclass(frozen=True, slots=True)
class SubmissionPage:
    """`state` is what the page is coloured by: waiting, running, pass, fail, unknown, cancelled."""

    uuid: str
    number: int
    lab: LabLink
    author: str
    created_at: datetime
    state: str
    waiting: bool
    headline: str
    subline: str
    score: int | None
    unofficial: bool
    cases: list[CaseLine]
    record: list[Fact]
    set_order: list[str]
    progress_done: int
    progress_total: int
    events_url: str
    status_url: str
    panel_url: str
    again_url: str
    draft_prefix: str


def draft_prefix(user: Any, lab_slug: str) -> str:
    """The key under which a browser keeps drafts: a person's and a lab's, so that two people may share a computer."""
    return f"drillyard:draft:{user.uuid}:{lab_slug}:"


def state_of(submission: Submission) -> str:
    """The word by which lists and pages show a submission."""
    if submission.state == SubmissionState.DONE:
        return "pass" if submission.passed else "fail"
    return {"queued": "waiting"}.get(submission.state, submission.state)


def submission_page(submission: Submission, *, reader: Any) -> SubmissionPage:
    """`submission` as `labwork.selectors.submission_get_for` gives it."""
    run = run_that_counts(submission)
    verdict = run.verdict if run is not None and run.state == SubmissionState.DONE else None
    state = state_of(submission)
    lab = lab_link(submission.lab, course=submission.lab.course, chapter=submission.lab.chapter)
    cases = _graded(run, verdict, submission, lab) if run and verdict else _awaited(submission, run)
    headline, subline = _words(submission, state, cases)
    uuid = str(submission.uuid)
    progress = run.progress if run else {}
    return SubmissionPage(
        uuid=uuid,
        number=submission.number,
        lab=lab,
        author="" if submission.user_id == reader.pk else submission.user.own_name,
        created_at=submission.created_at,
        state=state,
        waiting=submission.waiting,
        headline=headline,
        subline=subline,
        score=verdict["score"] if verdict else None,
        unofficial=bool(verdict) and not submission.official,
        cases=cases,
        record=list(_record(run, verdict)) if run and verdict else [],
        set_order=_set_order(run) if run and verdict else [],
        progress_done=int(progress.get("index", 0)),
        progress_total=int(progress.get("total", 0)) or max(1, len(cases)),
        events_url=reverse("submission_events", args=[uuid]),
        status_url=reverse("submission_status", args=[uuid]),
        panel_url=reverse("submission_panel", args=[uuid]),
        again_url=lab.submit_url,
        draft_prefix=draft_prefix(reader, lab.slug) if submission.user_id == reader.pk else "",
    )


def files_of(submission: Submission) -> list[File]:
    """The submitted files, highlighted. Pygments escapes what it is given."""
    formatter = HtmlFormatter[str](nowrap=True)
    return [
        File(file.path, mark_safe(highlight(file.text, PythonLexer(stripnl=False), formatter)))  # noqa: S308 - escaped
        for file in submission.files.all()
    ]


# --------------------------------------------------------------------------------------------------------- the words


def _words(submission: Submission, state: str, cases: list[CaseLine]) -> tuple[str, str]:
    """The headline and the line below it."""
    if state in ("pass", "fail"):
        return _verdict_words(cases)
    if state == "unknown":
        fault = submission.fault if submission.fault in TEXTS else "fault_platform"
        return _("We could not grade this"), text(fault, get_language() or "en")
    if state == "running":
        return _("Being graded"), _("The grader has taken your submission.")
    if state == "cancelled":
        return _("Cancelled"), _("You took this submission back before it was graded.")
    position = queue_position(submission=submission)
    if position:
        return _("Waiting"), _("Waiting in the queue; ahead of you: {ahead}.").format(ahead=position)
    return _("Waiting"), _("Waiting for a free grader.")


def _verdict_words(cases: list[CaseLine]) -> tuple[str, str]:
    failed, count = sum(case.status != "pass" for case in cases), len(cases)
    if failed:
        line = ngettext("%(failed)s case of %(count)s failed.", "%(failed)s cases of %(count)s failed.", failed)
        return _("Not yet"), line % {"failed": failed, "count": count}
    line = ngettext("%(count)s case passed.", "All %(count)s cases passed.", count)
    return _("Every promise kept"), line % {"count": count}


def _status_text(status: str) -> str:
    return {"pass": _("Passed"), "fail": _("Failed"), "unknown": _("Not decided")}.get(status, "")


# --------------------------------------------------------------------------------------------------------- the cases


def _awaited(submission: Submission, run: GradingRun | None) -> list[CaseLine]:
    """The lab's mark sheet, with what the run has said so far."""
    said = dict(run.progress.get("cases", [])) if run and submission.waiting else {}
    return [
        CaseLine(
            name=case["name"],
            title=in_language(case),
            points=0,
            points_max=case["points"],
            status=said.get(case["name"], "waiting"),
        )
        for case in submission.lab.cases
    ]


def _graded(run: GradingRun, verdict: dict[str, Any], submission: Submission, lab: LabLink) -> list[CaseLine]:
    records = (run.run_record or {}).get("cases", {})
    files = " ".join(file.path for file in submission.files.all())
    command = f"drillyard grade {lab.slug} {files}"
    lines = []
    for position, case in enumerate(verdict["cases"]):
        failed = case["status"] != "pass"
        record = records.get(case["name"], {})
        lines.append(
            CaseLine(
                name=case["name"],
                title=in_language(case["title"]),
                points=case["points"],
                points_max=case["points_max"],
                status=case["status"],
                status_text=_status_text(case["status"]),
                details=True,
                open=False,
                contradiction=in_language(case["contradiction"]) if case.get("contradiction") else "",
                error_text=str(record.get("detail") or "")[:OUTPUT_CHARACTERS_MAX] if failed else "",
                output=_output(record.get("logs", [])),
                notes=_notes(record.get("reports", [])),
                replay=f"{command} --case {case['name']} --seed {verdict['seed']}" if failed else "",
                replay_id=f"replay-{position}",
                schedules=case["schedules"],
                events=case["events"],
                trace=case["trace_hash"],
            )
        )
    return _first_failures_open(lines)


def _first_failures_open(lines: list[CaseLine]) -> list[CaseLine]:
    """Unfold the first few failures, and the same reason (a syntax error fails every case) only once."""
    told: set[str] = set()
    result = []
    for line in lines:
        unfold = line.status != "pass" and len(told) < OPEN_MAX and line.contradiction not in told
        if unfold:
            told.add(line.contradiction)
        result.append(replace(line, open=unfold))
    return result


def _set_order(run: GradingRun) -> list[str]:
    """The cases whose course changed under another hash seed."""
    return [difference["case"] for difference in (run.run_record or {}).get("set_order", [])]


def _output(logs: list[list[Any]]) -> str:
    """What the program printed, one line an entry: virtual time, node, text."""
    lines = [f"{int(at_ns) / 1e9:>9.3f} s  {node}  {said.rstrip()}" for at_ns, node, _stream, said in logs]
    return "\n".join(lines)[:OUTPUT_CHARACTERS_MAX]


def _notes(reports: list[list[Any]]) -> list[Note]:
    labels = {
        "never_awaited": _("A coroutine was never awaited"),
        "never_retrieved": _("A task's exception was never looked at"),
        "destroyed_pending": _("A task was thrown away while it was pending"),
        "blocked": _("time.sleep held the whole node"),
        "refused": _("Something that does not exist here was used"),
        "callbacks_exhausted": _("The budget of one step was used up"),
        "output_truncated": _("Output was cut off"),
        "unhandled": _("An exception in a callback was not handled"),
    }
    return [Note(labels.get(kind, kind), said) for _at, _node, kind, said in reports]


# -------------------------------------------------------------------------------------------------------- the record


def _record(run: GradingRun, verdict: dict[str, Any]) -> Iterator[Fact]:
    """What is known about the run itself: everything that may differ from run to run is said to be so."""
    record = run.run_record or {}
    if run.finished_at:
        yield Fact(_("Graded"), timezone.localtime(run.finished_at).strftime("%Y-%m-%d %H:%M:%S"))
    if "wall_ms" in record:
        yield Fact(_("Took"), _("%(seconds)s s") % {"seconds": number_format(record["wall_ms"] / 1000, 2)})
    yield Fact(_("Sandbox"), _sandbox(run.sandbox))
    yield Fact(_("Seed"), str(verdict["seed"]), code=True)
    yield Fact(
        _("Judge"), _("%(judge)s, Python %(python)s") % {"judge": verdict["judge_version"], "python": verdict["python"]}
    )
    yield Fact(_("Lab revision"), verdict["lab_revision"][:16], code=True)
    yield Fact(_("Code"), verdict["code_hash"][:16], code=True)
    yield Fact(_("Verdict"), run.verdict_hash[:16], code=True)
    if run.attempts > 1:
        yield Fact(_("Attempts"), str(run.attempts))
    for name, value in verdict.get("metrics", {}).items():
        yield Fact(_metric_title(run, name), number_format(value))


def _metric_title(run: GradingRun, name: str) -> str:
    for metric in run.submission.lab.leaderboard_metrics:
        if metric["name"] == name:
            return in_language(metric["title"])
    return name


def _sandbox(mode: str) -> str:
    return {
        "bwrap": _("bubblewrap (isolated)"),
        "docker": _("Docker (isolated)"),
        "plain": _("plain process (not isolated)"),
        "inprocess": _("inside the judge (not isolated)"),
    }.get(mode, mode)
