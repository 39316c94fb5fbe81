"""What a problem's conditions say of its unknowns: values and derivatives on faces of the box, and periods.

The only source of hard constraints: a condition's expression is read on its own face alone, with that face's coordinate put in.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.domain.domain import Place
from core.errors import InputError, TangenteError
from core.expressions import NUMPY, At, Binary, Coordinate, Derivative, Expression, Leaf, Number, Unary, evaluate, restrict, to_text
from core.expressions.algebra import ONE, ZERO, add, divide, multiply, negate, subtract
from core.expressions.tree import fold, size
from core.problem.bound import BoundProblem, derivatives
from core.problem.conditions import BoundCondition

LONGEST = 100
"""Nodes of a condition that an error writes out."""
SAMPLES = 9
"""Points along each coordinate at which two expressions are compared."""
TOLERANCE = 1e-9
"""Two values are the same where they differ by no more, relative to the largest of them and one."""


@dataclass(frozen=True)
class Trace:
    """A derivative of an unknown across a face, given there: d^order(unknown)/d(coordinate)^order = value where coordinate = end.

    `value` depends on the other coordinates. `condition` is the number, from 1, of the condition that says so, `text` how it is written.
    """

    condition: int
    text: str
    unknown: str
    coordinate: str
    end: float
    order: int
    value: Expression

    @property
    def name(self) -> str:
        """The derivative as it is written."""
        return named(self.unknown, self.coordinate * self.order)


@dataclass(frozen=True)
class Period:
    """An unknown, or a derivative of it, has the same values at both ends of a coordinate."""

    condition: int
    text: str
    unknown: str
    coordinate: str
    by: str


@dataclass(frozen=True)
class _Value:
    """One evaluation of an unknown, with its place completed from the edge on which the condition holds."""

    derivative: Derivative
    place: Place


_Affine = tuple[Mapping[_Value, Expression], Expression]
"""A residual as Σ coefficient·evaluation + rest."""


def read(problem: BoundProblem, numbers: Iterable[int]) -> tuple[Trace | Period, ...]:
    """What the conditions of these numbers, from 0, say, one entry for each edge of each; raises `InputError` where one says else."""
    return tuple(
        _read(problem, problem.conditions[number], edge, number + 1) for number in numbers for edge in problem.conditions[number].edges
    )


def named(unknown: str, by: str) -> str:
    """A derivative as it is written."""
    return to_text(Derivative(unknown, by))


def sample(problem: BoundProblem, *trees: Expression) -> NDArray[np.float64]:
    """The values of trees in the coordinates on a coarse grid over the box, ends included, (trees, points); some may not be finite."""
    axes = np.meshgrid(*(np.linspace(item.low, item.high, SAMPLES) for item in problem.coordinates), indexing="ij")
    columns: dict[Leaf, object] = {Coordinate(item.name): axis.ravel() for item, axis in zip(problem.coordinates, axes, strict=True)}
    with np.errstate(all="ignore"):
        values = [np.broadcast_to(evaluate(tree, columns.__getitem__, NUMPY), axes[0].size) for tree in trees]
    return np.array(values, dtype=np.float64)


def gap(problem: BoundProblem, one: Expression, other: Expression) -> float:
    """How far two trees' sampled values lie apart at most; where neither is finite they count as equal."""
    first, second = sample(problem, one, other)
    known = np.isfinite(first) | np.isfinite(second)
    return float(np.abs(first[known] - second[known]).max(initial=0.0))


def largest(problem: BoundProblem, tree: Expression) -> float:
    """The largest finite size of a tree's sampled values; zero where none is finite."""
    values = np.abs(sample(problem, tree))
    return float(values[np.isfinite(values)].max(initial=0.0))


def _read(problem: BoundProblem, condition: BoundCondition, edge: Place, number: int) -> Trace | Period:
    text = _text(condition.residual)
    sought = {item.unknown for item in derivatives(condition.residual)} & {item.name for item in problem.estimates}
    try:
        if sought:
            raise InputError("hard-estimate", names=", ".join(sorted(sought)))
        values, rest = _affine(condition.residual, problem, edge)
        if len(values) == 2:
            return _period(problem, values, rest, number, text)
        if len(values) != 1:
            raise InputError("hard-mixed")
        return _trace(problem, values, rest, edge, number, text)
    except TangenteError as error:
        raise InputError(error.code, **{"number": number, "text": text, **error.values}) from None


def _trace(problem: BoundProblem, values: Mapping[_Value, Expression], rest: Expression, edge: Place, number: int, text: str) -> Trace:
    ((value, coefficient),) = values.items()
    place = {item.name: end for item, end in zip(problem.coordinates, value.place, strict=True) if end is not None}
    if len(place) != 1:
        raise InputError("hard-point")
    ((coordinate, end),) = place.items()
    if value.derivative.by.strip(coordinate):
        raise InputError("hard-along", name=to_text(value.derivative), edge=f"{coordinate} = {end:g}")
    (scale,) = sample(problem, restrict(coefficient, place))
    if not (scale.min() > 0 or scale.max() < 0):
        raise InputError("hard-vanishing", name=to_text(value.derivative))
    given = divide(negate(restrict(rest, place)), restrict(coefficient, place))
    return Trace(number, text, value.derivative.unknown, coordinate, end, len(value.derivative.by), given)


def _period(problem: BoundProblem, values: Mapping[_Value, Expression], rest: Expression, number: int, text: str) -> Period:
    (first, one), (second, other) = values.items()
    places = zip(problem.coordinates, first.place, second.place, strict=True)
    across = [item for item, a, b in places if {a, b} == {item.low, item.high}]
    elsewhere = [end for place in (first.place, second.place) for end in place if end is not None]
    if first.derivative != second.derivative or add(one, other) != ZERO or rest != ZERO or len(across) != 1 or len(elsewhere) != 2:
        raise InputError("hard-mixed")
    return Period(number, text, first.derivative.unknown, across[0].name, first.derivative.by)


def _affine(residual: Expression, problem: BoundProblem, edge: Place) -> _Affine:
    def value(leaf: At) -> _Value:
        fixed = zip(problem.coordinates, leaf.place, edge, strict=True)
        return _Value(leaf.derivative, tuple(end if at is None else item.snapped(at) for item, at, end in fixed))

    def rule(node: Expression, below: tuple[_Affine, ...]) -> _Affine:
        if isinstance(node, At):
            return {value(node): ONE}, ZERO
        if not any(values for values, _ in below):
            return {}, node
        match node, below:
            case Unary(), ((values, rest),):
                return {key: negate(item) for key, item in values.items()}, negate(rest)
            case Binary("+" | "-" as op), ((first, left), (second, right)):
                combine = add if op == "+" else subtract
                both = {key: combine(first.get(key, ZERO), second.get(key, ZERO)) for key in {**first, **second}}
                return {key: item for key, item in both.items() if item != ZERO}, combine(left, right)
            case Binary("*"), ((values, rest), (others, factor)) if not others:
                return {key: multiply(factor, item) for key, item in values.items()}, multiply(factor, rest)
            case Binary("*"), ((others, factor), (values, rest)) if not others:
                return {key: multiply(factor, item) for key, item in values.items()}, multiply(factor, rest)
            case Binary("/"), ((values, rest), (others, divisor)) if not others:
                return {key: divide(item, divisor) for key, item in values.items()}, divide(rest, divisor)
        raise InputError("hard-nonlinear")

    return fold(residual, rule)


def _text(residual: Expression) -> str:
    if size(residual) > LONGEST:
        return "…"
    match residual:
        case Binary("-", left, right):
            return f"{to_text(left)} = {to_text(right)}"
        case Binary("+", left, Number(value)):
            return f"{to_text(left)} = {to_text(Number(-value))}"
    return f"{to_text(residual)} = 0"
