"""Items, their chains of immutable revisions, and the projections that pages read.

An item is the thing that lasts (its `uuid` stands in its file); a revision is one state of its files, never changed
afterwards; a projection (`Course`, `Part`, `Chapter`, `Lab`, `Question`) is what the published revision says, laid out
so that a page needs one or two queries. A projection can always be made anew from its revision, and only
`drillyard.catalog.services` writes any of this.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models

from drillyard.common import clock


class Bilingual:
    """Fields that exist as `<name>_en` and `<name>_zh`, read by a language's tag ("en", "zh", "zh-hans")."""

    def in_language(self, name: str, language: str) -> Any:
        return getattr(self, f"{name}_{'zh' if language.lower().startswith('zh') else 'en'}")

    def title(self, language: str) -> str:
        return str(self.in_language("title", language))


class Immutable(Exception):
    """A revision, or a file of one, was to be changed or deleted."""


class ImmutableQuerySet(models.QuerySet[Any]):
    """Rows that are written once."""

    def update(self, **_: Any) -> int:
        raise Immutable("revisions are never changed")

    def delete(self) -> tuple[int, dict[str, int]]:
        raise Immutable("revisions are never deleted")


class WrittenOnce(models.Model):
    """Base of what is never changed after it was written."""

    objects = ImmutableQuerySet.as_manager()

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise Immutable("revisions are never changed")
        super().save(*args, **kwargs)

    def delete(self, *_: Any, **__: Any) -> tuple[int, dict[str, int]]:
        raise Immutable("revisions are never deleted")


class Course(Bilingual, models.Model):
    """A course, as its course.yaml says. `synced` is the hash of the tree that was synced last."""

    slug = models.SlugField(max_length=60, unique=True)
    title_en = models.CharField(max_length=300)
    title_zh = models.CharField(max_length=300)
    summary_en = models.TextField()
    summary_zh = models.TextField()
    synced = models.CharField(max_length=64, blank=True, default="")

    def __str__(self) -> str:
        return self.slug


class Item(models.Model):
    """Something that is taught. `published` is what readers see; `synced` is what the files held at the last sync.

    `published` is null once the item was withdrawn: its file is gone from the tree. What refers to it stays.
    """

    class Kind(models.TextChoices):
        COURSE = "course"
        CHAPTER = "chapter"
        LAB = "lab"
        QUESTION = "question"

    uuid = models.UUIDField(unique=True, editable=False)
    kind = models.CharField(max_length=16, choices=Kind.choices)
    slug = models.SlugField(max_length=60)
    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="items")
    published = models.ForeignKey(
        "catalog.Revision", null=True, blank=True, on_delete=models.PROTECT, related_name="published_as"
    )
    synced = models.ForeignKey(
        "catalog.Revision", null=True, blank=True, on_delete=models.PROTECT, related_name="synced_as"
    )

    class Meta:
        constraints = (models.UniqueConstraint(fields=["course", "kind", "slug"], name="catalog_item_slug"),)

    def __str__(self) -> str:
        return f"{self.kind} {self.slug}"


class Blob(WrittenOnce):
    """Bytes, known by their SHA-256 and stored once, however many revisions hold them."""

    sha256 = models.CharField(max_length=64, unique=True)
    data = models.BinaryField()

    def __str__(self) -> str:
        return self.sha256


class Revision(WrittenOnce):
    """One state of an item's files. `definition` is its YAML as values; `base` is the revision it was made from."""

    class Origin(models.TextChoices):
        FILE = "file"
        WEB = "web"

    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="revisions")
    number = models.PositiveIntegerField()
    content_hash = models.CharField(max_length=64)
    origin = models.CharField(max_length=8, choices=Origin.choices)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    base = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=clock.now, editable=False)
    definition = models.JSONField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["item", "number"], name="catalog_revision_number"),)
        indexes = (models.Index(fields=["item", "content_hash"], name="catalog_revision_hash"),)

    def __str__(self) -> str:
        return f"{self.content_hash[:12]} ({self.number})"


class RevisionFile(WrittenOnce):
    """A file of a revision: its path inside the item's folder and its bytes."""

    revision = models.ForeignKey(Revision, on_delete=models.PROTECT, related_name="files")
    path = models.CharField(max_length=200)
    blob = models.ForeignKey(Blob, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = (models.UniqueConstraint(fields=["revision", "path"], name="catalog_revision_path"),)

    def __str__(self) -> str:
        return self.path


class Part(Bilingual, models.Model):
    """A part of the book. The appendices are a part whose `number` is empty."""

    course = models.ForeignKey(Course, on_delete=models.CASCADE, related_name="parts")
    position = models.PositiveIntegerField()
    slug = models.SlugField(max_length=60)
    number = models.CharField(max_length=8, blank=True)
    title_en = models.CharField(max_length=300)
    title_zh = models.CharField(max_length=300)

    class Meta:
        ordering = ("position",)
        constraints = (models.UniqueConstraint(fields=["course", "slug"], name="catalog_part_slug"),)

    def __str__(self) -> str:
        return self.slug


class Chapter(Bilingual, models.Model):
    """A chapter of the table of contents; `planned` until it is written. `number` is "7" or "A".

    `body_*` is a list of [kind, value]: "html" with text, or "quickcheck" with what a reader may see of the question.
    `previous` and `next` are the neighbours that are written.
    """

    course = models.ForeignKey(Course, on_delete=models.CASCADE, related_name="chapters")
    part = models.ForeignKey(Part, on_delete=models.CASCADE, related_name="chapters")
    item = models.OneToOneField(Item, null=True, blank=True, on_delete=models.PROTECT, related_name="chapter")
    position = models.PositiveIntegerField()
    number = models.CharField(max_length=4)
    slug = models.SlugField(max_length=60)
    title_en = models.CharField(max_length=300)
    title_zh = models.CharField(max_length=300)
    planned = models.BooleanField(default=True)
    topics = models.JSONField(default=list)
    labs_listed = models.JSONField(default=list)
    minutes = models.PositiveIntegerField(default=0)
    summary_en = models.TextField(blank=True)
    summary_zh = models.TextField(blank=True)
    words_en = models.PositiveIntegerField(default=0)
    words_zh = models.PositiveIntegerField(default=0)
    goals = models.JSONField(default=list)
    prerequisites = models.JSONField(default=list)
    toc_en = models.JSONField(default=list)
    toc_zh = models.JSONField(default=list)
    body_en = models.JSONField(default=list)
    body_zh = models.JSONField(default=list)
    render_key = models.CharField(max_length=64, blank=True, default="")
    previous = models.ForeignKey("self", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    next = models.ForeignKey("self", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        ordering = ("position",)
        constraints = (models.UniqueConstraint(fields=["course", "slug"], name="catalog_chapter_slug"),)

    def __str__(self) -> str:
        return f"{self.number} {self.slug}"


class Lab(Bilingual, models.Model):
    """A lab. `item.published` is the revision that is graded; a withdrawn lab has none and is not listed.

    `cases` is the mark sheet: [{name, points, en, zh}]. `goals`, `hints` and the rest of the fields are those of
    lab.yaml, bilingual ones as {"en": ..., "zh": ...} of HTML.
    """

    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="labs")
    chapter = models.ForeignKey(Chapter, null=True, blank=True, on_delete=models.SET_NULL, related_name="labs")
    item = models.OneToOneField(Item, on_delete=models.PROTECT, related_name="lab")
    slug = models.SlugField(max_length=60)
    title_en = models.CharField(max_length=300)
    title_zh = models.CharField(max_length=300)
    summary_en = models.TextField()
    summary_zh = models.TextField()
    points = models.PositiveIntegerField(default=100)
    difficulty = models.PositiveSmallIntegerField()
    minutes = models.PositiveIntegerField()
    solution_lines = models.PositiveIntegerField()
    entry_point = models.CharField(max_length=200)
    files_allowed = models.JSONField(default=list)
    leaderboard_metrics = models.JSONField(default=list)
    goals = models.JSONField(default=list)
    hints = models.JSONField(default=list)
    cases = models.JSONField(default=list)
    toc_en = models.JSONField(default=list)
    toc_zh = models.JSONField(default=list)
    body_en = models.JSONField(default=list)
    body_zh = models.JSONField(default=list)
    render_key = models.CharField(max_length=64, blank=True, default="")

    class Meta:
        constraints = (models.UniqueConstraint(fields=["course", "slug"], name="catalog_lab_slug"),)

    def __str__(self) -> str:
        return self.slug


class Question(models.Model):
    """A question. `data` holds its texts as HTML **with what is right and why**: selectors choose what leaves it."""

    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="questions")
    chapter = models.ForeignKey(Chapter, null=True, blank=True, on_delete=models.SET_NULL, related_name="questions")
    item = models.OneToOneField(Item, on_delete=models.PROTECT, related_name="question")
    slug = models.SlugField(max_length=60)
    type = models.CharField(max_length=24)
    section = models.SlugField(max_length=60)
    difficulty = models.PositiveSmallIntegerField()
    bloom = models.CharField(max_length=16)
    points = models.PositiveSmallIntegerField()
    time_s = models.PositiveIntegerField()
    tags = models.JSONField(default=list)
    uses = models.JSONField(default=list)
    data = models.JSONField()
    render_key = models.CharField(max_length=64, blank=True, default="")

    class Meta:
        constraints = (models.UniqueConstraint(fields=["course", "slug"], name="catalog_question_slug"),)

    def __str__(self) -> str:
        return self.slug
