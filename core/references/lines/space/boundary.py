"""The values that the conditions' functionals take: given as functions of time and place, or solved for at each moment."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from core.domain.domain import TIME
from core.expressions import NUMPY, At, Coordinate, Expression, Leaf, Number, Vector, leaves_in, partial
from core.references.lines.evolution.end_conditions import Trace, along_time, derived
from core.references.lines.evolution.evolution import Evolution
from core.references.lines.space.axis import Axis, Bounded

Array = NDArray[np.float64]

ITERATIONS = 20
TOLERANCE = 1e-13
"""The size of a step of Newton's method that is small enough, relative to the values."""


class Given:
    """The values of conditions of the form functional = value, and their derivatives along `t` and along the edge."""

    def __init__(self, evolution: Evolution, axis: Axis, letter: str = "", points: Array | None = None) -> None:
        """`letter` and `points` are of the other coordinate in space, where there is one."""
        self._evolution = evolution
        self._axis = axis
        self._letter = letter
        self._place = {} if points is None else {Coordinate(letter): points}
        self._length = 1 if points is None else len(points)
        self._vectors: dict[tuple[int, int], tuple[Array | None, Vector | None]] = {}
        self._last: tuple[float, dict[tuple[int, int], Array]] = (np.nan, {})

    def __call__(self, level: int, order: int, t: float) -> Array | None:
        """(c, points of the edge): the derivative of that order along the edge, of the level along `t`; None where all are zero."""
        if (level, order) not in self._vectors:
            self._vectors[level, order] = self._prepared(level, order)
        constant, vector = self._vectors[level, order]
        if vector is None:
            return constant
        if self._last[0] != t:  # several derivatives ask for the same values
            self._last = (t, {})
        values = self._last[1]
        if (level, order) not in values:
            values[level, order] = self._table(vector, t)
        return values[level, order]

    def moves(self) -> bool:
        """Whether a value depends on time."""
        return any(Coordinate(TIME) in leaves_in(item.value) for item in self._axis.conditions if item.value is not None)

    def _prepared(self, level: int, order: int) -> tuple[Array | None, Vector | None]:
        by = TIME * level + self._letter * order
        values = [item.value for item in self._axis.conditions if item.value is not None]
        trees = [derived(value, by, self._evolution.letters) for value in values]
        if all(tree == Number(0) for tree in trees):
            return None, None
        vector = Vector(trees, self._leaves, NUMPY)
        moving = any(Coordinate(TIME) in leaves_in(tree) for tree in trees)
        return (None, vector) if moving else (self._table(vector, 0.0), None)

    @property
    def _leaves(self) -> list[Leaf]:
        return [Coordinate(TIME), *self._place]

    def _table(self, vector: Vector, t: float) -> Array:
        results = vector([np.float64(t), *self._place.values()])
        table = np.empty((len(results), self._length))
        for row, result in zip(table, results, strict=True):
            row[:] = result
        return table


class Solved:
    """The solver of any conditions at the ends of the one coordinate in space.

    A condition whose highest level is r determines its functional at the levels from r on, by its derivatives along `t`; below r its
    functional is part of the state, as for u_t + u_x = 0 at an end that absorbs waves.
    """

    def __init__(self, evolution: Evolution, axis: Bounded) -> None:
        self._axis = axis
        self._count = len(axis.points)
        self._states = evolution.levels
        self.evolving = tuple((number, level) for number, item in enumerate(axis.conditions) for level in range(item.level))
        """(condition, level) of the functionals that are part of the state, after the unknowns' levels."""
        self._guess = np.zeros(len(axis.conditions))
        self._conditions = [self._derivatives(number, evolution) for number in range(len(axis.conditions))]

    def _derivatives(self, number: int, evolution: Evolution) -> list[_Residual]:
        """A condition's residual and its derivatives along `t`, as far as levels of its owner can use them."""
        item = self._axis.conditions[number]
        found: list[_Residual] = []
        tree = item.residual
        for _ in range(max(evolution.orders[item.owner] - item.level, 1)):
            found.append(_Residual(tree, item.end, evolution, self._axis))
            tree = along_time(tree)
        return found

    def start(self, evolution: Evolution) -> Array:
        """The functionals that are part of the state, at the first time."""
        return np.array([self._initial(number, level, evolution) for number, level in self.evolving])

    def _initial(self, number: int, level: int, evolution: Evolution) -> float:
        total, letter = 0.0, self._axis.interval.name
        for trace, factor in self._axis.conditions[number].factors.items():
            tree = derived(evolution.starts[trace.unknown, level], letter * trace.order, evolution.letters)
            place = self._axis.interval.high if trace.end else self._axis.interval.low
            total += factor * float(Vector([tree], [Coordinate(letter)], NUMPY)([np.float64(place)])[0])
        return total

    def known(self, t: float, z: Array, below: Sequence[Array]) -> Array:
        """z of the level above those `below`, its free functionals solved for; NaN where the conditions have no solution."""
        level = len(below)
        free = self._free(level)
        if not free:
            return z
        columns = self._axis.unknowns * self._count + np.array(free)
        z[columns] = self._guess[free] if level == 0 else 0.0
        affine = all(item.affine for item in self._residuals(level, free))
        for _ in range(ITERATIONS):
            residuals, slopes = self._linearised(level, free, t, [*below, z])
            try:
                step = np.linalg.solve(slopes[:, columns], -residuals)
            except np.linalg.LinAlgError:
                break
            z[columns] += step
            if affine or (np.abs(step) <= TOLERANCE * (1 + np.abs(z[columns]))).all():
                if level == 0:
                    self._guess[free] = z[columns]
                return z
        return np.full_like(z, np.nan)

    def slopes(self, t: float, zs: Sequence[Array], slope: Array, below: Sequence[Array]) -> Array:
        """∂z/∂state, (z, state), of the last of the levels `zs`: `slope` with the rows of its free functionals filled."""
        level = len(below)
        free = self._free(level)
        if free:
            columns = self._axis.unknowns * self._count + np.array(free)
            _, at_level = self._linearised(level, free, t, zs)
            right = at_level @ slope
            for lower in range(level):
                right += self._linearised(level, free, t, zs, along=lower)[1] @ below[lower]
            slope[columns] = np.linalg.solve(at_level[:, columns], -right)
        return slope

    def _free(self, level: int) -> list[int]:
        items = self._axis.conditions
        return [number for number, item in enumerate(items) if item.level <= level < item.level + len(self._conditions[number])]

    def values(self, level: int, state: Array) -> Array:
        """z of a level as far as the state holds it."""
        z = np.zeros(self._axis.unknowns * self._count + len(self._axis.conditions))
        for target, source in self._places(level):
            z[target] = state[source]
        return z

    def selection(self, level: int) -> Array:
        """∂z/∂state, (z, state), as far as the state holds it."""
        size = len(self._states) * self._count + len(self.evolving)
        slope = np.zeros((self._axis.unknowns * self._count + len(self._axis.conditions), size))
        for target, source in self._places(level):
            slope[target, source] = np.eye(target.stop - target.start)
        return slope

    def _places(self, level: int) -> list[tuple[slice, slice]]:
        """Where parts of a level's z lie in z and in the state."""
        count = self._count
        found = []
        for number, (unknown, own) in enumerate(self._states):
            if own == level:
                found.append((slice(unknown * count, (unknown + 1) * count), slice(number * count, (number + 1) * count)))
        first = self._axis.unknowns * count
        for number, (condition, own) in enumerate(self.evolving, len(self._states) * count):
            if own == level:
                found.append((slice(first + condition, first + condition + 1), slice(number, number + 1)))
        return found

    def _linearised(self, level: int, free: Sequence[int], t: float, zs: Sequence[Array], along: int | None = None) -> tuple[Array, Array]:
        """The residuals that determine a level's free functionals, and their slopes along z of that level, or of another."""
        residuals = np.empty(len(free))
        slopes = np.zeros((len(free), len(zs[level])))
        for row, item in enumerate(self._residuals(level, free)):
            residuals[row], slopes[row] = item(t, zs, level if along is None else along)
        return residuals, slopes

    def _residuals(self, level: int, free: Sequence[int]) -> list[_Residual]:
        return [self._conditions[number][level - self._axis.conditions[number].level] for number in free]


class _Residual:
    """A condition's residual, or a derivative of it along `t`, and its slopes."""

    def __init__(self, tree: Expression, end: int, evolution: Evolution, axis: Bounded) -> None:
        leaves = [leaf for leaf in leaves_in(tree) if isinstance(leaf, At)]
        self._traces = [
            Trace(slot.unknown, slot.level, sum(slot.space), end) for slot in (evolution.slot(leaf.derivative) for leaf in leaves)
        ]
        self._rows = [axis.at_end(trace) for trace in self._traces]
        slopes = [partial(tree, leaf) for leaf in leaves]
        self.affine = not any(isinstance(leaf, At) for slope in slopes for leaf in leaves_in(slope))
        self._vector = Vector([tree, *slopes], [Coordinate(TIME), *leaves], NUMPY)

    def __call__(self, t: float, zs: Sequence[Array], level: int) -> tuple[float, Array]:
        values = [row @ zs[trace.level] for row, trace in zip(self._rows, self._traces, strict=True)]
        residual, *factors = self._vector([np.float64(t), *values])
        slope = np.zeros(len(zs[level]))
        for factor, row, trace in zip(factors, self._rows, self._traces, strict=True):
            if trace.level == level:
                slope += factor * row
        return float(residual), slope
