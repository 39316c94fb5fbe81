"""A problem as it is being written: the texts of the editor's fields, right or wrong, to and from a file.

A field is a text, often with a statement a line, or rows of cells. Nothing here refuses a text; `dashboard.editor.marks` tells what is
wrong.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import tomli_w

from core.errors import InputError, Position
from core.files import tables

TEXTS = ("title", "description", "unknowns", "estimate", "definitions", "equations", "conditions", "exact", "reference")
NAMED = ("estimate", "definitions", "exact")
"""The fields whose lines read `NAME = …`."""
CELLS = {"coordinates": ("name", "low", "high"), "parameters": ("name", "value", "low", "high")}
SECTIONS = ("network", "training")

_LONGEST = 20_000  # characters of a field; a file that can be read holds no more
_MOST_ROWS = 30
_DEEPEST = 4  # tables within tables that a file has
_PLAIN = re.compile(r"-?\d{1,12}(\.\d{1,12})?")
_NAMED = re.compile(r"\s*(?P<name>[^=()]*?)\s*(\([^=()]*\)\s*)?=\s*(?P<value>.*?)\s*")

Row = tuple[str, ...]


@dataclass(frozen=True)
class Line:
    """A statement: its line in the field, counted from 0, the character of the line at which it begins, and the name that it defines."""

    number: int
    start: int
    text: str
    name: str = ""


@dataclass(frozen=True)
class Draft:
    """The texts of a problem's fields; `rest` are the keys of its table without a field, `recipe` its tables [network] and [training]."""

    title: str = ""
    description: str = ""
    coordinates: tuple[Row, ...] = ()
    unknowns: str = ""
    parameters: tuple[Row, ...] = ()
    estimate: str = ""
    definitions: str = ""
    equations: str = ""
    conditions: str = ""
    exact: str = ""
    reference: str = "auto"
    rest: Mapping[str, Any] = field(default_factory=dict)
    recipe: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def from_toml(cls, text: str, *, file: str | None = None) -> Draft:
        """The draft that a file's text states, however mistaken; raises `InputError` where it is no TOML or has no [problem] table."""
        parts = tables.read(text, file=file)
        table = parts.get("problem")
        if not isinstance(table, Mapping):
            raise InputError("no-problem", at=Position(file=file, key="problem"))
        values = dict(_items(parts, "values"))
        return cls(
            title=_word(table.get("title", "")),
            description=_word(table.get("description", "")),
            coordinates=tuple((name, *_cells(ends, 2)) for name, ends in _items(table, "coordinates")),
            unknowns=", ".join(_words(table, "unknowns")),
            parameters=tuple((name, *_limits(given, values.get(name))) for name, given in _items(table, "parameters")),
            **{key: "\n".join(f"{name} = {_word(value)}" for name, value in _items(table, key)) for key in NAMED},
            **{key: "\n".join(_words(table, key)) for key in ("equations", "conditions")},
            reference=_word(table.get("reference", "auto")),
            rest={key: _plain(value) for key, value in table.items() if key not in (*TEXTS, *CELLS)},
            recipe={key: _plain(parts[key]) for key in SECTIONS if isinstance(parts.get(key), Mapping)},
        )

    @classmethod
    def from_state(cls, state: object) -> Draft:
        """The draft that a browser sent, without what cannot be part of one."""
        given = state if isinstance(state, Mapping) else {}
        parts: dict[str, Any] = {key: given[key][:_LONGEST] for key in TEXTS if isinstance(given.get(key), str)}
        parts |= {key: _rows(given.get(key), len(cells)) for key, cells in CELLS.items()}
        parts |= {key: _plain(given[key]) for key in ("rest", "recipe") if isinstance(given.get(key), Mapping)}
        return cls(**parts)

    def state(self) -> dict[str, Any]:
        """The draft as it is sent to a browser."""
        rows = {key: [list(row) for row in getattr(self, key)] for key in CELLS}
        return {**{key: getattr(self, key) for key in (*TEXTS, "rest", "recipe")}, **rows}

    def lines(self, key: str) -> list[Line]:
        """The statements of a field that are not blank."""
        lines = enumerate(getattr(self, key).split("\n"))
        return [Line(number, len(line) - len(line.lstrip()), line.strip()) for number, line in lines if line.strip()]

    def named(self, key: str) -> list[Line]:
        """The statements of a field that read `NAME = EXPRESSION`; an exact solution may also be written `u(x, t) = …`."""
        found = ((line, _NAMED.fullmatch(line.text)) for line in self.lines(key))
        return [Line(line.number, line.start + match.start("value"), match["value"], match["name"]) for line, match in found if match]

    def words(self) -> list[Line]:
        """The unknowns, which commas or spaces separate."""
        return [Line(0, match.start(), match[0]) for match in re.finditer(r"[^\s,;]+", self.unknowns)]

    def table(self) -> dict[str, Any]:
        """The [problem] table; where two entries have one name, the first."""
        made = {
            "title": self.title.strip(),
            "description": self.description.strip(),
            **self.rest,
            "coordinates": _first((row[0].strip(), [_number(end) for end in row[1:]]) for row in self.coordinates if any(row)),
            "unknowns": [word.text for word in self.words()],
            "parameters": _first((row[0].strip(), _parameter(row)) for row in self.parameters if any(row)),
            "estimate": _first((line.name, _number(line.text)) for line in self.named("estimate")),
            **{key: _first((line.name, line.text) for line in self.named(key)) for key in ("definitions", "exact")},
            **{key: [line.text for line in self.lines(key)] for key in ("equations", "conditions")},
            "reference": self.reference,
        }
        optional = ("title", "description", "parameters", "estimate", "definitions", "exact")
        return {key: value for key, value in made.items() if value or key not in optional}

    def toml(self) -> str:
        """The text of the file that states the problem and its recipe; raises `InputError` where it is longer than a file may be."""
        text = tomli_w.dumps({"problem": self.table(), **self.recipe})
        size = len(text.encode(errors="replace"))
        if size > tables.MAX_BYTES:
            raise InputError("file-too-large", size=size, limit=tables.MAX_BYTES)
        return text


# From a file's values to texts. What is no text is shown as it is, for the visitor to mend.


def _word(value: object) -> str:
    return value if isinstance(value, str) else "true" if value is True else "false" if value is False else str(value)


def _words(table: Mapping[str, Any], key: str) -> list[str]:
    """A list of texts, each on one line; a text alone is a list of one."""
    value = table.get(key, [])
    return [" ".join(_word(item).split()) for item in (value if isinstance(value, list) else [value])]


def _items(table: Mapping[str, Any], key: str) -> list[tuple[str, Any]]:
    value = table.get(key, {})
    return list(value.items()) if isinstance(value, Mapping) else []


def _cells(value: object, number: int) -> Row:
    given = [_word(item) for item in value[:number]] if isinstance(value, list) else []
    return (*given, *[""] * (number - len(given)))


def _limits(given: object, chosen: object) -> Row:
    """A parameter's value, which [values] may have chosen, and its range."""
    stated = given if isinstance(given, Mapping) else {"value": given}
    stated = stated if chosen is None else {**stated, "value": chosen}
    return tuple(_word(stated[name]) if name in stated else "" for name in CELLS["parameters"][1:])


def _rows(value: object, width: int) -> tuple[Row, ...]:
    rows = [row for row in value[:_MOST_ROWS] if isinstance(row, list)] if isinstance(value, list) else []
    return tuple(_cells([cell for cell in row if isinstance(cell, str)], width) for row in rows)


def _plain(value: Any, depth: int = 0) -> Any:
    """A value as both TOML and JSON can hold it."""
    if isinstance(value, Mapping) and depth < _DEEPEST:
        return {str(key): _plain(item, depth + 1) for key, item in value.items() if item is not None}
    if isinstance(value, list) and depth < _DEEPEST:
        return [_plain(item, depth + 1) for item in value if item is not None]
    return value if isinstance(value, bool | int | float) and abs(value) < tables.LARGEST else _word(value)[:_LONGEST]


# From texts to a file's values.


def _first(pairs: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for name, value in pairs:
        made.setdefault(name, value)
    return made


def _number(text: str) -> int | float | str:
    """A plain number as one; any other constant as a text."""
    text = text.strip()
    if not _PLAIN.fullmatch(text):
        return text
    return float(text) if "." in text else int(text)


def _parameter(row: Row) -> dict[str, int | float | str]:
    """The value, and the ends of the range that are given."""
    given = dict(zip(CELLS["parameters"][1:], row[1:], strict=True))
    return {name: _number(text) for name, text in given.items() if text.strip() or name == "value"}
