"""Files that commands write their results to; looked at before the work, so that none is done in vain."""

from __future__ import annotations

import errno
import os
from pathlib import Path

from core.errors import InputError, Position, RunError


def check(path: Path) -> None:
    """Raise `InputError` where no file can be written to `path`; what is there stays as it is."""
    at, folder = Position(file=str(path)), path.absolute().parent
    try:
        if not folder.is_dir():
            raise InputError("no-folder", at=at, folder=str(folder))
        if path.is_dir():
            raise InputError("is-a-folder", at=at)
        _try(path)
    except (OSError, ValueError) as error:  # ValueError: a name that no file can have
        raise InputError("cannot-write", at=at, reason=_reason(error)) from None


def write(path: Path, text: str) -> None:
    """Write a text; raises `RunError` where that fails."""
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise RunError("cannot-write", at=Position(file=str(path)), reason=_reason(error)) from error


def _try(path: Path) -> None:
    """Open a file to add nothing, and leave none that was not there.

    A pipe is not opened: whoever reads it would take its closing for the end.
    """
    if path.exists() and not path.is_file():
        if not os.access(path, os.W_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
        return
    there = os.path.lexists(path)
    path.open("ab").close()
    if not there:
        path.unlink()


def _reason(error: Exception) -> str:
    return getattr(error, "strerror", None) or str(error)
