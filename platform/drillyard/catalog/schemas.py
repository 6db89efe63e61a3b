"""The shapes of the content files: course.yaml, chapter.yaml, lab.yaml, mutant.yaml and a question's file.

What `docs/content-format.md` says in words stands here for programs. Nothing here imports Django: the command line and
the authors' tools read these files too. A rule that needs more than one file (a citation has its source, a lab its
chapter) is not here but in `drillyard.catalog.content`.

Rules of this module raise `PydanticCustomError` with a stable id and, in its context, the sentence in Chinese and how
to mend it in both languages; `drillyard.catalog.content.validation` gives each its line and column.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any, Final, Literal, TypeAlias
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, TypeAdapter, model_validator
from pydantic_core import PydanticCustomError

SLUG_PATTERN: Final = r"^[a-z0-9]+(?:-[a-z0-9]+)*$"
IDENTIFIER_PATTERN: Final = r"^[A-Za-z_][A-Za-z0-9_]*$"

Slug: TypeAlias = Annotated[str, Field(pattern=SLUG_PATTERN, min_length=3, max_length=60)]
Anchor: TypeAlias = Annotated[str, Field(pattern=SLUG_PATTERN, min_length=2, max_length=60)]
SourceId: TypeAlias = Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9-]*$", max_length=40)]
Uuid: TypeAlias = Annotated[UUID, Field(strict=False)]
Number: TypeAlias = Annotated[Decimal, Field(strict=False, allow_inf_nan=False)]
Language: TypeAlias = Literal["en", "zh"]


def _not_blank(value: str) -> str:
    if not value.strip():
        raise fault("text-empty", "There is no text here.", "此处没有文字。", "Write it.", "请补上文字。")
    return value


def fault(
    error_id: str, en: str, zh: str, mend_en: str, mend_zh: str, *, at: tuple[str | int, ...] = ()
) -> PydanticCustomError:
    """A rule of the schema that was broken, in the form that `validation` turns into a `ContentError`.

    `at` is where in the shape, for a rule over several fields.
    """
    context: dict[str, Any] = {"en": en, "zh": zh, "mend_en": mend_en, "mend_zh": mend_zh, "at": at}
    return PydanticCustomError(error_id, "{en}", context)


Line: TypeAlias = Annotated[str, Field(max_length=4_000), AfterValidator(_not_blank)]


class Shape(BaseModel):
    """Base of every shape: no unknown keys, no silent conversions."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Text(Shape):
    """What a person reads, in both languages."""

    en: Line
    zh: Line

    def in_language(self, language: str) -> str:
        return self.zh if language.startswith("zh") else self.en


# ------------------------------------------------------------------------------------------------------------- course


class ChapterEntry(Shape):
    """A chapter's place in the table of contents, written or not."""

    slug: Slug
    number: Annotated[int, Field(ge=1, le=99)] | Annotated[str, Field(pattern=r"^[A-Z]$")]
    title: Text
    topics: list[Text] = []
    labs: list[Slug] = []

    @property
    def folder(self) -> str:
        """`07-circuit-breaker-bulkhead`, `a-glossary`."""
        return f"{self.number_padded}-{self.slug}"

    @property
    def number_padded(self) -> str:
        """`07`, `a`: as folders' names begin, and those of question folders after `ch`."""
        return f"{self.number:02d}" if isinstance(self.number, int) else self.number.lower()


class PartEntry(Shape):
    """A part of the book. The appendices are a part without a number."""

    slug: Slug
    number: Annotated[str, Field(pattern=r"^[IVX]+$")] | None
    title: Text
    chapters: Annotated[list[ChapterEntry], Field(min_length=1)]


class CourseFile(Shape):
    """course.yaml."""

    uuid: Uuid
    slug: Slug
    title: Text
    summary: Text
    parts: Annotated[list[PartEntry], Field(min_length=1)]

    def chapters(self) -> list[tuple[PartEntry, ChapterEntry]]:
        return [(part, chapter) for part in self.parts for chapter in part.chapters]


# ------------------------------------------------------------------------------------------------------------ chapter

SourceKind: TypeAlias = Literal["book", "paper", "standard", "documentation", "incident", "article", "talk", "code"]
_DATED_KINDS: Final = ("documentation", "incident", "article")


class Source(Shape):
    """A work that the text stands on."""

    id: SourceId
    title: Line
    author: Line
    year: Annotated[int, Field(ge=1900, le=2100)] | None
    where: Line
    kind: SourceKind
    url: Annotated[str, Field(pattern=r"^https?://[^\s<>\"]+$")] | None = None
    accessed: Annotated[str, Field(pattern=r"^\d{4}-\d{2}-\d{2}$")] | None = None
    lang: Language = "en"
    note: Text | None = None

    @model_validator(mode="after")
    def _web_page_has_a_date(self) -> Source:
        if self.url and self.kind in _DATED_KINDS and not self.accessed:
            raise fault(
                "source-accessed-missing",
                f"The source “{self.id}” is a web page without the day it was read.",
                f"来源“{self.id}”是网页，却没有注明访问日期。",
                'Add accessed: "YYYY-MM-DD".',
                '请补上 accessed: "YYYY-MM-DD"。',
            )
        return self


class ChapterFile(Shape):
    """chapter.yaml."""

    uuid: Uuid
    slug: Slug
    part: Slug
    title: Text
    summary: Text
    minutes: Annotated[int, Field(ge=1, le=600)]
    goals: Annotated[list[Text], Field(min_length=1)]
    prerequisites: list[Slug] = []
    labs: list[Slug] = []
    tags: list[Slug] = []
    sources: list[Source] = []


# ---------------------------------------------------------------------------------------------------------------- lab


class LimitsFile(Shape):
    """As `graders.protocol.jobs.LabLimits`, which this room may not import; a test holds the two together."""

    callbacks_per_step_max: Annotated[int, Field(ge=1)] = 100_000
    events_per_schedule_max: Annotated[int, Field(ge=1)] = 200_000
    step_wall_ms_max: Annotated[int, Field(ge=1)] = 2_000
    run_wall_ms_max: Annotated[int, Field(ge=1)] = 60_000
    memory_mb_max: Annotated[int, Field(ge=16)] = 384
    output_bytes_max: Annotated[int, Field(ge=1)] = 65_536


class Metric(Shape):
    """A whole number that the suite reports and the leaderboard orders by."""

    name: Annotated[str, Field(pattern=IDENTIFIER_PATTERN)]
    title: Text
    better: Literal["lower", "higher"]


class LabFile(Shape):
    """lab.yaml."""

    uuid: Uuid
    slug: Slug
    course: Slug
    chapter: Slug
    title: Text
    summary: Text
    kind: Literal["component", "node"]
    entry_point: Annotated[str, Field(pattern=r"^[A-Za-z_]\w*:[A-Za-z_]\w*$")]
    files_allowed: Annotated[list[Annotated[str, Field(pattern=r"^[A-Za-z_]\w*\.py$")]], Field(min_length=1)]
    modules_allowed: list[Annotated[str, Field(pattern=r"^[A-Za-z_]\w*(?:\.\w+)*$")]] = []
    limits: LimitsFile = LimitsFile()
    leaderboard_metrics: list[Metric] = []
    hints: list[Text] = []
    goals: Annotated[list[Text], Field(min_length=1)]
    difficulty: Annotated[int, Field(ge=1, le=5)]
    minutes: Annotated[int, Field(ge=1)]
    solution_lines: Annotated[int, Field(ge=1)]

    @model_validator(mode="after")
    def _entry_point_is_in_a_file(self) -> LabFile:
        module = self.entry_point.partition(":")[0]
        if f"{module}.py" not in self.files_allowed:
            raise fault(
                "lab-entry-point",
                f"The entry point's module {module} is none of the files a student sends.",
                f"入口所在的模块 {module} 不在学生可提交的文件之中。",
                f"Add {module}.py to files_allowed, or name another module.",
                f"请把 {module}.py 加入 files_allowed，或改用其他模块。",
                at=("entry_point",),
            )
        return self


class MutantFile(Shape):
    """mutants/<bug_name>/mutant.yaml: a bug, the promise it breaks, and the case that must catch it."""

    bug: Line
    promise: Text
    killed_by: Annotated[str, Field(pattern=IDENTIFIER_PATTERN)]


# ----------------------------------------------------------------------------------------------------------- question

Bloom: TypeAlias = Literal["remember", "understand", "apply", "analyse", "evaluate", "create"]
Use: TypeAlias = Literal["quick_check", "quiz", "exam", "interview"]


class QuestionBase(Shape):
    """What every type of question has. A new type is one more class and one more name in `QuestionFile`."""

    uuid: Uuid
    slug: Slug
    chapter: Slug
    section: Anchor
    difficulty: Annotated[int, Field(ge=1, le=5)]
    bloom: Bloom
    tags: Annotated[list[Slug], Field(min_length=1)]
    uses: Annotated[list[Use], Field(min_length=1)]
    prompt: Text
    points: Annotated[int, Field(ge=1, le=100)]
    time_s: Annotated[int, Field(ge=5, le=7_200)]
    rationale: Text


class Option(Shape):
    """`rationale` is, for a right option, why it is right; for a wrong one, what someone who chose it believes."""

    id: Annotated[str, Field(pattern=r"^[a-z][a-z0-9]{0,7}$")]
    correct: bool
    text: Text
    rationale: Text


Options: TypeAlias = Annotated[list[Option], Field(min_length=2, max_length=8)]


def _options_fault(en: str, zh: str) -> PydanticCustomError:
    mend = ("Mend `correct` or the ids of the options.", "请修正选项的 correct 或 id。")
    return fault("question-options", en, zh, *mend, at=("options",))


def _ids_differ(options: list[Option]) -> None:
    ids = [option.id for option in options]
    if len(set(ids)) != len(ids):
        raise _options_fault("Two options have the same id.", "有两个选项的 id 相同。")


class SingleQuestion(QuestionBase):
    """Choose one."""

    type: Literal["single"]
    options: Options

    @model_validator(mode="after")
    def _one_is_right(self) -> SingleQuestion:
        _ids_differ(self.options)
        if sum(option.correct for option in self.options) != 1:
            raise _options_fault(
                "A single-choice question has exactly one right option.", "单选题必须恰有一个正确选项。"
            )
        return self


class MultipleQuestion(QuestionBase):
    """Choose every one that is right."""

    type: Literal["multiple"]
    options: Options

    @model_validator(mode="after")
    def _some_are_right(self) -> MultipleQuestion:
        _ids_differ(self.options)
        if not 0 < sum(option.correct for option in self.options) < len(self.options):
            raise _options_fault("Some options must be right and some wrong.", "多选题须既有正确选项，也有错误选项。")
        return self


class TrueFalseQuestion(QuestionBase):
    """Is the statement true? `rationale_wrong`: what someone who answers the other way believes."""

    type: Literal["true_false"]
    answer: bool
    rationale_wrong: Text


class NumericAnswer(Shape):
    """`tolerance` is absolute; both ends count as right."""

    value: Number
    tolerance: Annotated[Number, Field(ge=0)] = Decimal(0)
    unit: Text | None = None


class NumericMistake(Shape):
    """A wrong value that a known misconception leads to."""

    value: Number
    tolerance: Annotated[Number, Field(ge=0)] = Decimal(0)
    rationale: Text


class NumericQuestion(QuestionBase):
    """How much?"""

    type: Literal["numeric"]
    answer: NumericAnswer
    mistakes: Annotated[list[NumericMistake], Field(min_length=1)]
    rationale_wrong: Text

    @model_validator(mode="after")
    def _no_mistake_is_right(self) -> NumericQuestion:
        for index, mistake in enumerate(self.mistakes):
            if abs(mistake.value - self.answer.value) <= self.answer.tolerance:
                raise fault(
                    "question-mistake-is-right",
                    f"The wrong value {mistake.value} lies within the right answer's tolerance.",
                    f"错误值 {mistake.value} 落在正确答案的误差范围之内。",
                    "Change the value or the tolerance.",
                    "请修改该值或误差。",
                    at=("mistakes", index, "value"),
                )
        return self


QuestionFile: TypeAlias = Annotated[
    SingleQuestion | MultipleQuestion | TrueFalseQuestion | NumericQuestion, Field(discriminator="type")
]

_QUESTION: Final[TypeAdapter[QuestionFile]] = TypeAdapter(QuestionFile)


def question_parse(value: Any) -> QuestionFile:
    """A question of whichever type `value` says; raises pydantic's `ValidationError`."""
    return _QUESTION.validate_python(value)
