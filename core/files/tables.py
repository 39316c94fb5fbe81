"""Reading a table of a TOML file: what each key may hold, and where a mistake lies.

Each function takes a value and its dotted path (`problem.equations[1]`, entries counted from 1 as loss terms are) and raises `InputError`
placed there.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, time
from typing import Any, TypeVar

from core.errors import InputError, Position, TangenteError
from core.expressions import Names, constant, parse, substitute
from core.files.toml import MAX_BYTES as MAX_BYTES
from core.files.toml import read as read
from core.ranges import nearest

T = TypeVar("T", Mapping[str, Any], Sequence[Any])

LARGEST = 1e12
"""The largest absolute value of a number."""
SHOWN = 60
"""Characters of a value that an error shows."""


@contextmanager
def located(key: str) -> Iterator[None]:
    """Errors raised inside are placed at `key`, unless they know better."""
    try:
        yield
    except TangenteError as error:
        raise error.located(key=key) from None


def check_keys(table: Mapping[str, Any], path: str, known: Sequence[str], required: Iterable[str] = ()) -> None:
    """Refuse keys that are not known, with the nearest that is, and miss those that are required."""
    for name in table:
        if name not in known:
            near = nearest(name, known)
            code = "unknown-key-near" if near else "unknown-key"
            raise InputError(code, at=Position(key=f"{path}.{shown(name)}"), name=shown(name), near=near, known=", ".join(known))
    for name in required:
        if name not in table:
            raise InputError("missing-key", at=Position(key=path), name=name)


def mapping(value: object, path: str, most: int) -> Mapping[str, Any]:
    """A table of at most `most` entries."""
    if not isinstance(value, Mapping):
        raise InputError("not-a-table", at=Position(key=path), name=_last(path))
    return _limited(value, path, most)


def text(value: object, path: str, longest: int = MAX_BYTES) -> str:
    """A text of at most `longest` characters."""
    if not isinstance(value, str):
        raise InputError("not-a-text", at=Position(key=path), value=shown(value))
    if len(value) > longest:
        raise InputError("too-long", at=Position(key=path), name=_last(path), limit=longest, number=len(value))
    return value


def texts(value: object, path: str, most: int, least: int = 0) -> tuple[str, ...]:
    """A list of `least` to `most` texts."""
    if not isinstance(value, list | tuple):
        raise InputError("not-a-list", at=Position(key=path), value=shown(value))
    if len(value) < least:
        raise InputError("empty", at=Position(key=path), name=_last(path))
    return tuple(text(item, f"{path}[{number}]") for number, item in enumerate(_limited(value, path, most), 1))


def number(value: object, path: str) -> float:
    """A number, or a constant expression in quotes such as `"2*pi"`."""
    if isinstance(value, str):
        with located(path):
            result = constant(substitute(parse(value, Names()), {}))
    else:
        result = _float(value)
    if not abs(result) <= LARGEST:
        raise InputError("not-a-usable-number", at=Position(key=path), value=shown(value), limit=f"{LARGEST:g}")
    return result


def shown(value: object) -> str:
    """A value as an error shows it, in the notation of a TOML file."""
    match value:
        case str():
            words = value
        case bool():
            words = str(value).lower()
        case int() if value.bit_length() > 200:  # Python refuses to write numbers of thousands of digits
            words = "…"
        case date() | time():
            words = value.isoformat()
        case list() | tuple():
            words = f"[{', '.join(_quoted(item) for item in value[:SHOWN])}]"
        case Mapping():
            words = "{…}" if value else "{}"
        case _:
            words = repr(value)
    return words if len(words) <= SHOWN else words[: SHOWN - 1] + "…"


def _quoted(value: object) -> str:
    return f'"{value}"' if isinstance(value, str) else "[…]" if isinstance(value, list | tuple) else shown(value)


def _float(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return math.nan
    return float(value) if abs(value) <= LARGEST else math.inf


def _limited(value: T, path: str, most: int) -> T:
    if len(value) > most:
        raise InputError("too-many", at=Position(key=path), name=_last(path), limit=most, number=len(value))
    return value


def _last(path: str) -> str:
    return path.rpartition(".")[2]
