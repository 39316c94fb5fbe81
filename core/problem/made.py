"""Measurements that are made from the solution: `data = { points = 200, noise = 0.01 }`, for trying out what data can tell.

The points are drawn from the grid on which references are known, so that nothing is interpolated; to each value normal noise is added, as
large as `noise` times the root mean square of the solution. The `seed` fixes both: all runs of a problem have the same data.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.domain import grids
from core.domain.domain import Interval
from core.errors import InputError, Position
from core.files import tables
from core.problem.data import Measurements

Array = NDArray[np.float64]

MOST_POINTS = 20_000
KEYS = ("points", "noise", "seed", "unknowns")


@dataclass(frozen=True)
class Made:
    """How measurements of `unknowns` are made: how many, with how much noise, by which seed."""

    unknowns: tuple[str, ...]
    points: int
    noise: float
    seed: int

    def table(self, coordinates: tuple[Interval, ...]) -> dict[str, Any]:
        """The table that states them."""
        return {**asdict(self), "unknowns": list(self.unknowns)}

    def measured(self, solution: Array, axes: Sequence[Array], unknowns: Sequence[str]) -> Measurements:
        """The measurements of a solution of all `unknowns`, (*shape, unknowns), on the grid of `axes`."""
        columns = [list(unknowns).index(name) for name in self.unknowns]
        values = solution.reshape(-1, len(unknowns))[:, columns]
        places = self.places(len(values))
        rows = np.hstack([grids.points(axes)[places], self.disturbed(values[places])])
        return Measurements(self.unknowns, tuple(map(tuple, rows.tolist())))

    def places(self, size: int) -> NDArray[np.int64]:
        """The numbers of the points, of a grid's `size`, at which is measured, (points,), in order; none twice if there are enough."""
        random = np.random.default_rng([self.seed, 0])
        return np.sort(random.choice(size, self.points, replace=self.points > size))

    def disturbed(self, values: Array) -> Array:
        """True values with noise, (points, unknowns)."""
        size = np.sqrt(np.mean(values**2, axis=0))
        disturbed: Array = values + self.noise * size * np.random.default_rng([self.seed, 1]).standard_normal(values.shape)
        return disturbed


def read(table: Mapping[str, Any], unknowns: tuple[str, ...], path: str) -> Made:
    """What `{ points = 200, noise = 0.01 }` states; raises `InputError` placed at the key of the first mistake."""
    tables.check_keys(table, path, KEYS, ("points",))
    measured = tables.texts(table.get("unknowns", list(unknowns)), f"{path}.unknowns", len(unknowns), least=1)
    for number, name in enumerate(measured, 1):
        if name not in unknowns or name in measured[: number - 1]:
            raise InputError("data-columns", at=Position(key=f"{path}.unknowns[{number}]"), known=", ".join(unknowns), got=name)
    noise = tables.number(table.get("noise", 0), f"{path}.noise")
    if not 0 <= noise <= 10:
        raise InputError("data-noise", at=Position(key=f"{path}.noise"), value=f"{noise:g}")
    points, seed = (_whole(table.get(key, 0), f"{path}.{key}", least, most) for key, least, most in _WHOLE)
    return Made(tuple(name for name in unknowns if name in measured), points, noise, seed)


_WHOLE = (("points", 1, MOST_POINTS), ("seed", 0, 2**31 - 1))
"""The keys whose values are whole numbers, with the least and the most."""


def _whole(value: object, path: str, least: int, most: int) -> int:
    number = tables.number(value, path)
    if number != int(number) or not least <= number <= most:
        raise InputError("data-count", at=Position(key=path), value=tables.shown(value), low=least, high=most)
    return int(number)
