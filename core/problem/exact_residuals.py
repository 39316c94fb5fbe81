"""How far a problem's exact solution is from obeying its equations and conditions, by symbolic differentiation in float64.

What a formula misses is held against the size of what it misses it in: at each point, that of what the equation is computed from; for a
condition, the largest that either side is, at its edge or with the values that the solution has elsewhere, as u(0) = 0 has no size itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from copy import copy
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.domain import bends
from core.domain.domain import Interval, Place
from core.domain.interfaces import Interface
from core.domain.spots import spots
from core.errors import InputError, TangenteError
from core.expressions import (
    NUMPY,
    At,
    Coordinate,
    Derivative,
    Expression,
    Leaf,
    Parameter,
    Vector,
    derivatives_in,
    differentiate,
    leaves_in,
    magnitude,
)
from core.expressions.algebra import DISTINCT
from core.expressions.tree import walk
from core.problem.bound import BoundProblem, exact_of, with_values
from core.problem.problem import Problem, Values

Array = NDArray[np.float64]

KINDS = EQUATIONS, CONDITIONS = "equations", "conditions"
POINTS = 200
"""Random points inside, for all equations, and on each edge of a condition; those where formulas change fast are looked at besides."""
ROUNDING = 1e-9
"""What an exact solution may miss; beyond it, an equation is not satisfied."""
NEARLY = 1e-2
"""The part of its size by which a formula may miss a condition, with a warning: one for the whole line often does."""
BESIDE = 1e-12
"""How far from an interface, relative to the range of its coordinate, either side is looked at."""
FURTHER = 100.0
"""The factor by which a jump is looked at further from its place: what is left of a slope falls with the distance."""
FLOOR = 1e-7
"""The part of an equation's largest magnitude anywhere below which all is rounding, as terms cancel within the formula."""


@dataclass(frozen=True)
class Residuals:
    """The largest |left − right| of each equation and each condition, for the exact solution at random points."""

    equations: tuple[float, ...]
    conditions: tuple[float, ...]

    @property
    def largest(self) -> float:
        return float(np.max([0.0, *self.equations, *self.conditions]))  # NaN where any is


@dataclass(frozen=True)
class Miss:
    """An equation or condition, by its `key` and its number from 1, that the exact solution misses the most at `place`.

    `gap` is |left − right| there, `part` how much that is of what it is held against.
    """

    key: str
    number: int
    gap: float
    part: float
    place: tuple[tuple[str, float], ...]

    @property
    def false(self) -> bool:
        """Whether the formula is no solution."""
        return self.part > (ROUNDING if self.key == EQUATIONS else NEARLY)


def of_exact(problem: BoundProblem, seed: int = 0) -> Residuals:
    """The residuals of `problem.exact`, which must not be empty; NaN where a formula has no value."""
    look = _Look(problem, _Solution(problem.exact, problem.coordinates), seed)
    return Residuals(*(tuple(look.largest(statement) for statement in _statements(problem, key)) for key in KINDS))


@lru_cache(maxsize=1024)
def misses_at(problem: Problem, values: Values) -> tuple[Miss, ...]:
    """What the exact solution misses at these values of the parameters; empty where none is known."""
    bound = with_values(problem, values)
    return misses(bound, _solution(problem).at(values)) if bound.exact else ()


@lru_cache(maxsize=256)
def _solution(problem: Problem) -> _Solution:
    return _Solution(exact_of(problem), problem.coordinates, tuple(item.name for item in problem.parameters))


def misses(problem: BoundProblem, solution: _Solution | None = None) -> tuple[Miss, ...]:
    """What the exact solution misses by more than rounding, the worst equation first; what cannot be computed says nothing.

    `solution` is that of `problem`, where it has been made ready already.
    """
    look, found = _Look(problem, solution or _Solution(problem.exact, problem.coordinates), 0), []
    for key in KINDS:
        for statement in _statements(problem, key):
            with suppress(TangenteError):  # its derivatives grow beyond all measure
                found.append(look.worst(statement))
    for interface in problem.interfaces:
        with suppress(TangenteError):
            found += [look.across(interface, tree) for tree in interface.continuous]
    for plain in _jumps(problem):
        with suppress(TangenteError):
            found += [look.across(plain, tree) for tree in plain.continuous]
    return tuple(
        sorted((miss for miss in found if miss.part > ROUNDING), key=lambda miss: (not miss.false, miss.key == CONDITIONS, -miss.part))
    )


def unmet(problem: BoundProblem) -> float:
    """The largest part by which the exact solution misses a condition; 0 where it meets all to rounding, and where there is none."""
    return max((miss.part for miss in misses(problem)), default=0.0) if problem.exact else 0.0


def _jumps(problem: BoundProblem) -> Iterator[Interface]:
    """Where the formula jumps or bends across a coordinate: an equation sees neither, and derivatives below its highest are continuous.

    Where it has an interface, that says what is.
    """
    held = [(number, leaf) for number, tree in enumerate(problem.equations, 1) for leaf in derivatives_in(tree)]
    for item in problem.coordinates:
        orders = {leaf.unknown: max(other.by.count(item.name) for _, other in held if other.unknown == leaf.unknown) for _, leaf in held}
        known = [interface.place for interface in problem.interfaces if interface.coordinate == item.name]
        for place in bends.places(tuple(problem.exact.values()), item)[: bends.MOST_PLACES]:
            if all(abs(place - other) > bends.CLOSE * (item.high - item.low) for other in known):
                for number, leaf in held:
                    if leaf.by.count(item.name) == orders[leaf.unknown]:
                        below = tuple(Derivative(leaf.unknown, order * item.name) for order in range(orders[leaf.unknown]))
                        yield Interface(item.name, place, below, number)


@dataclass(frozen=True)
class _Statement:
    """An equation or condition, and where it is to hold."""

    key: str
    number: int
    residual: Expression
    edges: tuple[Place, ...]


def _statements(problem: BoundProblem, key: str) -> Iterator[_Statement]:
    everywhere: Place = (None,) * len(problem.coordinates)
    if key == EQUATIONS:
        yield from (_Statement(key, number, tree, (everywhere,)) for number, tree in enumerate(problem.equations, 1))
    else:
        yield from (_Statement(key, number, item.residual, item.edges) for number, item in enumerate(problem.conditions, 1))


class _Look:
    """The exact solution of a problem, put into its statements at random points."""

    def __init__(self, problem: BoundProblem, solution: _Solution, seed: int) -> None:
        self._problem, self._solution, self._random = problem, solution, np.random.default_rng(seed)
        self._inside = self._points((None,) * len(problem.coordinates))

    def largest(self, statement: _Statement) -> float:
        """The largest |left − right|; NaN where a formula has no value."""
        return float(np.max([np.abs(residual).max() for _, residual, _ in self._looked(statement)]))

    def worst(self, statement: _Statement) -> Miss:
        """Where the statement is missed the most."""
        return max((self._miss(statement, *found) for found in self._looked(statement)), key=lambda miss: miss.part)

    def across(self, interface: Interface, tree: Expression) -> Miss:
        """Where what an equation asks to be continuous at an interface jumps the most."""
        axis = [item.name for item in self._problem.coordinates].index(interface.coordinate)
        item, total = self._problem.coordinates[axis], _Sum(tree)
        above = item.low if interface.place == item.high else interface.place  # where both ends are one
        points = self._inside.copy()
        points[:, axis] = interface.place
        with np.errstate(all="ignore"):
            (far, _), (near, size) = (
                self._jump(total, axis, interface.place - reach, above + reach)
                for reach in (FURTHER * BESIDE * (item.high - item.low), BESIDE * (item.high - item.low))
            )
        statement = _Statement(EQUATIONS, interface.equation, tree, ())
        return self._miss(statement, points, np.where(np.abs(near) > np.abs(far) / 2, near, 0.0), size)

    def _jump(self, total: _Sum, axis: int, below: float, above: float) -> tuple[Array, Array]:
        """What a residual is above less what it is below, and how large, (POINTS,) each."""
        found = []
        for place in (below, above):
            points = self._inside.copy()
            points[:, axis] = place
            found.append(total(self._solution.leaves(total.leaves, points, None), POINTS))
        (one, least), (other, most) = found
        return other - one, np.maximum(least, most)

    def _miss(self, statement: _Statement, points: Array, residual: Array, size: Array) -> Miss:
        known = np.isfinite(residual) & np.isfinite(size)
        gaps, sizes = np.where(known, np.abs(residual), 0.0), np.where(known, size, 0.0)
        parts = gaps / np.where(gaps > 0, np.maximum(sizes, FLOOR * sizes.max()), 1.0)
        worst = int(np.argmax(parts))
        place = tuple((item.name, float(value)) for item, value in zip(self._problem.coordinates, points[worst], strict=True))
        return Miss(statement.key, statement.number, float(gaps[worst]), float(parts[worst]), place)

    def _looked(self, statement: _Statement) -> Iterator[tuple[Array, Array, Array]]:
        """Groups of points (m, d), the residuals there, and what they are held against, (m,) each: two groups for each edge."""
        total = _Sum(statement.residual)
        with np.errstate(all="ignore"):
            for edge in statement.edges:
                inside = statement.key == EQUATIONS
                for points in (self._inside, self._fast) if inside else (self._points(edge), self._spots(statement.residual, edge=edge)):
                    if len(points):
                        residual, beside = total(self._solution.leaves(total.leaves, points, None), len(points))
                        yield points, residual, beside if inside else np.full(len(points), self._size(total, points, beside))

    def _size(self, total: _Sum, points: Array, beside: Array) -> float:
        """What a condition is held against: the largest that either side is, at its edge or with values from inside."""
        _, inside = total(self._solution.leaves(total.leaves, points, np.resize(self._inside, points.shape)), len(points))
        sizes = np.concatenate([beside, inside])
        return float(np.max(sizes[np.isfinite(sizes)], initial=0.0) / 2)

    @cached_property
    def _fast(self) -> Array:
        """Points inside at which the solution or an equation changes fast, (m, d)."""
        return self._spots(*self._problem.equations, edge=(None,) * len(self._problem.coordinates))

    def _spots(self, *residuals: Expression, edge: Place) -> Array:
        """Points of an edge at which the solution or a residual changes fast, (m, d)."""
        return spots((*self._problem.exact.values(), *residuals), self._problem.coordinates, edge, self._random)

    def _points(self, edge: Place) -> Array:
        """Random points of an edge, (POINTS, d); of the whole box where no coordinate is fixed."""
        return _moved(self._random.uniform(self._problem.low, self._problem.high, (POINTS, len(edge))), edge)


class _Sum:
    """A residual, made ready to be evaluated."""

    def __init__(self, residual: Expression) -> None:
        self.leaves = tuple(leaves_in(residual))
        self._program = Vector([residual, magnitude(residual)], self.leaves, NUMPY)

    def __call__(self, values: Mapping[Leaf, Array], count: int) -> tuple[Array, Array]:
        """The sum's values and their magnitudes, (count,) each."""
        value, size = (np.asarray(item, np.float64) for item in self._program([values[leaf] for leaf in self.leaves]))
        return np.broadcast_to(value, count), np.broadcast_to(size, count)


class _Solution:
    """The exact solution of a problem and its derivatives, each worked out once, for whatever values of its parameters."""

    def __init__(self, exact: Mapping[str, Expression], coordinates: Sequence[Interval], parameters: Sequence[str] = ()) -> None:
        self._coordinates = tuple(Coordinate(item.name) for item in coordinates)
        self._arguments: tuple[Leaf, ...] = (*self._coordinates, *(Parameter(name) for name in parameters))
        self._numbers: tuple[np.float64, ...] = ()
        self._trees: dict[Derivative, Expression] = {Derivative(name): tree for name, tree in exact.items()}
        self._programs: dict[tuple[Derivative, ...], Vector] = {}

    def at(self, values: Values) -> _Solution:
        """The solution at these values of all its parameters; what has been worked out is shared."""
        chosen = copy(self)
        chosen._numbers = tuple(np.float64(value) for _, value in values)
        return chosen

    def leaves(self, leaves: Sequence[Leaf], points: Array, inside: Array | None) -> dict[Leaf, Array]:
        """What each leaf of a residual is at `points`, (n, d); evaluations are those at their places, or at points `inside` if given."""
        found: dict[Leaf, Array] = {item: points[:, axis] for axis, item in enumerate(self._coordinates)}
        asked: dict[Place, dict[Derivative, Leaf]] = {}
        for leaf in leaves:
            if isinstance(leaf, At):
                asked.setdefault(leaf.place, {})[leaf.derivative] = leaf
            elif isinstance(leaf, Derivative):
                asked.setdefault((None,) * len(self._coordinates), {})[leaf] = leaf
        for place, wanted in asked.items():
            values = self._values(tuple(wanted), _moved(points, place) if inside is None else inside)
            found |= dict(zip(wanted.values(), values, strict=True))
        return found

    def _values(self, derivatives: tuple[Derivative, ...], points: Array) -> list[Array]:
        if derivatives not in self._programs:
            self._programs[derivatives] = Vector([self._tree(item) for item in derivatives], self._arguments, NUMPY)
        found: list[Any] = self._programs[derivatives]([*points.T, *self._numbers])
        return [np.broadcast_to(np.asarray(value, np.float64), len(points)) for value in found]

    def _tree(self, derivative: Derivative) -> Expression:
        if derivative not in self._trees:
            below = self._tree(Derivative(derivative.unknown, derivative.by[:-1]))
            tree = differentiate(below, derivative.by[-1], tuple(item.name for item in self._coordinates))
            if sum(1 for _ in walk(tree)) > DISTINCT:
                raise InputError("grows-too-large", limit=DISTINCT)
            self._trees[derivative] = tree
        return self._trees[derivative]


def _moved(points: Array, place: Place) -> Array:
    """`points`, (n, d), with the coordinates that `place` fixes set to its values."""
    return np.stack([points[:, axis] if value is None else np.full(len(points), value) for axis, value in enumerate(place)], axis=1)
