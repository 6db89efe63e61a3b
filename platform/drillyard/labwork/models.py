"""Submissions and their grading.

A submission is what a student sent and never changes. A grading run is one attempt of ours to say what it is worth;
there may be several (a regrade, a verification), and what a run finds is kept in two documents that must not be mixed:
the verdict, canonical and hashed, and the run record, which holds everything that may differ between two runs of the
same thing. Who works on a run is written in the run itself: a lease until an instant, and a fencing token that grows
with each claim, so that a worker that was thought dead and answers after all is recognised and ignored.
"""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from drillyard.common import clock, ids


class SubmissionState(models.TextChoices):
    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    UNKNOWN = "unknown"  # given up after the last attempt; our fault, with `fault` saying whose
    CANCELLED = "cancelled"


WAITING_STATES = (SubmissionState.QUEUED, SubmissionState.RUNNING)


class Lane(models.TextChoices):
    """Queues of their own, so that a regrade of a thousand submissions holds nobody up."""

    LIVE = "live"
    REGRADE = "regrade"
    VERIFICATION = "verification"


class Submission(models.Model):
    """What a student sent for a lab.

    `score`, `passed`, `official`, `metrics` and `robustness` (the schedules that its passed cases survived) repeat the
    run that counts, so that lists and boards need not open verdicts.
    """

    uuid = models.UUIDField(unique=True, default=ids.uuid_new, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="submissions")
    lab = models.ForeignKey("catalog.Lab", on_delete=models.PROTECT, related_name="submissions")
    revision = models.ForeignKey("catalog.Revision", on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=clock.now, editable=False)
    number = models.PositiveIntegerField()
    code_hash = models.CharField(max_length=64)
    state = models.CharField(max_length=16, choices=SubmissionState, default=SubmissionState.QUEUED)
    fault = models.CharField(max_length=64, blank=True, default="")
    score = models.PositiveSmallIntegerField(null=True, blank=True)
    robustness = models.PositiveIntegerField(default=0)
    metrics = models.JSONField(default=dict, blank=True)
    passed = models.BooleanField(null=True, blank=True)
    official = models.BooleanField(default=False)
    graded_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["user", "lab", "number"], name="submission_number_once"),
            models.CheckConstraint(condition=Q(score__isnull=True) | Q(score__lte=100), name="submission_score_range"),
        )
        indexes = (
            models.Index(fields=["user", "-created_at"], name="submission_of_user"),
            models.Index(fields=["lab", "state", "-score"], name="submission_board"),
        )

    def __str__(self) -> str:
        return f"{self.uuid} ({self.state})"

    @property
    def waiting(self) -> bool:
        return self.state in WAITING_STATES


class SubmissionFile(models.Model):
    """One file of a submission: a plain name and its text, lines ending in LF."""

    submission = models.ForeignKey(Submission, on_delete=models.CASCADE, related_name="files")
    path = models.CharField(max_length=100)
    text = models.TextField(blank=True)

    class Meta:
        ordering = ("path",)
        constraints = (models.UniqueConstraint(fields=["submission", "path"], name="submission_file_once"),)

    def __str__(self) -> str:
        return self.path


class GradingRun(models.Model):
    """One grading of a submission.

    `send_after` is when the sweeper sends the run's message (again) if nobody has claimed it; `lease_until` is when a
    claim ends unless a heartbeat moves it; `fencing_token` counts the claims and is what an answer must carry.
    """

    uuid = models.UUIDField(unique=True, default=ids.uuid_new, editable=False)
    submission = models.ForeignKey(Submission, on_delete=models.CASCADE, related_name="runs")
    number = models.PositiveIntegerField(default=1)
    lane = models.CharField(max_length=16, choices=Lane, default=Lane.LIVE)
    state = models.CharField(max_length=16, choices=SubmissionState, default=SubmissionState.QUEUED)
    seed = models.BigIntegerField()
    created_at = models.DateTimeField(default=clock.now, editable=False)
    send_after = models.DateTimeField()
    sent_count = models.PositiveIntegerField(default=0)
    claimed_by = models.CharField(max_length=128, blank=True, default="")
    claimed_at = models.DateTimeField(null=True, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    heartbeat_at = models.DateTimeField(null=True, blank=True)
    fencing_token = models.PositiveIntegerField(default=0)
    attempts = models.PositiveIntegerField(default=0)
    finished_at = models.DateTimeField(null=True, blank=True)
    fault = models.CharField(max_length=64, blank=True, default="")
    fault_detail = models.TextField(blank=True, default="")
    progress = models.JSONField(default=dict, blank=True)
    verdict = models.JSONField(null=True, blank=True)
    verdict_hash = models.CharField(max_length=64, blank=True, default="")
    run_record = models.JSONField(null=True, blank=True)
    sandbox = models.CharField(max_length=16, blank=True, default="")
    official = models.BooleanField(default=False)

    class Meta:
        ordering = ("number",)
        constraints = (
            models.UniqueConstraint(fields=["submission", "number"], name="grading_run_number_once"),
            models.CheckConstraint(
                condition=~Q(state="running") | Q(lease_until__isnull=False), name="grading_run_running_has_lease"
            ),
            models.CheckConstraint(
                condition=~Q(state="done") | Q(verdict__isnull=False), name="grading_run_done_has_verdict"
            ),
        )
        indexes = (
            models.Index(fields=["lane", "created_at"], condition=Q(state="queued"), name="grading_run_queue"),
            models.Index(fields=["lease_until"], condition=Q(state="running"), name="grading_run_leases"),
        )

    def __str__(self) -> str:
        return f"{self.uuid} ({self.state})"


class CaseResult(models.Model):
    """One line of the mark sheet, as the verdict has it, in columns for lists and statistics."""

    run = models.ForeignKey(GradingRun, on_delete=models.CASCADE, related_name="cases")
    position = models.PositiveIntegerField()
    name = models.CharField(max_length=128)
    title_en = models.TextField()
    title_zh = models.TextField()
    points = models.PositiveSmallIntegerField()
    points_max = models.PositiveSmallIntegerField()
    status = models.CharField(max_length=16)
    reason = models.CharField(max_length=32, blank=True, default="")
    contradiction_en = models.TextField(blank=True, default="")
    contradiction_zh = models.TextField(blank=True, default="")
    schedules = models.PositiveIntegerField()
    events = models.PositiveBigIntegerField()
    trace_hash = models.CharField(max_length=64)
    seed = models.BigIntegerField(null=True, blank=True)
    choices = models.JSONField(null=True, blank=True)

    class Meta:
        ordering = ("position",)
        constraints = (models.UniqueConstraint(fields=["run", "name"], name="case_result_once"),)

    def __str__(self) -> str:
        return self.name


class Worker(models.Model):
    """A worker process that was seen.

    `problem` is empty when its judge and sandbox work; else why it grades nothing.
    """

    name = models.CharField(max_length=128, unique=True)
    started_at = models.DateTimeField()
    seen_at = models.DateTimeField()
    sandbox = models.CharField(max_length=16, blank=True, default="")
    problem = models.TextField(blank=True, default="")

    def __str__(self) -> str:
        return self.name
