"""Whether conditions contradict one another, however each is written.

A condition that is linear in the unknowns' values is, at each point of its edge, a linear equation in these values: conditions contradict
one another where such equations have no common solution. `u(0) = 1` contradicts `2*u(0) = 1`, `u(boundary) = 0` contradicts
`u(0, t) = 1`, and `u(x, 0) = x` contradicts `u_x(x, 0) = 2`. Edges that only meet do not: at a corner, data may jump.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from core.domain.domain import Interval, Place
from core.errors import InputError
from core.expressions import NUMPY, At, Coordinate, Derivative, Expression, Vector, differentiate, leaves_in, partial, to_text
from core.expressions.tree import walk
from core.problem.bound import BoundProblem
from core.problem.conditions import BoundCondition

SAMPLES = (0.1373, 0.6181, 0.8839)
"""Where along a free coordinate conditions are compared, as parts of its range: inside, and at no special place."""
SHIFT = 0.0271
"""The shift between the samples of one coordinate and the next, so that none lies on a diagonal."""
TOLERANCE = 1e-9

LARGEST = 100
"""Nodes of a condition whose slopes along its edge are compared too."""

Value = tuple[Derivative, tuple[float, ...]]
"""An unknown or derivative at a point."""
_Linear = tuple[tuple[At, ...], Vector]


@dataclass(frozen=True)
class Row:
    """An equation Σ coefficient·value = right that condition `number` (from 1) states at a point."""

    number: int
    coefficients: Mapping[Value, float]
    right: float


@dataclass(frozen=True)
class Statement:
    """What a condition says on one of its edges, or what follows from that; linear in the evaluations `leaves`."""

    number: int
    edge: Place
    coordinates: tuple[Interval, ...]
    leaves: tuple[At, ...]
    vector: Vector

    @property
    def free(self) -> frozenset[int]:
        """The coordinates that are free on the edge."""
        return frozenset(axis for axis, value in enumerate(self.edge) if value is None)

    def row(self, point: Sequence[float | None]) -> Row | None:
        """The equation at a point, of which the edge's own coordinates are taken; None where it has no finite value."""
        here = [float(other if value is None else value) for value, other in zip(self.edge, point, strict=True)]  # type: ignore[arg-type]
        with np.errstate(all="ignore"):
            rest, *slopes = map(float, self.vector([*map(np.float64, here), *[np.float64(0)] * len(self.leaves)]))
        if not np.isfinite([rest, *slopes]).all():
            return None
        coefficients: dict[Value, float] = {}
        for leaf, slope in zip(self.leaves, slopes, strict=True):
            value = leaf.derivative, self._place(leaf, here)
            coefficients[value] = coefficients.get(value, 0.0) + slope
        return Row(self.number, coefficients, -rest)

    def _place(self, leaf: At, here: Sequence[float]) -> tuple[float, ...]:
        """Where the evaluation is meant, as the point moves along the edge."""
        places = zip(self.coordinates, leaf.place, here, strict=True)
        return tuple(other if value is None else item.snapped(value) or value for item, value, other in places)


def find(problem: BoundProblem) -> tuple[int, tuple[int, ...]] | None:
    """The number, from 1, of a condition that contradicts others or itself, and theirs; None where there is none."""
    statements = [item for number, condition in enumerate(problem.conditions, 1) for item in _statements(number, condition, problem)]
    for system in _systems(statements, problem.coordinates):
        if _contradict(system):
            return _culprits(system)
    return None


def _statements(number: int, condition: BoundCondition, problem: BoundProblem) -> Iterator[Statement]:
    """What the condition says on each edge, and its slope along it; nothing where that is not linear."""
    letters = tuple(item.name for item in problem.coordinates)
    linear: dict[str, _Linear | None] = {"": _linear(condition.residual, letters)}
    small = sum(1 for _ in walk(condition.residual)) <= LARGEST
    for edge in condition.edges:
        free = [letter for letter, value in zip(letters, edge, strict=True) if value is None and small]
        for letter in ["", *free]:
            if letter not in linear:
                linear[letter] = _slope(condition.residual, letter, letters)
            if found := linear[letter]:
                yield Statement(number, edge, problem.coordinates, *found)


def _linear(tree: Expression, letters: tuple[str, ...]) -> _Linear | None:
    """The evaluations in a tree, and how to compute it and its slopes along these; None where it is not linear in them."""
    leaves = tuple(sorted((leaf for leaf in leaves_in(tree) if isinstance(leaf, At)), key=to_text))
    slopes = [partial(tree, leaf) for leaf in leaves]
    if any(isinstance(leaf, At) for slope in slopes for leaf in leaves_in(slope)):
        return None
    return leaves, Vector([tree, *slopes], [*map(Coordinate, letters), *leaves], NUMPY)


def _slope(residual: Expression, letter: str, letters: tuple[str, ...]) -> _Linear | None:
    try:
        return _linear(differentiate(residual, letter, letters), letters)
    except InputError:  # of an order beyond the highest, or too large
        return None


def _systems(statements: Sequence[Statement], coordinates: tuple[Interval, ...]) -> Iterator[list[Row]]:
    """The equations that must have a common solution: of edges side by side, at the same place along them, and of one that holds them."""
    for free in sorted({item.free for item in statements}, key=sorted):
        beside = [item for item in statements if item.free == free]
        around = [item for item in statements if item.free > free]
        for sample in range(len(SAMPLES)):
            point = [_sample(item, axis, sample) if axis in free else None for axis, item in enumerate(coordinates)]
            rows = _rows([(item, point) for item in beside])
            yield rows
            for item in around:
                places = {tuple(value if at is None else at for at, value in zip(other.edge, point, strict=True)) for other in beside}
                yield [*rows, *_rows([(item, place) for place in places])]
            if not free:
                break


def _sample(coordinate: Interval, axis: int, number: int) -> float:
    return coordinate.low + (SAMPLES[number] + SHIFT * axis) * (coordinate.high - coordinate.low)


def _rows(statements: Sequence[tuple[Statement, Sequence[float | None]]]) -> list[Row]:
    return [row for row in (item.row(point) for item, point in statements) if row is not None]


def _contradict(rows: Sequence[Row]) -> bool:
    """Whether the equations have no common solution."""
    rows = _entangled(rows)
    if not rows:
        return False
    values = sorted({value for row in rows for value in row.coefficients}, key=repr)
    matrix = np.array([[row.coefficients.get(value, 0.0) for value in values] for row in rows]).reshape(len(rows), len(values))
    right = np.array([row.right for row in rows])
    sizes = np.linalg.norm(matrix, axis=1)
    empty = sizes <= TOLERANCE * np.abs(right)
    if empty.any() and (np.abs(right[empty]) > TOLERANCE).any():
        return True
    matrix, right = matrix[~empty] / sizes[~empty, None], right[~empty] / sizes[~empty]
    if not len(right):
        return False
    solution = np.linalg.lstsq(matrix, right, rcond=TOLERANCE)[0]
    return bool(np.abs(matrix @ solution - right).max() > TOLERANCE * (1 + np.abs(right).max()))


def _entangled(rows: Sequence[Row]) -> list[Row]:
    """The equations without those that one of their values, found nowhere else, can always fulfil."""
    kept = list(rows)
    while True:
        counts = Counter(value for row in kept for value, slope in row.coefficients.items() if slope)
        fewer = [row for row in kept if not any(slope and counts[value] == 1 for value, slope in row.coefficients.items())]
        if len(fewer) == len(kept):
            return kept
        kept = fewer


def _culprits(rows: Sequence[Row]) -> tuple[int, tuple[int, ...]]:
    """The first condition that contradicts those before it, and which of these it takes."""
    numbers = sorted({row.number for row in rows})
    for count in range(1, len(numbers) + 1):
        if _contradict(_of(rows, numbers[:count])):
            break
    last, others = numbers[count - 1], numbers[: count - 1]
    for number in tuple(others):
        fewer = [other for other in others if other != number]
        if _contradict(_of(rows, [*fewer, last])):
            others = fewer
    return last, tuple(others)


def _of(rows: Sequence[Row], numbers: Sequence[int]) -> list[Row]:
    return [row for row in rows if row.number in numbers]
