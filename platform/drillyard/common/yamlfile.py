"""YAML read so that every complaint can point at a line, and so that a file can do no harm.

The problem: authors need "line 12, column 7: the key `titel` is unknown", but `yaml.safe_load` throws the marks away.
It also follows YAML 1.1 (`no` is false, `12:30` is 750), keeps the last of two equal keys in silence, and lets nine
lines of aliases grow into gigabytes. Rejected: ruamel.yaml (a second YAML library), a line-counting constructor (keys
lose their marks). Here `yaml.compose` gives nodes with marks, and one walk turns them into plain values and positions.

Invariants: values are `None`, `bool`, `int`, `float`, `str`, `list`, `dict[str, ...]`; every one has its position; the
walk visits at most `NODES_MAX` nodes, aliases expanded, at most `DEPTH_MAX` deep. Nothing here imports Django.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, TypeAlias

import yaml

BYTES_MAX: Final = 512 * 1024
NODES_MAX: Final = 50_000
DEPTH_MAX: Final = 32
ALIASES_MAX: Final = 50

Key: TypeAlias = tuple[str | int, ...]
"""Where a value stands: ("parts", 0, "title", "en")."""

Text: TypeAlias = dict[str, str]
"""The same sentence in every language: {"en": ..., "zh": ...}."""

TEXTS: Final[dict[str, tuple[str, str, str, str]]] = {
    "file-missing": (
        "The file is not there.",
        "文件不存在。",
        "Write it, or take out what refers to it.",
        "请补上该文件，或删去对它的引用。",
    ),
    "file-unreadable": (
        "The file cannot be read: {problem}.",
        "无法读取该文件：{problem}。",
        "Make it an ordinary file that may be read.",
        "请确认它是可读的普通文件。",
    ),
    "file-too-large": (
        "The file has {bytes} bytes; at most {bytes_max} are allowed.",
        "文件为 {bytes} 字节，上限为 {bytes_max} 字节。",
        "Split it, or take out what does not belong there.",
        "请拆分文件，或删去不该放在这里的内容。",
    ),
    "file-not-utf8": (
        "The file is not UTF-8 text from here on.",
        "从此处起文件不是 UTF-8 文本。",
        "Save it as UTF-8 without a byte-order mark.",
        "请以不带 BOM 的 UTF-8 编码保存。",
    ),
    "yaml-syntax": (
        "This is not valid YAML: {problem}.",
        "YAML 语法错误：{problem}。",
        "Check indentation, quotes and colons here and on the line above.",
        "请检查此处及上一行的缩进、引号和冒号。",
    ),
    "yaml-empty": (
        "The file holds no mapping of keys to values.",
        "文件中没有“键: 值”形式的内容。",
        "Start with the fields of docs/content-format.md.",
        "请按 docs/content-format.md 列出的字段填写。",
    ),
    "yaml-tag": (
        "The tag {tag} is not allowed.",
        "不允许使用标签 {tag}。",
        "Write the plain value.",
        "请直接写出普通的值。",
    ),
    "yaml-key": (
        "A key must be plain text.",
        "键必须是普通文本。",
        "Put the key between quotes.",
        "请给该键加上引号。",
    ),
    "yaml-key-twice": (
        "The key “{key}” stands here a second time; the first is on line {line}.",
        "键“{key}”重复，首次出现在第 {line} 行。",
        "Keep one of the two.",
        "请只保留其中一个。",
    ),
    "yaml-aliases": (
        "There are more than {aliases_max} aliases, or too many values in all.",
        "别名超过 {aliases_max} 个，或内容的总数过多。",
        "Write the values out, or split the file.",
        "请把值直接写出来，或拆分文件。",
    ),
    "yaml-recursive": (
        "This alias contains itself.",
        "该别名引用了自身。",
        "Write the value out.",
        "请把值直接写出来。",
    ),
    "yaml-nesting": (
        "The values nest more than {depth_max} deep.",
        "嵌套超过 {depth_max} 层。",
        "Flatten the file.",
        "请减少嵌套层数。",
    ),
}  # fmt: skip


@dataclass(frozen=True, slots=True, order=True)
class Position:
    """Both from 1, in characters."""

    line: int = 1
    column: int = 1


@dataclass(frozen=True, slots=True, order=True)
class ContentError:
    """One fault of one file: where, what, and how to mend it, in both languages. `id` is stable."""

    file: str
    line: int
    column: int
    id: str
    message: Text = field(compare=False)
    mend: Text = field(compare=False)

    def as_text(self, language: str = "en") -> str:
        """`file:line:column: id: message Mend.`, as editors and terminals understand it."""
        return f"{self.file}:{self.line}:{self.column}: {self.id}: {self.message[language]} {self.mend[language]}"


@dataclass(frozen=True, slots=True)
class Document:
    """A file's values and where each of them, and each key, stands."""

    file: str
    value: dict[str, Any]
    values: dict[Key, Position]
    keys: dict[Key, Position]

    def value_at(self, key: Key) -> Any:
        """The value at `key`, which must be there."""
        value: Any = self.value
        for step in key:
            value = value[step]
        return value

    def position(self, key: Key, *, of_key: bool = False) -> Position:
        """Where `key` stands; for what is not there, its nearest ancestor that is (the file's start at last).

        Steps that lead nowhere are passed over: a validator's location may name the variant of a union in between.
        """
        found: Key = ()
        for step in key:
            if (*found, step) in self.values:
                found = (*found, step)
        if of_key and found in self.keys:
            return self.keys[found]
        return self.values.get(found, Position())


def read(path: Path, shown: str, bytes_max: int = BYTES_MAX) -> tuple[bytes, list[ContentError]]:
    """The bytes of `path`, or why not. `shown` is the path as errors name it."""
    try:
        size = path.stat().st_size
        if not path.is_file():
            return b"", [_error(shown, Position(), "file-unreadable", problem="not a file")]
        if size > bytes_max:
            return b"", [_error(shown, Position(), "file-too-large", bytes=size, bytes_max=bytes_max)]
        return path.read_bytes(), []
    except FileNotFoundError:
        return b"", [_error(shown, Position(), "file-missing")]
    except OSError as error:
        return b"", [_error(shown, Position(), "file-unreadable", problem=error.strerror or str(error))]


def missing(shown: str) -> list[ContentError]:
    """The error for a file that should be there and is not."""
    return [_error(shown, Position(), "file-missing")]


def text(data: bytes, shown: str) -> tuple[str, list[ContentError]]:
    """`data` as UTF-8 text with `\\n` line ends, or where it is not."""
    try:
        decoded = data.decode()
    except UnicodeDecodeError as error:
        before = data[: error.start].decode()
        position = Position(before.count("\n") + 1, len(before) - before.rfind("\n"))
        return "", [_error(shown, position, "file-not-utf8")]
    if decoded.startswith("\ufeff"):
        return "", [_error(shown, Position(), "file-not-utf8")]
    return decoded.replace("\r\n", "\n"), []


def load(path: Path, shown: str) -> tuple[Document | None, list[ContentError]]:
    """The document in `path`, or every fault that kept it from being read."""
    data, errors = read(path, shown)
    return (None, errors) if errors else parse(data, shown)


def parse_item(data: bytes | None, shown: str) -> tuple[Document | None, list[ContentError]]:
    """`parse`, for a file that may be absent."""
    return (None, missing(shown)) if data is None else parse(data, shown)


def parse(data: bytes, shown: str) -> tuple[Document | None, list[ContentError]]:
    """The document that `data` holds; `None` when it has a fault of YAML itself."""
    if len(data) > BYTES_MAX:
        return None, [_error(shown, Position(), "file-too-large", bytes=len(data), bytes_max=BYTES_MAX)]
    decoded, errors = text(data, shown)
    if errors:
        return None, errors
    node, errors = _compose(decoded, shown)
    if errors:
        return None, errors
    if not isinstance(node, yaml.MappingNode):
        return None, [_error(shown, _of(node), "yaml-empty")]
    walk = _Walk(shown)
    value = walk.value(node, ())
    if walk.errors:
        return None, walk.errors
    return Document(shown, value, walk.values, walk.keys), []


def _compose(decoded: str, shown: str) -> tuple[yaml.Node | None, list[ContentError]]:
    """The nodes of `decoded`. Measured first: composing recurses in C, where deep nesting ends the whole process."""
    try:
        errors = _measure(decoded, shown)
        return (None, errors) if errors else (yaml.compose(decoded, Loader=_CoreLoader), [])
    except yaml.MarkedYAMLError as error:
        return None, [_error(shown, _of_error(error), "yaml-syntax", problem=error.problem or "unknown")]
    except yaml.YAMLError as error:  # a control character: the only error without a mark
        before = decoded[: getattr(error, "position", 0)]
        position = Position(before.count("\n") + 1, len(before) - before.rfind("\n"))
        return None, [_error(shown, position, "yaml-syntax", problem=getattr(error, "reason", "unreadable character"))]


def _measure(decoded: str, shown: str) -> list[ContentError]:
    """Reads the events one by one, without recursion, up to the first limit that is passed."""
    depth = nodes = aliases = 0
    for event in yaml.parse(decoded, Loader=_CoreLoader):
        if isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        elif isinstance(event, yaml.NodeEvent):
            nodes += 1
            aliases += isinstance(event, yaml.AliasEvent)
            depth += isinstance(event, yaml.CollectionStartEvent)
        here = _at(event.start_mark)
        if depth > DEPTH_MAX:
            return [_error(shown, here, "yaml-nesting", depth_max=DEPTH_MAX)]
        if aliases > ALIASES_MAX or nodes > NODES_MAX:
            return [_error(shown, here, "yaml-aliases", aliases_max=ALIASES_MAX)]
    return []


class _CoreLoader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]  # C where libyaml is
    """Composes with the scalars of YAML 1.2's core schema instead of 1.1's."""

    yaml_implicit_resolvers: dict[str, list[tuple[str, re.Pattern[str]]]] = {}  # noqa: RUF012 - PyYAML's own shape


_INTEGER: Final = re.compile(r"[-+]?(?:0|[1-9][0-9]{0,17})\Z")
_DECIMAL: Final = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+\.[0-9]*|[0-9]+(?:\.[0-9]*)?[eE][-+]?[0-9]{1,2})\Z")
_CONSTANTS: Final[dict[str, bool | None]] = {
    "true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False,
    "null": None, "Null": None, "NULL": None, "~": None, "": None,
}  # fmt: skip


class _Walk:
    """One pass over the node graph: plain values, positions, and the faults met on the way."""

    def __init__(self, shown: str) -> None:
        self.shown = shown
        self.errors: list[ContentError] = []
        self.values: dict[Key, Position] = {}
        self.keys: dict[Key, Position] = {}
        self._nodes = 0
        self._open: list[int] = []

    def value(self, node: yaml.Node, key: Key) -> Any:
        self.values[key] = _of(node)
        if not self._enter(node):
            return None
        self._open.append(id(node))
        try:
            if isinstance(node, yaml.MappingNode):
                return self._mapping(node, key)
            if isinstance(node, yaml.SequenceNode):
                return [self.value(item, (*key, index)) for index, item in enumerate(node.value)]
            return self._scalar(node) if isinstance(node, yaml.ScalarNode) else None
        finally:
            self._open.pop()

    def _enter(self, node: yaml.Node) -> bool:
        """Whether to go into `node`; a limit reached is said once and ends the walk."""
        if self._nodes > NODES_MAX:
            return False
        self._nodes += 1
        if id(node) in self._open:
            self._stop(node, "yaml-recursive")
        elif self._nodes > NODES_MAX:
            self._stop(node, "yaml-aliases", aliases_max=ALIASES_MAX)
        elif len(self._open) > DEPTH_MAX:  # aliases within aliases
            self._stop(node, "yaml-nesting", depth_max=DEPTH_MAX)
        else:
            return self._tag_allowed(node)
        return False

    def _stop(self, node: yaml.Node, error_id: str, **parameters: object) -> None:
        self._nodes = NODES_MAX + 1
        self._complain(node, error_id, **parameters)

    def _tag_allowed(self, node: yaml.Node) -> bool:
        """Only what the kind of node has by itself: no `!tag` was written, or one that says the same."""
        if node.tag in ("tag:yaml.org,2002:map", "tag:yaml.org,2002:seq", "tag:yaml.org,2002:str"):
            return True
        self._complain(node, "yaml-tag", tag=node.tag.replace("tag:yaml.org,2002:", "!!"))
        return False

    def _mapping(self, node: yaml.MappingNode, key: Key) -> dict[str, Any]:
        result: dict[str, Any] = {}
        for key_node, value_node in node.value:
            if not isinstance(key_node, yaml.ScalarNode):
                self._complain(key_node, "yaml-key")
                continue
            name = str(key_node.value)
            path = (*key, name)
            if name in result:
                self._complain(key_node, "yaml-key-twice", key=name, line=self.keys[path].line)
                continue
            self.keys[path] = _of(key_node)
            result[name] = self.value(value_node, path)
        return result

    def _scalar(self, node: yaml.ScalarNode) -> Any:
        written = str(node.value)
        if node.style in ("'", '"', "|", ">"):
            return written
        if written in _CONSTANTS:
            return _CONSTANTS[written]
        if _INTEGER.match(written):
            return int(written)
        if _DECIMAL.match(written):
            return float(written)
        return written

    def _complain(self, node: yaml.Node, error_id: str, **parameters: object) -> None:
        self.errors.append(_error(self.shown, _of(node), error_id, **parameters))


def _of(node: yaml.Node | None) -> Position:
    return Position() if node is None else _at(node.start_mark)


def _of_error(error: yaml.MarkedYAMLError) -> Position:
    return _at(error.problem_mark or error.context_mark)


def _at(mark: Any) -> Position:
    """A mark of PyYAML or of libyaml, both from 0; some errors have none."""
    return Position() if mark is None else Position(mark.line + 1, mark.column + 1)


def _error(shown: str, position: Position, error_id: str, **parameters: object) -> ContentError:
    en, zh, mend_en, mend_zh = (part.format(**parameters) for part in TEXTS[error_id])
    return ContentError(
        shown, position.line, position.column, error_id, {"en": en, "zh": zh}, {"en": mend_en, "zh": mend_zh}
    )
