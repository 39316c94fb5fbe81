"""The exact solution, where a problem states one."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from core.domain import grids
from core.errors import InputError
from core.expressions import NUMPY, Coordinate, Leaf, evaluate
from core.problem import exact_residuals
from core.problem.bound import BoundProblem
from core.references.common.clock import Clock
from core.references.common.solution import Evidence, Solution

Array = NDArray[np.float64]


def solve(problem: BoundProblem, axes: tuple[Array, ...], clock: Clock) -> Solution:
    """The exact solution on the grid, (*shape, unknowns); its error is what it misses the conditions by, else but rounding, 0.

    Raises `InputError` where the problem states none, or its formula has no finite value at a point.
    """
    values = at(problem, grids.points(axes))
    return Solution(values.reshape(*map(len, axes), -1), exact_residuals.unmet(problem), Evidence(second="formula"))


def at(problem: BoundProblem, points: Array) -> Array:
    """The exact solution at points (n, d), (n, unknowns); raises as `solve`."""
    if not problem.exact:
        raise InputError("reference-unknown")
    columns: dict[Leaf, Array] = {Coordinate(item.name): points[:, axis] for axis, item in enumerate(problem.coordinates)}
    values = np.empty((len(points), len(problem.unknowns)))
    with np.errstate(all="ignore"):  # judged below, all at once
        for index, unknown in enumerate(problem.unknowns):
            values[:, index] = evaluate(problem.exact[unknown], columns.__getitem__, NUMPY)
    if not np.isfinite(values).all():
        raise InputError("reference-not-finite")
    return values
