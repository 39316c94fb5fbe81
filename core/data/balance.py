"""Weights for the terms of a loss in which constants are to be found: each equation is measured by its own size.

Where the constants are still wrong, an equation whose summands are large drowns the data, and holds the network to the guess; one that
weighs too little lets the network follow the noise. So each weight is one over the square of the equation's natural size, for a solution
that varies once over the domain, as large as its measurements are, with the constants at their guess.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from math import prod

import numpy as np

from core.expressions import NUMPY, Coordinate, Derivative, Expression, Leaf, compile, leaves_in
from core.expressions.algebra import summands
from core.problem.binding import asked
from core.problem.bound import BoundProblem
from core.problem.measurements.data import Measurements
from core.problem.problem import Problem, Values

SAMPLES = 64
"""Points at which what depends on the coordinates is looked at."""


def weights(problem: Problem, values: Values) -> dict[str, float]:
    """The weight of each equation's term and of the data's, to one digit; empty where nothing is to be found."""
    if not problem.estimates:
        return {}
    bound, size = asked(problem, dict(values)), _size(problem)
    found = {f"equation-{number}": _natural(tree, bound, size) for number, tree in enumerate(bound.equations, 1)}
    found["data"] = max(size.values())
    return {term: float(f"{1 / largest**2:.0e}") for term, largest in found.items() if largest > 0}


def _size(problem: Problem) -> dict[str, float]:
    """The size of each unknown, by root mean square: that of its measurements, else of all of them, else 1."""
    data = problem.data
    if not isinstance(data, Measurements):
        return dict.fromkeys(problem.unknowns, 1.0)
    columns = data.array[:, len(problem.coordinates) :]  # (n, measured)
    sizes = dict(zip(data.unknowns, np.sqrt(np.mean(columns**2, axis=0)).tolist(), strict=True))
    usual = max(sizes.values()) or 1.0
    return {name: sizes.get(name, usual) or usual for name in problem.unknowns}


def _natural(tree: Expression, problem: BoundProblem, size: Mapping[str, float]) -> float:
    """The geometric mean of the size of an equation's largest summand and that of its highest derivative.

    The first is as wrong as the guess of the constants may be, the second as the solution varies faster than once over the domain.
    """
    leaves = dict(_leaves(tree, problem, size))
    with np.errstate(all="ignore"):
        sizes = [float(np.sqrt(np.mean(np.square(compile(part, NUMPY)(leaves))))) for part in summands(tree)]
    largest = max((item for item in sizes if np.isfinite(item)), default=0.0)
    varying = {leaf: abs(float(value)) for leaf, value in leaves.items() if isinstance(leaf, Derivative) and leaf.unknown in size}  # type: ignore[arg-type]
    order = max((len(leaf.by) for leaf in varying), default=0)
    highest = max((value for leaf, value in varying.items() if len(leaf.by) == order), default=largest)
    return float(np.sqrt(largest * highest))


def _leaves(tree: Expression, problem: BoundProblem, size: Mapping[str, float]) -> Iterator[tuple[Leaf, object]]:
    starts = {item.name: item.start for item in problem.estimates}
    random = np.random.default_rng(0)
    inside = {item.name: random.uniform(item.low, item.high, SAMPLES) for item in problem.coordinates}
    length = {item.name: item.high - item.low for item in problem.coordinates}
    for leaf in leaves_in(tree):
        if isinstance(leaf, Coordinate):
            yield leaf, inside[leaf.name]
        elif isinstance(leaf, Derivative):
            yield leaf, starts[leaf.unknown] if leaf.unknown in starts else size[leaf.unknown] / prod(length[letter] for letter in leaf.by)
