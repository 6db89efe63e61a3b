"""What a judge and a node say to each other.

The judge asks, the node answers, one answer a question, on a channel of the node's own: the channel is the identity.
Times are integer nanoseconds of virtual time. On the wire every message is an array that starts with its word, which
is shorter than an object and has no keys to duplicate::

    judge -> node   ["start", {...}]
    node -> judge   ["started"] | ["failed", kind, type, text, traceback]
    judge -> node   ["step", at_ns, [event, ...]]
    node -> judge   ["effects", deadline_ns | null, callbacks, [effect, ...]]
    node -> judge   ["gone", kind, detail]        instead of either answer

An *event* is something that happens to the node at `at_ns`; an *effect* is something the node did because of it.
Effects are in the order in which the student's code caused them. `At` moves the time of the effects that follow it,
since `time.sleep` holds a node and moves its clock within one step.

Values (arguments, results, message bodies) are JSON values. Three objects with a reserved key stand for what a judge
can hand to a component without sending code:

    {"$call": [target, arguments]}    an async function; awaiting it performs a `Call` and returns its result
    {"$error": name}                  the exception class `name` of graders.player.errors
    {"$notify": name}                 a function whose every call becomes a `Notify`
    {"$notify": [name, error]}        the same, and then it raises that class of graders.player.errors

`graders.protocol.wire` turns messages into these arrays and back. Nobody changes a message after making it; the
classes are not frozen only because a frozen instance takes two and a half times as long to make, and a run makes
millions.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias

Json: TypeAlias = Any
"""A JSON value: None, bool, int of 63 bits, finite float, str, list or dict with str keys."""

CALL_KEY: Final = "$call"
ERROR_KEY: Final = "$error"
NOTIFY_KEY: Final = "$notify"


# ---------------------------------------------------------------------------------------------- judge -> node


@dataclass(frozen=True, slots=True)
class Compile:
    """The only question to a node that runs nothing: compile these files. Answered by `Compiled`."""

    files: dict[str, str]


@dataclass(frozen=True, slots=True)
class Start:
    """The first message on a channel: what the node is to run. `files` maps a file name to its source text.

    `entry_point` is `module:attribute`. `modules_allowed` lists the top-level standard-library modules that the lab
    allows. `callbacks_max` bounds the callbacks the node's loop may run in one step (the deterministic budget). `code`
    is what a `Compiled` brought: it spares the node the compiling, and changes nothing else.
    """

    node: str
    incarnation: int
    seed: int
    files: dict[str, str]
    entry_point: str
    modules_allowed: tuple[str, ...] = ()
    at_ns: int = 0
    wall_offset_ns: int = 0
    callbacks_max: int = 100_000
    output_bytes_max: int = 65_536
    code: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Construct:
    """Make an instance of the entry point's class and keep it under `instance`.

    Answered by `Reply` or `Raise` of `id`.
    """

    id: int
    instance: int
    arguments: dict[str, Json]


@dataclass(slots=True)
class Invoke:
    """Call `instance.method(*args, **kwargs)`;

    a coroutine runs as a task. Answered by `Reply`, `Raise` or `Cancelled`.
    """

    id: int
    instance: int
    method: str
    args: list[Json] = field(default_factory=list)
    kwargs: dict[str, Json] = field(default_factory=dict)


@dataclass(slots=True)
class Get:
    """Read an attribute of an instance. Answered by `Reply` or `Raise`."""

    id: int
    instance: int
    attribute: str


@dataclass(slots=True)
class Cancel:
    """Cancel the task that serves the operation `id`."""

    id: int


@dataclass(slots=True)
class Result:
    """The call `id` that the node made has returned `value`."""

    id: int
    value: Json


@dataclass(slots=True)
class Error:
    """The call `id` that the node made has failed with the exception class `type` of graders.player.errors."""

    id: int
    type: str
    message: str


@dataclass(slots=True)
class Message:
    """A message from another node has arrived."""

    source: str
    body: Json


@dataclass(slots=True)
class Request:
    """A client's request to a `Node`. Answered by `Reply`, `Raise` or `Cancelled`."""

    id: int
    body: Json


@dataclass(slots=True)
class Clock:
    """The node's wall clock is from now on `wall_offset_ns` ahead of virtual time. The monotonic clock never steps."""

    wall_offset_ns: int


Event: TypeAlias = Construct | Invoke | Get | Cancel | Result | Error | Message | Request | Clock


@dataclass(slots=True)
class Step:
    """Virtual time is `at_ns`:

    the timers due are run, then `events` are delivered in order, then the node runs until idle.
    """

    at_ns: int
    events: list[Event] = field(default_factory=list)


# ---------------------------------------------------------------------------------------------- node -> judge


@dataclass(frozen=True, slots=True)
class Compiled:
    """`code` maps a file's name to its code object, marshalled, in base64; a file that does not compile is left out.

    The judge hands it to the nodes of the same run and never looks inside: what a node writes is data to the judge and
    runs behind the guard alone.
    """

    code: dict[str, str]


@dataclass(slots=True)
class Started:
    """The student's code is imported and the entry point exists."""


@dataclass(slots=True)
class Failed:
    """The student's code could not be started.

    `kind`: `syntax_error`, `import_refused`, `import_error`, `entry_point_missing`, `memory_limit`, `exited`.
    """

    kind: str
    type: str
    text: str
    traceback: str


@dataclass(slots=True)
class Reply:
    id: int
    value: Json


@dataclass(slots=True)
class Raise:
    """The operation `id` raised. `classes` are the names of the exception's classes, most derived first, without
    `object`.

    `attributes` holds the instance's public attributes that are JSON scalars.
    """

    id: int
    classes: list[str]
    text: str
    attributes: dict[str, Json]
    traceback: str


@dataclass(slots=True)
class Cancelled:
    """The operation `id` ended by cancellation."""

    id: int


@dataclass(slots=True)
class Call:
    """The node calls a dependency. Answered by a later `Result` or `Error` of the same `id`, or never."""

    id: int
    target: str
    arguments: list[Json]


@dataclass(slots=True)
class Abandon:
    """The node no longer waits for its call `id` (the awaiting task was cancelled)."""

    id: int


@dataclass(slots=True)
class Notify:
    """A function that the judge handed in as `{"$notify": name}` was called."""

    name: str
    arguments: list[Json]


@dataclass(slots=True)
class Send:
    """A message to another node."""

    destination: str
    body: Json


@dataclass(slots=True)
class Publish:
    """A value for diagrams (role, term, commit index). Never graded."""

    key: str
    value: Json


@dataclass(slots=True)
class Log:
    """Text that the student's code printed. `stream`: `stdout`, `stderr` or `log`. Never graded."""

    stream: str
    text: str


@dataclass(slots=True)
class Report:
    """Something the student should know. Part of the trace by its kind alone, since its text is not canonical.

    `kind`: `never_awaited`, `never_retrieved`, `destroyed_pending`, `blocked` (time.sleep), `refused` (an API that
    does not exist here), `callbacks_exhausted`, `output_truncated`, `unhandled` (exception in a callback).
    """

    kind: str
    text: str


@dataclass(slots=True)
class At:
    """The effects that follow happened at this later time, because the node's code slept in between."""

    at_ns: int


Effect: TypeAlias = Reply | Raise | Cancelled | Call | Abandon | Notify | Send | Publish | Log | Report | At


@dataclass(slots=True)
class Effects:
    """A node's answer to a `Step`: what it did, and when it wants to be woken if nothing else happens."""

    deadline_ns: int | None
    callbacks: int
    effects: list[Effect] = field(default_factory=list)


@dataclass(slots=True)
class Gone:
    """The node gives up, and this is the last thing it says. `kind`: `output_limit`, `memory_limit`.

    The host turns it into `graders.sim.nodes.NodeGone`. `detail` is for the run record.
    """

    kind: str
    detail: str


Question: TypeAlias = Compile | Start | Step
Answer: TypeAlias = Compiled | Started | Failed | Effects | Gone

GONE_KINDS: Final = ("output_limit", "memory_limit")
FAILED_KINDS: Final = (
    "syntax_error",
    "import_refused",
    "import_error",
    "entry_point_missing",
    "memory_limit",
    "exited",
)
REPORT_KINDS: Final = (
    "never_awaited",
    "never_retrieved",
    "destroyed_pending",
    "blocked",
    "refused",
    "callbacks_exhausted",
    "output_truncated",
    "unhandled",
)
STREAMS: Final = ("stdout", "stderr", "log")
