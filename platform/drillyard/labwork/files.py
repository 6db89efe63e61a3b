"""What may be submitted: plain names that the lab asks for, UTF-8 text, within limits.

Files arrive from a browser's form, an upload or a program, so nothing about them is taken on trust: a name is never a
path, never reaches a file system, and is quoted in an error only if it is printable.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from django.conf import settings

from drillyard.common.errors import Refused

NAME_LENGTH_MAX: Final = 100
_QUOTED_LENGTH_MAX: Final = 60
_BOM: Final = "\ufeff"


def files_clean(files: Mapping[str, str | bytes], *, allowed: Sequence[str], required: Sequence[str]) -> dict[str, str]:
    """The files as they are stored: names in order, text without a byte order mark, lines ending in LF.

    Python reads all three line ends alike, and a form turns LF into CRLF on its own; with one form the same program has
    the same hash however it was sent. Raises `Refused`, whose id names the rule that was broken.
    """
    limits = settings.DRILLYARD.submissions
    listed = ", ".join(allowed)
    if not files:
        raise Refused("submission_empty", names=listed)
    if len(files) > limits.files_max:
        raise Refused("submission_too_many_files", files_max=limits.files_max)
    clean: dict[str, str] = {}
    for name in sorted(files):
        _check_name(name, allowed, listed)
        clean[name] = _text(name, files[name], limits.file_bytes_max)
    if sum(len(text.encode()) for text in clean.values()) > limits.bytes_max:
        raise Refused("submission_too_large", bytes_max=limits.bytes_max)
    for name in required:
        if name not in clean:
            raise Refused("submission_file_missing", name=name)
        if not clean[name].strip():
            raise Refused("submission_file_empty", name=name)
    return clean


def _check_name(name: str, allowed: Sequence[str], listed: str) -> None:
    plain = 0 < len(name) <= NAME_LENGTH_MAX and name.isprintable() and not set(name) & set("/\\") and name.strip(". ")
    if not plain:
        raise Refused("submission_file_name_invalid", length_max=NAME_LENGTH_MAX)
    if name not in allowed:
        raise Refused("submission_file_unknown", name=name[:_QUOTED_LENGTH_MAX], names=listed)


def _text(name: str, content: str | bytes, bytes_max: int) -> str:
    if len(content) > bytes_max:
        raise Refused("submission_file_too_large", name=name, bytes_max=bytes_max)
    try:
        data = content if isinstance(content, bytes) else content.encode()  # half a surrogate pair fails here
        text = data.decode()
    except UnicodeError:
        raise Refused("submission_file_not_utf8", name=name) from None
    if len(data) > bytes_max:
        raise Refused("submission_file_too_large", name=name, bytes_max=bytes_max)
    if "\0" in text:
        raise Refused("submission_file_has_nul", name=name)
    return text.removeprefix(_BOM).replace("\r\n", "\n").replace("\r", "\n")
