"""The data of an experiment: where unknowns are known, with what noise, and which rows are held out for validation.

All of it is a function of the problem, the seed and the settings alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from core import references
from core.domain import grids
from core.errors import InputError, Position, RunError, TangenteError
from core.expressions import NUMPY, Coordinate, Leaf, evaluate
from core.problem.bound import BoundProblem
from core.problem.measurements.made import Made
from core.problem.measurements.sampled import Sampled
from core.problem.problem import Problem

Array = NDArray[np.float64]

POINTS, NOISE, SPLIT, ORDER = range(1 << 20, (1 << 20) + 4)
"""The purposes for which `generator` draws random numbers; smaller numbers are collocation points and conditions (`core/loss/draws.py`)."""


@dataclass(frozen=True)
class Measured:
    """Values of `unknowns` at points of the domain, noise and all: `points` (n, d), `values` (n, unknowns), `held` (n,) what is held out.

    `noise` is the standard deviation of the noise in each unknown that was added here, (unknowns,).
    """

    unknowns: tuple[str, ...]
    points: Array
    values: Array
    held: NDArray[np.bool_]
    noise: Array

    def parts(self) -> Iterator[tuple[str, bool, Array, Array]]:
        """Each unknown with what of it is learned, then what is held out: its name, which of both, points (k, d) and values (k,).

        A part without rows is left out.
        """
        for column, unknown in enumerate(self.unknowns):
            for held in (False, True):
                rows = self.held == held
                if rows.any():
                    yield unknown, held, self.points[rows], self.values[rows, column]


def generator(seed: int, purpose: int, number: int = 0) -> np.random.Generator:
    """The random numbers for one draw: a counter-based generator (Salmon et al. 2011) keyed by seed, purpose and number."""
    return np.random.Generator(np.random.Philox(np.random.SeedSequence([seed, purpose, number])))


def measured(
    problem: Problem, bound: BoundProblem, seed: int, noise: float, validation: float, solution: Array | None = None
) -> Measured | None:
    """The data of a problem, with `noise` as a part of each unknown's size, and the share `validation` held out; None without any.

    Data that are made of the problem's solution are those of `solution`, (*shape, unknowns) on the grid `grids.FULL`, where it is given,
    else it is computed. Raises `InputError` where the function of which data are made has no value at a point, and `RunError` where there
    is no solution.
    """
    data = problem.data
    if data is None:
        return None
    if isinstance(data, Sampled):
        points = generator(seed, POINTS).uniform(bound.low, bound.high, (data.count, len(bound.coordinates)))
        values = _values(bound, data.unknowns, points)
    elif isinstance(data, Made):
        points, values = _made(problem, bound, data, seed, solution)
    else:
        points, values = np.split(data.array, [len(bound.coordinates)], axis=1)
    sizes = noise * np.sqrt(np.mean(values**2, axis=0))  # (unknowns,)
    if noise:
        values = values + sizes * generator(seed, NOISE).standard_normal(values.shape)
    return Measured(data.unknowns, points, values, _held(len(points), seed, validation), sizes)


def trained(count: int, validation: float) -> int:
    """The number of `count` rows that are trained on, at least one."""
    return max(1, count - round(validation * count))


def _held(count: int, seed: int, validation: float) -> NDArray[np.bool_]:
    """Which rows are held out, (count,)."""
    held = np.zeros(count, bool)
    held[generator(seed, SPLIT).permutation(count)[trained(count, validation) :]] = True
    return held


def _made(problem: Problem, bound: BoundProblem, made: Made, seed: int, solution: Array | None) -> tuple[Array, Array]:
    """Points (n, d) of the grid, none twice if there are enough, and the solution there, (n, unknowns)."""
    known = _solution(problem, bound) if solution is None else solution
    columns = [bound.unknowns.index(name) for name in made.unknowns]
    values = known.reshape(-1, len(bound.unknowns))[:, columns]
    places = np.sort(generator(seed, POINTS).choice(len(values), made.count, replace=made.count > len(values)))
    return grids.points(grids.axes(bound.coordinates, grids.FULL))[places], values[places]


@lru_cache(maxsize=16)
def _solution(problem: Problem, bound: BoundProblem) -> Array:
    """The exact or classical solution, (*shape, unknowns)."""
    try:
        return references.solve(bound, problem.reference).values
    except TangenteError as error:
        raise RunError("data-without-solution", reason=str(error)) from error


def _values(bound: BoundProblem, unknowns: tuple[str, ...], points: Array) -> Array:
    """The function at points (n, d), (n, unknowns)."""
    columns: dict[Leaf, Array] = {Coordinate(item.name): points[:, axis] for axis, item in enumerate(bound.coordinates)}
    values = np.empty((len(points), len(unknowns)))
    with np.errstate(all="ignore"):
        for index, unknown in enumerate(unknowns):
            values[:, index] = evaluate(bound.exact[unknown], columns.__getitem__, NUMPY) if unknown in bound.exact else np.nan
    if not np.isfinite(values).all():
        raise InputError("data-function-not-finite", at=Position(key="problem.data.function"))
    return values
