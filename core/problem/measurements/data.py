"""Measurements: values of unknowns at points of the domain, for the network to follow beside the equations, or alone.

A CSV file, as spreadsheets write it (`core/files/sheet.py`), names its columns in its first line: every coordinate, then one unknown or
more, with their units if it likes. Each further line is one point.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.domain.domain import TOLERANCE, Interval
from core.errors import InputError, Position
from core.files import sheet
from core.files.sheet import MAX_ROWS, Line, Sheet
from core.files.tables import LARGEST, shown
from core.files.tables import number as number_of
from core.ranges import nearest

STORED = "sha256:"
"""What stands before the digest of rows that a store keeps, where a file's name is asked for."""
WRITTEN_OUT = 20_000
"""The rows up to which a table has them one by one."""


@dataclass(frozen=True, eq=False)
class Measurements:
    """Rows of numbers, `array` (n, columns), which nobody changes: the coordinates in their order, then `unknowns` in theirs.

    Those of the same numbers are equal.
    """

    unknowns: tuple[str, ...]
    array: NDArray[np.float64]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Measurements) and self.digest == other.digest

    def __hash__(self) -> int:
        return hash(self.digest)

    @cached_property
    def digest(self) -> str:
        """A sha256, in hex, of all that they are."""
        return hashlib.sha256(repr((self.unknowns, self.array.shape)).encode() + self.array.astype("<f8").tobytes()).hexdigest()

    @property
    def count(self) -> int:
        """The number of rows."""
        return len(self.array)

    @cached_property
    def twice(self) -> int:
        """The number of rows whose point is that of an earlier row, with other values."""
        rows = np.unique(self.array, axis=0)
        points = np.unique(rows[:, : rows.shape[1] - len(self.unknowns)], axis=0)
        return len(rows) - len(points)

    @property
    def rows(self) -> tuple[tuple[float, ...], ...]:
        """The rows, one by one."""
        return tuple(map(tuple, self.array.tolist()))

    def table(self, coordinates: tuple[Interval, ...]) -> dict[str, Any]:
        """The table that states them without a file; many rows are packed."""
        columns = {"columns": list(names(coordinates, self.unknowns))}
        return {**columns, "rows": self.array.tolist()} if self.count <= WRITTEN_OUT else {**columns, "packed": packed(self.array)}

    def content(self, coordinates: tuple[Interval, ...]) -> dict[str, Any]:
        """What of them determines a run."""
        columns = {"columns": list(names(coordinates, self.unknowns))}
        return {**columns, "rows": self.array.tolist()} if self.count <= WRITTEN_OUT else {**columns, "digest": self.digest}


def packed(array: NDArray[np.float64]) -> str:
    """An array as text: its float64 numbers, little-endian, by zlib and base64."""
    return base64.b64encode(zlib.compress(array.astype("<f8").tobytes(), 6)).decode("ascii")


def unpacked(text: str, columns: int, path: str) -> NDArray[np.float64]:
    """The array (n, columns) that `packed` made a text of; raises `InputError` where it is none, or too large to be unpacked."""
    limit = 8 * columns * MAX_ROWS
    try:
        opened = zlib.decompressobj()
        data = opened.decompress(base64.b64decode(text, validate=True), limit + 1)
    except (binascii.Error, ValueError, zlib.error):
        raise InputError("data-not-packed", at=Position(key=path)) from None
    if len(data) > limit or not data or len(data) % (8 * columns):
        raise InputError("data-rows", at=Position(key=path), limit=MAX_ROWS)
    return np.frombuffer(data, "<f8").astype(np.float64).reshape(-1, columns)


def read(
    data: bytes,
    coordinates: tuple[Interval, ...],
    unknowns: tuple[str, ...],
    *,
    file: str,
    titles: Mapping[str, str] | None = None,
) -> Measurements:
    """The measurements of a file's bytes; `titles` has the title of a coordinate's or an unknown's column where that is not its name.

    Raises `InputError` at the file, and the line, column and character of the first mistake.
    """
    found = sheet.read(data, file=file)
    if found.header is None:
        at = found.lines[0].position(0)
        raise InputError("data-no-header", at=at, columns=", ".join(names(coordinates, unknowns)))
    if not found.lines:
        raise InputError("data-empty", at=Position(file=file), columns=", ".join(names(coordinates, unknowns)))
    places = _named(found, coordinates, unknowns) if titles is None else _titled(found, coordinates, unknowns, titles)
    measured = tuple(name for name in unknowns if name in places)
    order = names(coordinates, measured)
    array, lines, mistakes = found.numbers([places[name] for name in order], order)
    if mistakes:
        raise mistakes[0]
    _check_inside(array, lines, coordinates, places)
    return Measurements(measured, array)


def of_rows(
    columns: tuple[str, ...], rows: object, coordinates: tuple[Interval, ...], unknowns: tuple[str, ...], path: str
) -> Measurements:
    """The measurements that a table states, in the order of `table`; raises `InputError` placed at the key `path`."""
    measured = tuple(name for name in unknowns if name in columns)
    if columns != names(coordinates, measured) or not measured:
        known = ", ".join(names(coordinates, unknowns))
        raise InputError("data-columns", at=Position(key=f"{path}.columns"), known=known, got=", ".join(columns))
    if isinstance(rows, str):
        array = unpacked(rows, len(columns), f"{path}.packed")
        if not _sound(array, coordinates):
            raise InputError("data-not-packed", at=Position(key=f"{path}.packed"))
        return Measurements(measured, array)
    if not isinstance(rows, list | tuple) or not 1 <= len(rows) <= MAX_ROWS:
        raise InputError("data-rows", at=Position(key=f"{path}.rows"), limit=MAX_ROWS)
    kept = []
    for number, row in enumerate(rows, 1):
        at = Position(key=f"{path}.rows[{number}]")
        if not isinstance(row, list | tuple) or len(row) != len(columns):
            raise InputError("data-row-length", at=at, expected=len(columns), got=shown(row), columns=", ".join(columns))
        kept.append(tuple(number_of(value, f"{path}.rows[{number}][{index}]") for index, value in enumerate(row, 1)))
        for item, value in zip(coordinates, kept[-1], strict=False):
            if item.snapped(value) is None:
                limits = {"low": f"{item.low:g}", "high": f"{item.high:g}"}
                raise InputError("data-outside-domain", at=at, coordinate=item.name, value=f"{value:g}", **limits)
    return Measurements(measured, np.array(kept, np.float64))


def _sound(array: NDArray[np.float64], coordinates: tuple[Interval, ...]) -> bool:
    """Whether all numbers are finite, and all points lie in the domain."""
    inside = all(_inside(array[:, axis], item).all() for axis, item in enumerate(coordinates))
    return inside and bool((np.abs(array) <= LARGEST).all())


def _inside(values: NDArray[np.float64], item: Interval) -> NDArray[np.bool_]:
    """Which values of a coordinate, (n,), lie in its range, but for rounding."""
    slack = TOLERANCE * max(1.0, item.high - item.low)
    found: NDArray[np.bool_] = (values >= item.low - slack) & (values <= item.high + slack)
    return found


def names(coordinates: tuple[Interval, ...], unknowns: tuple[str, ...]) -> tuple[str, ...]:
    """The names of the columns, in the order in which they are kept."""
    return (*(item.name for item in coordinates), *unknowns)


def _named(found: Sheet, coordinates: tuple[Interval, ...], unknowns: tuple[str, ...]) -> dict[str, int]:
    """The number of each column that the first line names: each known, none twice, every coordinate and some unknown among them."""
    known, line = names(coordinates, unknowns), found.header
    assert line is not None
    places: dict[str, int] = {}
    for index, column in enumerate(found.columns):
        name = next((word for word in (column.title, column.name) if word in known), None)
        if name is None:
            near = next((other for other in known if other.lower() == column.name.lower()), None) or nearest(column.name, known)
            raise InputError(
                "data-unknown-column-near" if near else "data-unknown-column",
                at=line.position(index), name=shown(column.title), near=near, known=", ".join(known),
            )  # fmt: skip
        if name in places:
            raise InputError("data-column-twice", at=line.position(index), name=name)
        places[name] = index
    _check_complete(places, coordinates, unknowns, Position(found.file, f"line {line.number}"))
    return places


def _titled(found: Sheet, coordinates: tuple[Interval, ...], unknowns: tuple[str, ...], titles: Mapping[str, str]) -> dict[str, int]:
    """The number of each column that is asked for by its title; the file may have others."""
    known, at = names(coordinates, unknowns), Position(found.file, f"line {found.header.number if found.header else 1}")
    places: dict[str, int] = {}
    for name, title in titles.items():
        index = found.index(title)
        if name not in known:
            raise InputError("data-unknown-column", at=at, name=shown(name), near=None, known=", ".join(known))
        if index is None:
            raise InputError("data-no-such-column", at=at, name=shown(title), known=", ".join(column.title for column in found.columns))
        if index in places.values():
            other = next(known for known, place in places.items() if place == index)
            raise InputError("data-column-for-two", at=at, name=shown(title), first=other, second=name)
        places[name] = index
    _check_complete(places, coordinates, unknowns, at)
    return places


def _check_complete(places: Mapping[str, int], coordinates: tuple[Interval, ...], unknowns: tuple[str, ...], at: Position) -> None:
    missing = [item.name for item in coordinates if item.name not in places]
    missing += [] if set(places) & set(unknowns) else [unknowns[0]]
    if missing:
        raise InputError("data-column-missing", at=at, name=missing[0], known=", ".join(names(coordinates, unknowns)))


def _check_inside(array: NDArray[np.float64], lines: Sequence[Line], coordinates: tuple[Interval, ...], places: Mapping[str, int]) -> None:
    """Raise `InputError` at the first point that lies outside the domain."""
    inside = np.stack([_inside(array[:, axis], item) for axis, item in enumerate(coordinates)], axis=1)  # (n, d)
    if inside.all():
        return
    row, axis = (int(number) for number in np.argwhere(~inside)[0])
    item = coordinates[axis]
    limits = {"low": f"{item.low:g}", "high": f"{item.high:g}"}
    at = lines[row].position(places[item.name], item.name)
    raise InputError("data-outside-domain", at=at, coordinate=item.name, value=f"{array[row, axis]:g}", **limits)
