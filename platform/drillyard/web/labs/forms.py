"""What a submit form sends: the texts of its editors and uploaded files."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest

TEXT_PREFIX: Final = "text-"


def submitted_files(request: HttpRequest, *, allowed: Iterable[str]) -> dict[str, str | bytes]:
    """The files by name. An uploaded file takes the place of the text of the same name.

    A lab of one file takes an upload under any name: whoever downloads a starter twice has `circuit_breaker (1).py`.
    Nothing is judged here; `labwork.files` says what may be submitted.
    """
    names = list(allowed)
    files: dict[str, str | bytes] = {
        name: request.POST[TEXT_PREFIX + name] for name in names if request.POST.get(TEXT_PREFIX + name, "").strip()
    }
    for upload in request.FILES.getlist("upload"):
        if upload.size:
            files[_name_of(upload, names)] = upload.read()
    return files


def _name_of(upload: UploadedFile[Any], names: list[str]) -> str:
    name = upload.name or ""
    single_python = len(names) == 1 and name.endswith(".py")
    return names[0] if single_python else name
