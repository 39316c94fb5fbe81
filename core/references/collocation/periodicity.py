"""Which coordinates of a problem are periodic, so that Fourier modes suit them."""

from __future__ import annotations

import numpy as np

from core.expressions import NUMPY, At, Binary, Coordinate, Expression, evaluate, leaves_in
from core.problem.bound import BoundProblem

PROBES = 20
TOLERANCE = 1e-9


def periodic(problem: BoundProblem) -> frozenset[int]:
    """The coordinates, by number, at whose ends every unknown is asked to be the same and nothing else changes."""
    found = [ends_of(condition.residual, problem) for condition in problem.conditions]
    return frozenset(
        axis
        for axis in range(len(problem.coordinates))
        if all((axis, unknown, "") in found for unknown in problem.unknowns)
        and all(_repeats(tree, axis, problem) for tree in (*problem.equations, *(item.residual for item in problem.conditions)))
    )


def ends_of(residual: Expression, problem: BoundProblem) -> tuple[int, str, str] | None:
    """The coordinate, the unknown and its derivative of a condition such as u_x(−1, t) = u_x(1, t); None for any other."""
    match residual:
        case Binary("-", At(first) as left, At(second) as right) if first == second:
            ends = [
                (axis, {one, other})
                for axis, (one, other) in enumerate(zip(left.place, right.place, strict=True))
                if (one, other) != (None, None)
            ]
            if len(ends) == 1:
                ((axis, values),) = ends
                item = problem.coordinates[axis]
                return (axis, first.unknown, first.by) if values == {item.low, item.high} else None
    return None


def _repeats(tree: Expression, axis: int, problem: BoundProblem) -> bool:
    """Whether the tree has the same values at both ends of a coordinate, whatever else it depends on."""
    item = problem.coordinates[axis]
    leaf = Coordinate(item.name)
    leaves = leaves_in(tree)
    if leaf not in leaves:
        return True
    random = np.random.default_rng(0)
    values = {other: random.uniform(0.1, 1.0, PROBES) for other in sorted(leaves, key=str)}
    for other in problem.coordinates:
        values[Coordinate(other.name)] = random.uniform(other.low, other.high, PROBES)
    with np.errstate(all="ignore"):
        low, high = (np.asarray(evaluate(tree, {**values, leaf: np.full(PROBES, end)}.__getitem__, NUMPY)) for end in (item.low, item.high))
    return bool((np.abs(low - high) <= TOLERANCE * (1 + np.abs(low))).all())
