"""A problem read as an evolution: what moves along `t`, where it starts, and what holds at the ends of the other coordinates.

An unknown is known at one time by itself and its derivatives along `t` below the highest that the equations hold: its levels. The
equations give the rates, its highest derivatives along `t`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import NamedTuple

from core.domain import bends
from core.domain.domain import TIME, Interval, Place
from core.errors import InputError
from core.expressions import (
    At,
    Coordinate,
    Derivative,
    Expression,
    Leaf,
    Number,
    derivatives_in,
    differentiate,
    leaves_in,
    partial,
    to_text,
)
from core.expressions import replace as exchanged
from core.expressions.algebra import ZERO, divide, negate
from core.problem.bound import BoundProblem
from core.problem.conditions import BoundCondition


class Slot(NamedTuple):
    """A derivative: the number of its unknown, its order along `t`, and that along each coordinate in space."""

    unknown: int
    level: int
    space: tuple[int, ...]


Ends = tuple[tuple[Expression, ...], tuple[Expression, ...]]
"""The residuals at the low and at the high end of a coordinate: trees in `At` leaves there."""


@dataclass(frozen=True)
class Evolution:
    """An evolution in time: as many residuals as unknowns, each affine in the rates, whose orders are `orders`.

    `starts` gives each unknown's levels at the first time, by (number, level), as trees in the coordinates in space.
    """

    time: Interval
    space: tuple[Interval, ...]
    letters: tuple[str, ...]
    unknowns: tuple[str, ...]
    orders: tuple[int, ...]
    equations: tuple[Expression, ...]
    starts: Mapping[tuple[int, int], Expression]
    periodic: frozenset[str]
    ends: Mapping[str, Ends]

    def slot(self, leaf: Derivative) -> Slot:
        """The leaf's place among an unknown's derivatives."""
        return Slot(self.unknowns.index(leaf.unknown), leaf.by.count(TIME), tuple(leaf.by.count(item.name) for item in self.space))

    @cached_property
    def leaves(self) -> tuple[Derivative, ...]:
        """The unknowns and derivatives in the equations, in a fixed order."""
        return tuple(sorted({leaf for tree in self.equations for leaf in derivatives_in(tree)}, key=lambda leaf: (leaf.unknown, leaf.by)))

    @cached_property
    def rates(self) -> tuple[Derivative, ...]:
        """The derivatives of the highest order along `t`."""
        return tuple(leaf for leaf in self.leaves if self.slot(leaf).level == self.orders[self.slot(leaf).unknown])

    @cached_property
    def levels(self) -> tuple[tuple[int, int], ...]:
        """(unknown, level) of what is known at one time: unknown by unknown."""
        return tuple((number, level) for number, order in enumerate(self.orders) for level in range(order))

    def within(self, low: float, high: float) -> Evolution:
        """The evolution between two times, with steps and bends along time on the branches that they have there."""
        middle = {TIME: (low + high) / 2}
        ends = {
            letter: (tuple(bends.branched(tree, middle) for tree in one), tuple(bends.branched(tree, middle) for tree in other))
            for letter, (one, other) in self.ends.items()
        }
        equations = tuple(bends.branched(tree, middle) for tree in self.equations)
        return replace(self, time=Interval(TIME, low, high), equations=equations, ends=ends)

    def needs(self, letter: str) -> bool:
        """Whether the equations differentiate along a coordinate in space."""
        return any(letter in leaf.by for leaf in self.leaves)


def read(problem: BoundProblem) -> Evolution:
    """The problem as an evolution; raises `InputError` that says why it is none."""
    time = next((item for item in problem.coordinates if item.name == TIME), None)
    space = tuple(item for item in problem.coordinates if item.name != TIME)
    if time is None or not space:
        raise InputError("reference-not-evolution", coordinates=", ".join(item.name for item in problem.coordinates))
    if len(problem.equations) != len(problem.unknowns):
        raise InputError("reference-not-square", equations=len(problem.equations), unknowns=len(problem.unknowns))
    orders = tuple(_order(problem, unknown) for unknown in problem.unknowns)
    pieces = [(item.residual, _piece(item, edge, problem)) for item in problem.conditions for edge in item.edges]
    letters = tuple(item.name for item in problem.coordinates)
    evolution = Evolution(
        time,
        space,
        letters,
        problem.unknowns,
        orders,
        problem.equations,
        _starts([residual for residual, piece in pieces if piece == TIME], problem, orders),
        _periodic([(residual, piece) for residual, piece in pieces if isinstance(piece, str) and piece != TIME], problem),
        {item.name: _ends(pieces, item) for item in space},
    )
    _check_rates(evolution)
    _check_periodic(evolution)
    return evolution


def _order(problem: BoundProblem, unknown: str) -> int:
    held = {leaf for tree in problem.equations for leaf in derivatives_in(tree)}
    order = max((leaf.by.count(TIME) for leaf in held if leaf.unknown == unknown), default=0)
    if not order:
        raise InputError("reference-no-rate", unknown=unknown, time=TIME)
    return order


def _check_rates(evolution: Evolution) -> None:
    for tree in evolution.equations:
        for leaf in evolution.rates:
            if derivatives_in(partial(tree, leaf)) & set(evolution.rates):
                raise InputError("reference-rate-not-linear", name=to_text(leaf))


# What a condition is about: `t` (the start), a coordinate (its ends are one), or a coordinate's low or high end.
Piece = str | tuple[str, int]


def _piece(condition: BoundCondition, edge: Place, problem: BoundProblem) -> Piece:
    fixed = [axis for axis, value in enumerate(edge) if value is not None]
    text = f"{to_text(condition.residual)} = 0"
    if len(fixed) != 1:
        raise InputError("reference-condition-place", condition=text)
    (axis,) = fixed
    item = problem.coordinates[axis]
    evaluated = [leaf for leaf in leaves_in(condition.residual) if isinstance(leaf, At)]
    places = {edge[axis] if leaf.place[axis] is None else leaf.place[axis] for leaf in evaluated}
    if item.name == TIME and places == {item.low}:
        return TIME
    if item.name != TIME and len(places) == 1 and places <= {item.low, item.high}:
        return item.name, int(places == {item.high})
    if item.name != TIME and places == {item.low, item.high} and _same_at_both(condition.residual, evaluated):
        return item.name
    raise InputError("reference-condition-place", condition=text)


def _same_at_both(residual: Expression, evaluated: list[At]) -> bool:
    """Whether the residual is a multiple of the difference of one derivative's values at two places."""
    if len(evaluated) != 2 or evaluated[0].derivative != evaluated[1].derivative:
        return False
    factors = [partial(residual, leaf) for leaf in evaluated]
    if not all(isinstance(factor, Number) for factor in factors) or exchanged(residual, dict.fromkeys(evaluated, ZERO)) != ZERO:
        return False
    return sum(factor.value for factor in factors if isinstance(factor, Number)) == 0


def _ends(pieces: list[tuple[Expression, Piece]], item: Interval) -> Ends:
    low, high = (tuple(residual for residual, piece in pieces if piece == (item.name, end)) for end in (0, 1))
    return low, high


def _periodic(periods: list[tuple[Expression, str]], problem: BoundProblem) -> frozenset[str]:
    """The coordinates along which unknowns are the same at both ends."""
    found: dict[str, set[str]] = {}
    for residual, letter in periods:
        derivative = next(leaf.derivative for leaf in leaves_in(residual) if isinstance(leaf, At))
        if not derivative.by:
            found.setdefault(letter, set()).add(derivative.unknown)
    for residual, letter in periods:
        missing = [unknown for unknown in problem.unknowns if unknown not in found.get(letter, ())]
        if missing:
            raise InputError("reference-partly-periodic", coordinate=letter, unknown=missing[0], condition=f"{to_text(residual)} = 0")
    return frozenset(found)


def _check_periodic(evolution: Evolution) -> None:
    for item in evolution.space:
        if item.name in evolution.periodic and any(evolution.ends[item.name]):
            raise InputError("reference-periodic-with-ends", coordinate=item.name)


def _starts(residuals: list[Expression], problem: BoundProblem, orders: tuple[int, ...]) -> dict[tuple[int, int], Expression]:
    """Each condition at the start solved for the one level that it gives, those first that need no other."""
    wanted = {(number, level) for number, order in enumerate(orders) for level in range(order)}
    known: dict[tuple[int, int], Expression] = {}
    start: dict[Leaf, Expression] = {Coordinate(item.name): Number(item.low) for item in problem.coordinates if item.name == TIME}
    left = [exchanged(residual, start) for residual in residuals]
    while left:
        for residual in left:
            again = _already(residual, known, problem)
            if again is not None:
                raise InputError("reference-start-twice", name=_name(*again, problem), condition=f"{to_text(residual)} = 0")
        for residual in left:
            solved = _solved(_known_replaced(residual, known, problem), problem)
            if solved is not None:
                left.remove(residual)
                break
        else:
            raise InputError("reference-start-unclear", condition=f"{to_text(left[0])} = 0")
        level, tree = solved
        if level not in wanted:
            raise InputError("reference-start-superfluous", name=_name(*level, problem), condition=f"{to_text(residual)} = 0")
        known[level] = tree
    for level in sorted(wanted - set(known)):
        raise InputError("reference-start-missing", name=_name(*level, problem))
    return known


def _name(number: int, level: int, problem: BoundProblem) -> str:
    """The name of an unknown's level as a condition has it: u_t(x, 0)."""
    place = ", ".join(f"{item.low:g}" if item.name == TIME else item.name for item in problem.coordinates)
    return f"{problem.unknowns[number]}{'_' * bool(level)}{TIME * level}({place})"


def _evaluated(tree: Expression) -> list[At]:
    return sorted((leaf for leaf in leaves_in(tree) if isinstance(leaf, At)), key=to_text)


def _already(residual: Expression, known: Mapping[tuple[int, int], Expression], problem: BoundProblem) -> tuple[int, int] | None:
    """A level that the residual is about, where all of those are known."""
    levels = [(problem.unknowns.index(leaf.derivative.unknown), leaf.derivative.by.count(TIME)) for leaf in _evaluated(residual)]
    return max(levels, key=lambda level: level[1]) if all(level in known for level in levels) else None


def _known_replaced(residual: Expression, known: Mapping[tuple[int, int], Expression], problem: BoundProblem) -> Expression:
    values: dict[Leaf, Expression] = {}
    letters = tuple(item.name for item in problem.coordinates)
    for leaf in _evaluated(residual):
        by = leaf.derivative.by
        level = (problem.unknowns.index(leaf.derivative.unknown), by.count(TIME))
        if level in known:
            values[leaf] = _differentiated(known[level], by.replace(TIME, ""), letters)
    return exchanged(residual, values) if values else residual


def _differentiated(tree: Expression, by: Iterable[str], letters: tuple[str, ...]) -> Expression:
    for letter in by:
        tree = differentiate(tree, letter, letters)
    return tree


def _solved(residual: Expression, problem: BoundProblem) -> tuple[tuple[int, int], Expression] | None:
    """The level and its value, where the residual is affine in one that is left, undifferentiated in space."""
    leaves = _evaluated(residual)
    if len(leaves) != 1 or leaves[0].derivative.by.replace(TIME, ""):
        return None
    (leaf,) = leaves
    factor = partial(residual, leaf)
    if leaf in leaves_in(factor) or factor == ZERO:
        return None
    level = (problem.unknowns.index(leaf.derivative.unknown), leaf.derivative.by.count(TIME))
    return level, divide(negate(exchanged(residual, {leaf: ZERO})), factor)
