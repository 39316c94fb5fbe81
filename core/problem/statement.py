"""A [problem] table, read: each key in its own type, its numbers checked, its texts not yet parsed."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from core.domain.domain import TOLERANCE, Interval
from core.errors import InputError, Position
from core.files import sheet, tables
from core.problem.measurements import data, estimates, made, sampled
from core.problem.measurements.data import Measurements
from core.problem.measurements.made import Made
from core.problem.measurements.sampled import Sampled
from core.ranges import Choice, Scale

KEYS = (
    *("title", "source", "description", "teaches", "difficulty", "group", "promise", "coordinates", "unknowns"),
    *("parameters", "estimate", "definitions", "equations", "conditions", "exact", "reference", "data"),
)
REQUIRED = ("coordinates", "unknowns", "equations", "conditions")
WITH_DATA = ("coordinates", "unknowns")
"""The keys that are required where there are data, which may stand alone."""
UNSUPPORTED = ("domain",)
MOST = {"coordinates": 3, "unknowns": 10, "parameters": 20, "definitions": 20, "equations": 20, "conditions": 40}
LONGEST = {"title": 100, "source": 400, "description": 1000, "teaches": 1000}
METHODS = ("exact", "cole-hopf", "characteristics", "initial-value", "boundary-value", "lines", "collocation")
GROUPS = ("first", "oscillations", "heat", "waves", "fluids", "fronts", "equilibria", "data", "inverse")
"""What problems are about."""
CHOICES = {"difficulty": ("medium", "easy", "hard"), "group": ("", *GROUPS), "reference": ("auto", "none", *METHODS)}
"""The first is taken where the key is left out."""
FAILURE = "failure"
"""The promise of a problem on which plain training is known to fail."""


@dataclass(frozen=True)
class ParameterRange:
    """A parameter of the equations: its value unless another is chosen, and the range of its slider."""

    name: str
    value: float
    low: float
    high: float
    scale: Scale


Data = Measurements | Sampled | Made
Files = Callable[[str], bytes]
"""The contents of a file that a problem names; raises `InputError` where there is none to be had."""


def no_files(name: str) -> bytes:
    """Where a problem comes from a page or a message, no file lies beside it."""
    raise InputError("no-file-here", name=name)


def read(table: Mapping[str, Any], files: Files = no_files) -> dict[str, Any]:
    """The fields of the `Problem` that the table states; raises `InputError` placed at the key of the first mistake."""
    for key in UNSUPPORTED:
        if key in table:
            raise InputError(f"unsupported-{key}", at=Position(key=f"problem.{key}"))
    alone = table.get("data") is not None
    tables.check_keys(table, "problem", KEYS, WITH_DATA if alone else REQUIRED)
    fields: dict[str, Any] = {
        **{key: tables.text(table.get(key, ""), f"problem.{key}", longest) for key, longest in LONGEST.items()},
        **{key: _choice(table, key, options) for key, options in CHOICES.items()},
        **{key: _expressions(table, key) for key in ("definitions", "exact")},
        "promise": _promise(table.get("promise")),
        "coordinates": _coordinates(table["coordinates"]),
        "parameters": _parameters(table.get("parameters", {})),
        "estimates": estimates.read(table.get("estimate", {})),
        "unknowns": tables.texts(table["unknowns"], "problem.unknowns", MOST["unknowns"], least=1),
        "equations": tables.texts(table.get("equations", []), "problem.equations", MOST["equations"], least=0 if alone else 1),
        "conditions": tables.texts(table.get("conditions", []), "problem.conditions", MOST["conditions"]),
    }
    found = _data(table.get("data"), fields["coordinates"], fields["unknowns"], files)
    return {**fields, "exact": _truth(fields["exact"], found), "data": found}


def _truth(exact: dict[str, str], data: Data | None) -> dict[str, str]:
    """The exact solution: the function of which data are made, where there is one."""
    if not isinstance(data, Sampled):
        return exact
    if exact and exact != dict(data.function):
        raise InputError("data-function-beside-exact", at=Position(key="problem.data.function"))
    return dict(data.function)


def _data(value: object, coordinates: tuple[Interval, ...], unknowns: tuple[str, ...], files: Files) -> Data | None:
    """Data from `{ file = "measured.csv" }`, or, as a problem that was read states them, from `{ columns = […], rows = [[…]] }`.

    Or data of `{ function = { u = "sin(x)" } }`, and of the solution, `{ points = 200 }`.
    """
    path = "problem.data"
    if value is None:
        return None
    table = tables.mapping(value, path, 3)
    if "function" in table:
        return sampled.read(table, unknowns, path)
    if "points" in table:
        return made.read(table, unknowns, path)
    if "file" in table:
        tables.check_keys(table, path, ("file", "columns"))
        name = tables.text(table["file"], f"{path}.file", 200)
        titles = _titles(table["columns"], f"{path}.columns") if "columns" in table else None
        with tables.located(f"{path}.file"):
            return data.read(files(name), coordinates, unknowns, file=name, titles=titles)
    tables.check_keys(table, path, ("file", "function", "points", "stored", "name", "columns", "rows", "packed"), ("columns",))
    columns = tables.texts(table["columns"], f"{path}.columns", len(coordinates) + len(unknowns))
    return data.of_rows(columns, _rows(table, path, files), coordinates, unknowns, path)


def _titles(value: object, path: str) -> dict[str, str]:
    """The title that the column of each coordinate and unknown has in a file."""
    return {name: tables.text(title, f"{path}.{name}", 200) for name, title in tables.mapping(value, path, 20).items()}


def _rows(table: Mapping[str, Any], path: str, files: Files) -> object:
    """The rows of data: one by one, packed as a text, or kept elsewhere, packed, by their digest."""
    if "stored" in table:
        with tables.located(f"{path}.stored"):
            return files(data.STORED + tables.text(table["stored"], f"{path}.stored", 64)).decode("ascii", "replace")
    if "packed" in table:
        return tables.text(table["packed"], f"{path}.packed", sheet.MAX_BYTES)
    tables.check_keys(table, path, ("columns", "rows"), ("columns", "rows"))
    return table["rows"]


def _choice(table: Mapping[str, Any], key: str, options: tuple[str, ...]) -> str:
    with tables.located(f"problem.{key}"):
        return Choice(options).check(key, table.get(key, options[0]))


def _promise(value: object) -> float | None:
    """The relative L2 error that is promised; infinity where failure is."""
    if value is None or value == FAILURE:
        return None if value is None else math.inf
    promise = tables.number(value, "problem.promise")
    if not promise > 0:
        raise InputError("not-a-promise", at=Position(key="problem.promise"), value=tables.shown(value))
    return promise


def _expressions(table: Mapping[str, Any], key: str) -> dict[str, str]:
    given = tables.mapping(table.get(key, {}), f"problem.{key}", MOST["definitions"])
    return {name: tables.text(value, f"problem.{key}.{name}") for name, value in given.items()}


def _coordinates(value: object) -> tuple[Interval, ...]:
    path = "problem.coordinates"
    if isinstance(value, Mapping) and len(value) > MOST["coordinates"]:
        raise InputError("too-many-coordinates", at=Position(key=path), limit=MOST["coordinates"], number=len(value))
    ranges = tables.mapping(value, path, MOST["coordinates"])
    if not ranges:
        raise InputError("empty", at=Position(key=path), name="coordinates")
    return tuple(_interval(name, ends, f"{path}.{name}") for name, ends in ranges.items())


def _interval(name: str, ends: object, path: str) -> Interval:
    if not isinstance(ends, list | tuple) or len(ends) != 2:
        raise InputError("not-an-interval", at=Position(key=path), value=tables.shown(ends))
    low, high = (tables.number(end, f"{path}[{number}]") for number, end in enumerate(ends, 1))
    if high - low <= TOLERANCE * max(1.0, abs(low), abs(high)):
        raise InputError("empty-interval", at=Position(key=path), low=f"{low:g}", high=f"{high:g}")
    return Interval(name, low, high)


def _parameters(value: object) -> tuple[ParameterRange, ...]:
    path = "problem.parameters"
    given = tables.mapping(value, path, MOST["parameters"])
    return tuple(_parameter(name, item, f"{path}.{name}") for name, item in given.items())


def _parameter(name: str, given: object, path: str) -> ParameterRange:
    """`delta = 2` gets a range around its value; `delta = { value = 2, low = 0.1, high = 10 }` has its own."""
    limits = given if isinstance(given, Mapping) else {"value": given}
    tables.check_keys(limits, path, ("value", "low", "high"), ("value",))
    value = tables.number(limits["value"], f"{path}.value" if limits is given else path)
    around = sorted((value / 10, value * 10)) if value else [-1.0, 1.0]
    low = tables.number(limits.get("low", around[0]), f"{path}.low")
    high = tables.number(limits.get("high", around[1]), f"{path}.high")
    if not (low < high and low <= value <= high):
        raise InputError("empty-range", at=Position(key=path), low=f"{low:g}", value=f"{value:g}", high=f"{high:g}")
    return ParameterRange(name, value, low, high, "log" if low > 0 and high >= 20 * low else "linear")
