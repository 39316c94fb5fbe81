"""Data made of the problem's own solution: `data = { points = 200, noise = 0.01 }`, for trying out what data can tell.

The points are drawn by the run's seed from the grid on which references are known, so that nothing is interpolated.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from core.domain.domain import Interval
from core.errors import InputError, Position
from core.files import tables
from core.problem.measurements import sampled

KEYS = ("points", "noise", "unknowns")


@dataclass(frozen=True)
class Made:
    """The solution, known at `count` points for each of `unknowns`, with `noise`, a part of its size."""

    unknowns: tuple[str, ...]
    count: int
    noise: float

    def table(self, coordinates: tuple[Interval, ...]) -> dict[str, Any]:
        """The table that states them."""
        return {"unknowns": list(self.unknowns), "points": self.count, "noise": self.noise}

    def content(self, coordinates: tuple[Interval, ...]) -> dict[str, Any]:
        """What of them determines a run: what noise there is, the run's own setting says."""
        return {"made": list(self.unknowns), "points": self.count}


def read(table: Mapping[str, Any], unknowns: tuple[str, ...], path: str) -> Made:
    """The data that a table states; raises `InputError` placed at the key of the first mistake."""
    tables.check_keys(table, path, KEYS, ("points",))
    known = tables.texts(table.get("unknowns", list(unknowns)), f"{path}.unknowns", len(unknowns), least=1)
    for number, name in enumerate(known, 1):
        if name not in unknowns:
            raise InputError("data-unknown-column", at=Position(key=f"{path}.unknowns[{number}]"), name=name, known=", ".join(unknowns))
    count, noise = sampled.count(table["points"], f"{path}.points"), sampled.noise(table.get("noise", 0.0), f"{path}.noise")
    return Made(tuple(name for name in unknowns if name in known), count, noise)
