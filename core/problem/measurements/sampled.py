"""Data made of a typed function: its values at points of the domain, drawn by the run's seed, with noise where that is asked for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from core.domain.domain import Interval
from core.errors import InputError, Position
from core.files import tables
from core.files.sheet import MAX_ROWS

KEYS = ("function", "points", "noise")
POINTS = 40
"""Points where nobody says how many."""


@dataclass(frozen=True)
class Sampled:
    """A function of the coordinates, an expression for each of `unknowns`, known at `count` points with `noise`, a part of its size."""

    function: tuple[tuple[str, str], ...]
    count: int
    noise: float

    @property
    def unknowns(self) -> tuple[str, ...]:
        """The unknowns that are known at the points."""
        return tuple(name for name, _ in self.function)

    def table(self, coordinates: tuple[Interval, ...]) -> dict[str, Any]:
        """The table that states them."""
        return {"function": dict(self.function), "points": self.count, "noise": self.noise}

    def content(self, coordinates: tuple[Interval, ...]) -> dict[str, Any]:
        """What of them determines a run: the function is the exact solution, and what noise there is, the run's own setting says."""
        return {"unknowns": list(self.unknowns), "points": self.count}


def read(table: Mapping[str, Any], unknowns: tuple[str, ...], path: str) -> Sampled:
    """The data that a table states; raises `InputError` placed at the key of the first mistake."""
    tables.check_keys(table, path, KEYS, ("function",))
    given = tables.mapping(table["function"], f"{path}.function", len(unknowns))
    for name in given:
        if name not in unknowns:
            raise InputError("data-unknown-column", at=Position(key=f"{path}.function.{name}"), name=name, known=", ".join(unknowns))
    if not given:
        raise InputError("empty", at=Position(key=f"{path}.function"), name="function")
    texts = {name: tables.text(given[name], f"{path}.function.{name}") for name in unknowns if name in given}
    return Sampled(
        tuple(texts.items()), count(table.get("points", POINTS), f"{path}.points"), noise(table.get("noise", 0.0), f"{path}.noise")
    )


def count(value: object, path: str) -> int:
    """The number of points that a table states; raises `InputError` placed at `path`."""
    number = tables.number(value, path)
    if number != int(number) or not 2 <= number <= MAX_ROWS:
        raise InputError("out-of-range", at=Position(key=path), name="points", low=2, high=MAX_ROWS, value=f"{number:g}")
    return int(number)


def noise(value: object, path: str) -> float:
    """The noise that a table states; raises `InputError` placed at `path`."""
    number = tables.number(value, path)
    if not 0 <= number <= 1:
        raise InputError("out-of-range", at=Position(key=path), name="noise", low=0, high=1, value=f"{number:g}")
    return number
