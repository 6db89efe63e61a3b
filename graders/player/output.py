"""Standard output and error: a node's text becomes `Log` effects and never reaches the judge's channel."""

from __future__ import annotations

import io
from typing import Any

from graders.player.world import current


class Stream(io.TextIOBase):
    """Stands for `sys.stdout` or `sys.stderr`: to the node's log while a node runs, to the real stream otherwise."""

    def __init__(self, name: str, real: Any) -> None:
        super().__init__()
        self._name = name
        self._real = real

    @property
    def encoding(self) -> str:  # type: ignore[override]  # the base has a plain attribute
        return "utf-8"

    @property
    def buffer(self) -> _Bytes:
        return _Bytes(self)

    def writable(self) -> bool:
        return True

    def isatty(self) -> bool:
        return current.world is None and self._real is not None and bool(self._real.isatty())

    def write(self, text: str) -> int:
        if not isinstance(text, str):
            raise TypeError(f"write() argument must be str, not {type(text).__name__}")
        world = current.world
        if world is not None:
            world.write(self._name, text)
        elif self._real is not None:
            self._real.write(text)
        return len(text)

    def flush(self) -> None:
        if current.world is None and self._real is not None:
            self._real.flush()

    def fileno(self) -> int:
        if current.world is not None or self._real is None:
            raise io.UnsupportedOperation("fileno")
        return int(self._real.fileno())

    def close(self) -> None:
        """Closing it would silence the next node; nothing happens."""


class _Bytes(io.RawIOBase):
    """`sys.stdout.buffer`."""

    def __init__(self, stream: Stream) -> None:
        super().__init__()
        self._stream = stream

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        payload = bytes(data)
        self._stream.write(payload.decode("utf-8", "replace"))
        return len(payload)
