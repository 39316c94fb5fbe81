"""Tables of numbers as spreadsheets and instruments write them: which separator, which decimal sign, which names and units they have.

Separators are commas, semicolons, tabs, bars or spaces; decimal signs are points, or commas where another sign separates. The text may be
UTF-8, UTF-16 or Latin-1. Blank lines, comments and what stands above the table are left out. Nothing is guessed where two readings are
possible.
"""

from __future__ import annotations

import csv
import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from core.errors import InputError, Position
from core.files.tables import LARGEST, shown

MAX_BYTES = 20_000_000
MAX_ROWS = 200_000
SEPARATORS = "\t;,|"
"""The separators, those first that cannot be a decimal sign."""
SPACES = " "
COMMENTS = ("#", "%", "//")
LOOKED = 200
"""Lines that tell how the file is written."""

_NUMBER = re.compile(r"[+−-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)
_COMMA = re.compile(r"[+−-]?(\d+,\d*|,\d+)([eE][+-]?\d+)?", re.ASCII)
_GROUPS = re.compile(r"[+−-]?[1-9]\d{0,2}([.,]\d{3})+([.,]\d+)?", re.ASCII)
_SMALL = re.compile(r"[+−-]?\d{1,3}", re.ASCII)
_UNIT = re.compile(r"(?P<name>.*?\S)(\s*\[(?P<square>[^\[\]]*)\]|\s*\((?P<round>[^()]*)\)|\s+/\s*(?P<over>\S+))")
_UNIT_ALONE = re.compile(r"\[[^\[\]]*\]|\((?!\s*[+−-]?\d)[^()]*\)|1/[^\W\d_].*|[^\W\d_].*|[°%‰€$](?!\s*\d).*|[-–]")
"""A unit in a cell of its own; what begins with a number is none, so that a row that is written oddly is told, and not taken for units."""
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


class Line(NamedTuple):
    """One line of a file, and where its mistakes are."""

    file: str
    number: int
    text: str
    separator: str

    @property
    def cells(self) -> list[str]:
        """What stands between the separators."""
        if self.separator == SPACES:
            return self.text.split()
        if '"' not in self.text:
            return [cell.strip() for cell in self.text.split(self.separator)]
        (cells,) = csv.reader([self.text], delimiter=self.separator, skipinitialspace=True)
        return [cell.strip() for cell in cells]

    def position(self, index: int, name: str = "") -> Position:
        """The place of the cell number `index`, counted from 0."""
        key = f"line {self.number}, column {name or index + 1}"
        return Position(self.file, key, self.text[:200], self._starts(index) if index < 200 else None)

    def _starts(self, index: int) -> int | None:
        """The character at which a cell begins; None where quotes hide separators, or spaces separate."""
        parts = self.text.split(self.separator)
        if '"' in self.text or self.separator == SPACES or index >= len(parts):
            return None
        start = sum(len(part) + 1 for part in parts[:index])
        start += len(parts[index]) - len(parts[index].lstrip())
        return start if start < 200 else None


@dataclass(frozen=True)
class Column:
    """A column as its header names it: the `name` without the `unit`, if it has one."""

    title: str
    name: str
    unit: str


@dataclass(frozen=True)
class Sheet:
    """A table as it was understood: `header` is the line of the names, None where there is none; `lines` are those of numbers.

    `left_out` are the numbers of lines that are blank, comments, or above the table.
    """

    file: str
    encoding: str
    separator: str
    decimal: str
    header: Line | None
    columns: tuple[Column, ...]
    lines: tuple[Line, ...]
    left_out: tuple[int, ...]

    def index(self, title: str) -> int | None:
        """The number of the column that has this title, or this name, from 0; None where none or several have."""
        for key in ("title", "name"):
            found = [index for index, column in enumerate(self.columns) if getattr(column, key) == title]
            if len(found) == 1:
                return found[0]
        return None

    def numbers(self, chosen: Sequence[int], names: Sequence[str] = ()) -> tuple[NDArray[np.float64], list[Line], list[InputError]]:
        """The numbers of the chosen columns, (rows, chosen), with their lines; and the mistakes of the lines that cannot be read.

        `names` are what errors call the columns.
        """
        quick = self._quick(chosen)
        if quick is not None:
            return quick, list(self.lines), []
        called = names or [self.columns[index].title for index in chosen]
        rows: list[list[float]] = []
        kept: list[Line] = []
        mistakes: list[InputError] = []
        for line in self.lines:
            try:
                rows.append(self._row(line, chosen, called))
                kept.append(line)
            except InputError as error:
                mistakes.append(error)
        return np.array(rows, np.float64).reshape(-1, len(chosen)), kept, mistakes

    def _quick(self, chosen: Sequence[int]) -> NDArray[np.float64] | None:
        """The numbers, where nothing is wrong with any line; None where each has to be looked at."""
        texts = [line.text for line in self.lines]
        marks = len(self.columns) - 1
        whole = "\n".join(texts)
        if not whole.isascii() or any(mark in whole for mark in ('"', "_", "x", "X", "#")) or (self.decimal == "," and "." in whole):
            return None
        if self.separator != SPACES and any(text.count(self.separator) != marks for text in texts):
            return None
        if self.decimal == ",":
            texts = [text.replace(",", ".") for text in texts]
        separator = None if self.separator == SPACES else self.separator
        try:
            every = np.loadtxt(texts, np.float64, delimiter=separator, ndmin=2, comments=None)
        except ValueError:
            return None
        found: NDArray[np.float64] = every[:, list(chosen)]
        return found if len(found) == len(texts) and every.shape[1] == len(self.columns) and (np.abs(found) <= LARGEST).all() else None

    def _row(self, line: Line, chosen: Sequence[int], called: Sequence[str]) -> list[float]:
        cells = line.cells
        while len(cells) > len(self.columns) and not cells[-1]:  # a separator at the end of the line
            cells.pop()
        if len(cells) != len(self.columns):
            words = ", ".join(column.title for column in self.columns)
            at = Position(line.file, f"line {line.number}")
            raise InputError("data-row-length", at=at, expected=len(self.columns), got=len(cells), columns=words)
        return [self._number(cells[index], line, index, name) for index, name in zip(chosen, called, strict=True)]

    def _number(self, cell: str, line: Line, index: int, name: str) -> float:
        plain = cell.replace("−", "-")
        plain = plain.replace(",", ".") if self.decimal == "," and _COMMA.fullmatch(plain) else plain
        value = float(plain) if _NUMBER.fullmatch(plain) else math.nan
        if abs(value) <= LARGEST:
            return value
        code = "data-thousands" if _GROUPS.fullmatch(cell) else "data-not-a-number"
        raise InputError(code, at=line.position(index, name), value=shown(cell), limit=f"{LARGEST:g}")


def read(data: bytes, *, file: str) -> Sheet:
    """The table of a file's bytes; raises `InputError` where they are too many, no text, no table, or can be read in two ways."""
    if len(data) > MAX_BYTES:
        raise InputError("data-too-large", at=Position(file=file), size=len(data), limit=MAX_BYTES)
    text, encoding = decode(data, file=file)
    every = text.splitlines()
    told = _told(every)
    numbered = [(number, line) for number, line in enumerate(every, 1) if _counts(line) and not (number == 1 and told)]
    if len(numbered) - 1 > MAX_ROWS:
        raise InputError("data-too-long", at=Position(file=file), number=len(numbered) - 1, limit=MAX_ROWS)
    separator = told or _separator([line for _, line in numbered[:LOOKED]])
    lines = _table([Line(file, number, line, separator) for number, line in numbered])
    if not lines:
        raise InputError("data-no-table", at=Position(file=file))
    decimal = _decimal(lines[:LOOKED])
    header, units, body = _parts(lines, decimal)
    used = {line.number for line in (header, units, *body) if line is not None}
    left_out = tuple(number for number in range(1, len(every) + 1) if number not in used)
    columns = _columns(header, units, len(lines[0].cells))
    return Sheet(file, encoding, separator, decimal, header, columns, tuple(body), left_out)


def decode(data: bytes, *, file: str) -> tuple[str, str]:
    """The text of bytes, and how it was written; raises `InputError` where they are none."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings = ["utf-16"]
    elif data[1:2] == b"\0" and data[:1] != b"\0":
        encodings = ["utf-16-le"]
    else:
        encodings = ["utf-8-sig", "cp1252"]
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        found = _CONTROL.search(text)
        if found is None or encoding == "utf-8-sig":  # a stray sign is no number, and told where it stands
            return text, {"utf-8-sig": "UTF-8", "cp1252": "Latin-1"}.get(encoding, "UTF-16")
    raise InputError("data-not-text", at=Position(file=file))


def _counts(line: str) -> bool:
    return bool(line.strip(" \t;,|")) and not line.lstrip().startswith(COMMENTS)


def _told(lines: Sequence[str]) -> str:
    """The separator that the first line names, as Excel's `sep=;` does."""
    first = lines[0].strip().strip('"').lower() if lines else ""
    return first[4:] if first.startswith("sep=") and len(first) == 5 else ""


def _separator(lines: Sequence[str]) -> str:
    """The separator of which most lines have the same number, the more the better where that is a draw; spaces where there is none."""
    best, most = SPACES, 0
    for separator in SEPARATORS:
        counts = Counter(len(Line("", 0, line, separator).cells) for line in lines)
        width, times = max(((width, times) for width, times in counts.items() if width > 1), key=lambda item: item[1], default=(0, 0))
        if width > 1 and times > most:
            best, most = separator, times
    return best


def _table(lines: list[Line]) -> list[Line]:
    """The lines from the first on that has as many cells as most have: above it may stand a title, or what an instrument says of itself."""
    widths = Counter(len(line.cells) for line in lines[:LOOKED])
    if not widths:
        return []
    width, times = widths.most_common(1)[0]
    first = next(index for index, line in enumerate(lines) if len(line.cells) == width)
    return lines[first:] if times > first and all(len(line.cells) == 1 for line in lines[:first]) else lines


def _decimal(lines: Sequence[Line]) -> str:
    """The decimal sign; raises `InputError` where commas may be either that or part thousands off."""
    if not lines or lines[0].separator == ",":
        return "."
    places = [(line, index, cell) for line in lines for index, cell in enumerate(line.cells)]
    commas = [(line, index, cell) for line, index, cell in places if _COMMA.fullmatch(cell)]
    if not commas:
        _check_points(lines)
        return "."
    points = any("." in cell and _NUMBER.fullmatch(cell) for _, _, cell in places)
    if points or all(_GROUPS.fullmatch(cell) for _, _, cell in commas):
        line, index, cell = commas[0]
        raise InputError("data-thousands", at=line.position(index), value=shown(cell), limit="")
    return ","


def _check_points(lines: Sequence[Line]) -> None:
    """Raise `InputError` where points may part thousands off: in a column that has `1.500` and `999`, and nothing that tells."""
    if lines[0].separator != ";":  # as spreadsheets write where the comma is the decimal sign
        return
    for index in range(min(len(line.cells) for line in lines)):
        known = [(line, line.cells[index]) for line in lines if _NUMBER.fullmatch(line.cells[index])]
        grouped = [(line, cell) for line, cell in known if _GROUPS.fullmatch(cell)]
        small = sum(bool(_SMALL.fullmatch(cell)) for _, cell in known)
        if grouped and small and len(grouped) + small == len(known):
            line, cell = grouped[0]
            raise InputError("data-thousands", at=line.position(index), value=shown(cell), limit="")


def _parts(lines: list[Line], decimal: str) -> tuple[Line | None, Line | None, list[Line]]:
    """The line of the names, that of units below it, and the lines of numbers."""
    if _numeric(lines[0], decimal) == len(lines[0].cells):
        return None, None, lines
    if len(lines) > 2 and all(_UNIT_ALONE.fullmatch(cell) for cell in lines[1].cells) and _numeric(lines[2], decimal):
        return lines[0], lines[1], lines[2:]
    return lines[0], None, lines[1:]


def _numeric(line: Line, decimal: str) -> int:
    """How many cells of a line are numbers."""
    return sum(bool(_NUMBER.fullmatch(cell) or (decimal == "," and _COMMA.fullmatch(cell))) for cell in line.cells)


def _columns(header: Line | None, units: Line | None, count: int) -> tuple[Column, ...]:
    if header is None:
        return tuple(Column(str(number), str(number), "") for number in range(1, count + 1))
    titles = header.cells
    while len(titles) > 1 and not titles[-1]:
        titles.pop()
    below = units.cells if units is not None and len(units.cells) == len(titles) else [""] * len(titles)
    return tuple(_column(title, unit) for title, unit in zip(titles, below, strict=True))


def _column(title: str, unit: str) -> Column:
    found = _UNIT.fullmatch(title)
    if found is None:
        return Column(title, title, unit.strip("[]()"))
    return Column(title, found["name"], (found["square"] or found["round"] or found["over"] or "").strip())
