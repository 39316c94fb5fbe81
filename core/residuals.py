"""How far a problem's exact solution is from obeying its equations and conditions, by symbolic differentiation in float64."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache, reduce
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.binding import BoundProblem
from core.domain import Place
from core.expressions import NUMPY, At, Coordinate, Derivative, Expression, Leaf, differentiate, evaluate

Array = NDArray[np.float64]

POINTS = 200
"""Random points for each equation, and for each edge of a condition."""


@dataclass(frozen=True)
class Residuals:
    """The largest |left − right| of each equation and each condition, for the exact solution at random points."""

    equations: tuple[float, ...]
    conditions: tuple[float, ...]

    @property
    def largest(self) -> float:
        return float(np.max([*self.equations, *self.conditions]))  # NaN where any is


def of_exact(problem: BoundProblem, seed: int = 0) -> Residuals:
    """The residuals of `problem.exact`, which must not be empty; NaN where a formula has no value."""
    random = np.random.default_rng(seed)

    def points(edge: Place) -> Array:
        """Random points of an edge, (POINTS, d); of the whole box where no coordinate is fixed."""
        return _moved(random.uniform(problem.low, problem.high, (POINTS, len(edge))), edge)

    everywhere: Place = (None,) * len(problem.coordinates)
    with np.errstate(all="ignore"):
        return Residuals(
            tuple(_largest(problem, tree, points(everywhere)) for tree in problem.equations),
            tuple(float(np.max([_largest(problem, item.residual, points(edge)) for edge in item.edges])) for item in problem.conditions),
        )


def _largest(problem: BoundProblem, residual: Expression, points: Array) -> float:
    return float(np.abs(evaluate(residual, _leaves(problem, points), NUMPY)).max())


def _leaves(problem: BoundProblem, points: Array) -> Callable[[Leaf], Any]:
    """What each leaf of a residual is for the exact solution at `points`, (n, d)."""
    letters = tuple(item.name for item in problem.coordinates)

    def solution(derivative: Derivative, where: Array) -> Any:
        columns: dict[Leaf, Array] = {Coordinate(letter): where[:, axis] for axis, letter in enumerate(letters)}
        return evaluate(_derivative(problem, derivative), columns.__getitem__, NUMPY)

    def leaf(item: Leaf) -> Any:
        match item:
            case Coordinate(name):
                return points[:, letters.index(name)]
            case At(derivative):
                return solution(derivative, _moved(points, item.place))
            case Derivative():
                return solution(item, points)
        raise TypeError(f"{item} should have been replaced")

    return leaf


def _moved(points: Array, place: Place) -> Array:
    """`points`, (n, d), with the coordinates that `place` fixes set to its values."""
    return np.stack([points[:, axis] if value is None else np.full(len(points), value) for axis, value in enumerate(place)], axis=1)


@lru_cache(maxsize=256)
def _derivative(problem: BoundProblem, derivative: Derivative) -> Expression:
    letters = tuple(item.name for item in problem.coordinates)
    return reduce(lambda tree, letter: differentiate(tree, letter, letters), derivative.by, problem.exact[derivative.unknown])
