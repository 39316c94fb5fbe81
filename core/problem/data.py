"""Measurements: values of unknowns at points of the domain, from a CSV file, for the network to follow beside the equations.

The first line names the columns: every coordinate, then one unknown or more. Each further line is one point. Columns are separated by
commas, semicolons or tabs, whichever the first line uses.
"""

from __future__ import annotations

import base64
import binascii
import csv
import hashlib
import math
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.domain.domain import TOLERANCE, Interval
from core.errors import InputError, Position
from core.files.tables import LARGEST, shown
from core.files.tables import number as number_of
from core.ranges import nearest

MAX_BYTES = 20_000_000
MAX_ROWS = 200_000
WRITTEN_OUT = 20_000
"""The rows up to which a table has them one by one."""
SEPARATORS = ",;\t"


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


def read(data: bytes, coordinates: tuple[Interval, ...], unknowns: tuple[str, ...], *, file: str) -> Measurements:
    """The measurements of a file's bytes; raises `InputError` at the file, and the line, column and character of the first mistake."""
    if len(data) > MAX_BYTES:
        raise InputError("data-too-large", at=Position(file=file), size=len(data), limit=MAX_BYTES)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError("data-not-text", at=Position(file=file, character=error.start)) from None
    lines = [(number, line) for number, line in enumerate(text.splitlines(), 1) if line.strip()]
    if len(lines) < 2:
        raise InputError("data-empty", at=Position(file=file), columns=", ".join(names(coordinates, unknowns)))
    if len(lines) - 1 > MAX_ROWS:
        raise InputError("data-too-long", at=Position(file=file), number=len(lines) - 1, limit=MAX_ROWS)
    header, *body = lines
    separator = max(SEPARATORS, key=header[1].count)
    columns = _columns(header, separator, coordinates, unknowns, file)
    measured = tuple(name for name in unknowns if name in columns)
    order = [columns.index(name) for name in names(coordinates, measured)]
    rows = []
    for number, line in body:
        row = _row(Line(file, number, line, separator), columns)
        rows.append(tuple(row[index] for index in order))
        _check_inside(rows[-1], coordinates, Line(file, number, line, separator), columns)
    return Measurements(measured, np.array(rows, np.float64))


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


@dataclass(frozen=True)
class Line:
    """One line of a file, and where its mistakes are."""

    file: str
    number: int
    text: str
    separator: str

    @property
    def cells(self) -> list[str]:
        (cells,) = csv.reader([self.text], delimiter=self.separator)
        return [cell.strip() for cell in cells]

    def position(self, index: int, name: str = "") -> Position:
        """The place of the cell number `index`, counted from 0."""
        key = f"line {self.number}, column {name or index + 1}"
        return Position(self.file, key, self.text[:200], self._starts(index) if index < 200 else None)

    def _starts(self, index: int) -> int | None:
        """The character at which a cell begins; None where quotes hide separators."""
        parts = self.text.split(self.separator)
        if '"' in self.text or index >= len(parts):
            return None
        start = sum(len(part) + 1 for part in parts[:index])
        start += len(parts[index]) - len(parts[index].lstrip())
        return start if start < 200 else None


def _columns(header: tuple[int, str], separator: str, coordinates: tuple[Interval, ...], unknowns: tuple[str, ...], file: str) -> list[str]:
    """The names in the first line, each known, none twice, every coordinate and some unknown among them."""
    line = Line(file, *header, separator)
    known = names(coordinates, unknowns)
    found = line.cells
    for index, name in enumerate(found):
        if name not in known:
            near = next((other for other in known if other.lower() == name.lower()), None) or nearest(name, known)
            raise InputError(
                "data-unknown-column-near" if near else "data-unknown-column",
                at=line.position(index), name=shown(name), near=near, known=", ".join(known),
            )  # fmt: skip
        if name in found[:index]:
            raise InputError("data-column-twice", at=line.position(index), name=name)
    for item in coordinates:
        if item.name not in found:
            raise InputError("data-column-missing", at=Position(file, f"line {line.number}"), name=item.name, known=", ".join(known))
    if not set(found) & set(unknowns):
        raise InputError("data-column-missing", at=Position(file, f"line {line.number}"), name=unknowns[0], known=", ".join(known))
    return found


def _row(line: Line, columns: Sequence[str]) -> list[float]:
    cells = line.cells
    if len(cells) != len(columns):
        at = Position(line.file, f"line {line.number}")
        raise InputError("data-row-length", at=at, expected=len(columns), got=len(cells), columns=", ".join(columns))
    return list(_numbers(line, cells, columns))


def _numbers(line: Line, cells: Sequence[str], columns: Sequence[str]) -> Iterator[float]:
    for index, (cell, name) in enumerate(zip(cells, columns, strict=True)):
        try:
            value = float(cell) if cell.isascii() and "_" not in cell else math.nan
        except ValueError:
            value = math.nan
        if not abs(value) <= LARGEST:
            raise InputError("data-not-a-number", at=line.position(index, name), value=shown(cell), limit=f"{LARGEST:g}")
        yield value


def _check_inside(row: Sequence[float], coordinates: tuple[Interval, ...], line: Line, columns: Sequence[str]) -> None:
    for item, value in zip(coordinates, row, strict=False):
        if item.snapped(value) is None:
            at = line.position(columns.index(item.name), item.name)
            limits = {"low": f"{item.low:g}", "high": f"{item.high:g}"}
            raise InputError("data-outside-domain", at=at, coordinate=item.name, value=f"{value:g}", **limits)
