"""Waves u_tt = c² u_xx and currents u_t + v u_x = −r u with constant factors in one dimension, along their characteristics.

A current carries what it starts with, and what flows in, along x − v t. A wave is u = F(x − c t) + G(x + c t) (d'Alembert 1747): inside
the domain F and G are ½ (u ∓ ∫ u_t / c) of the start; what an end gives back follows from its condition. Nothing is discretised but
integrals of given functions, so kinks and jumps stay as sharp as they are given.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.domain.domain import TIME, Interval
from core.domain.stretches import stretches
from core.errors import InputError
from core.expressions import (
    NUMPY,
    At,
    Coordinate,
    Derivative,
    Expression,
    Leaf,
    Number,
    evaluate,
    leaves_in,
    partial,
    replace,
)
from core.expressions.algebra import ZERO, divide, negate
from core.problem.bound import BoundProblem
from core.references.common.clock import Clock
from core.references.common.integrals import Integral
from core.references.common.solution import Evidence, Solution

Array = NDArray[np.float64]
Function = Callable[[Array], Array]

ROUNDING = 1e-14
MOST_ECHOES = 500
"""Times that a signal may cross the domain."""


def solve(problem: BoundProblem, axes: tuple[Array, ...], clock: Clock) -> Solution:
    """The solution on the grid, (*shape, 1), to rounding; raises `InputError` where the problem is not of the forms above."""
    stated = _read(problem)
    along = [item.name for item in problem.coordinates].index(TIME)
    x, t = np.meshgrid(axes[1 - along], axes[along] - stated.time.low, indexing="ij")
    with np.errstate(all="ignore"):
        values, error = (_wave if stated.wave else _current)(stated, x.ravel(), t.ravel())
    size = float(np.sqrt(np.mean(values**2))) or 1.0
    shaped = values.reshape(x.shape)
    return Solution((shaped if along else shaped.T)[..., None], max(ROUNDING, error / size), Evidence(second="formula"))


@dataclass(frozen=True)
class End:
    """What holds at an end: u (order 0) or u_x (order 1) has a value there that depends on time; or what comes goes (no `value`)."""

    order: int
    value: Expression | None


@dataclass(frozen=True)
class Stated:
    """A current of a `speed` with a loss at a `rate`, or a wave; `start` holds u, and u_t of a wave, at the first time."""

    time: Interval
    space: Interval
    wave: bool
    speed: float
    rate: float
    start: tuple[Expression, ...]
    ends: tuple[End | None, End | None]
    periodic: bool


# Reading.


def _read(problem: BoundProblem) -> Stated:
    space = [item for item in problem.coordinates if item.name != TIME]
    time = [item for item in problem.coordinates if item.name == TIME]
    if (len(space), len(time), len(problem.unknowns), len(problem.equations)) != (1, 1, 1, 1) or problem.interfaces:
        raise InputError("not-characteristic")
    wave, speed, rate = _equation(problem.equations[0], problem.unknowns[0], space[0].name)
    start: dict[int, Expression] = {}
    ends: dict[int, End] = {}
    periodic = False
    for condition in problem.conditions:
        for edge in condition.edges:
            if condition.closes(space[0], problem.coordinates):
                periodic = True
                continue
            place = dict(zip([item.name for item in problem.coordinates], edge, strict=True))
            factors, rest = _linear(condition.residual, space[0], time[0], place)
            if place[TIME] == time[0].low and place[space[0].name] is None and len(factors) == 1:
                ((by, factor),) = factors.items()
                if by.strip(TIME) or len(by) > wave or len(by) in start:
                    raise InputError("not-characteristic")
                start[len(by)] = divide(negate(rest), Number(factor))
            elif place[TIME] is None and place[space[0].name] in (space[0].low, space[0].high):
                number = int(place[space[0].name] == space[0].high)
                if number in ends:
                    raise InputError("not-characteristic")
                ends[number] = _end(factors, rest, space[0].name, number, speed if wave else 0.0)
            else:
                raise InputError("not-characteristic")
    needed = {0, 1} if wave else {int(speed < 0)}
    if sorted(start) != list(range(1 + wave)) or set(ends) != (set() if periodic else needed):
        raise InputError("not-characteristic")
    if not wave and any(end.order or end.value is None for end in ends.values()):
        raise InputError("not-characteristic")
    values = tuple(start[order] for order in sorted(start))
    return Stated(time[0], space[0], wave, speed, rate, values, (ends.get(0), ends.get(1)), periodic)


def _equation(residual: Expression, unknown: str, x: str) -> tuple[bool, float, float]:
    """The equation's kind, true for a wave, its speed and its rate of loss; raises `InputError` for another equation."""
    slopes: dict[str, float] = {}
    for leaf in leaves_in(residual):
        slope = partial(residual, leaf) if isinstance(leaf, Derivative) else None
        if not isinstance(slope, Number) or not isinstance(leaf, Derivative):
            raise InputError("not-characteristic")
        slopes[leaf.by] = slope.value
    if replace(residual, dict.fromkeys(leaves_in(residual), ZERO)) != ZERO:
        raise InputError("not-characteristic")
    in_wave, in_current = {TIME + TIME, x + x}, {TIME, x}
    if set(slopes) == in_wave and slopes[TIME + TIME] * slopes[x + x] < 0:
        return True, float(np.sqrt(-slopes[x + x] / slopes[TIME + TIME])), 0.0
    if in_current <= set(slopes) <= {*in_current, ""}:
        return False, slopes[x] / slopes[TIME], slopes.get("", 0.0) / slopes[TIME]
    raise InputError("not-characteristic")


def _linear(
    residual: Expression, space: Interval, time: Interval, place: Mapping[str, float | None]
) -> tuple[dict[str, float], Expression]:
    """A condition as Σ factor · derivative + rest, by the derivatives' letters; raises `InputError` where it is something else."""
    factors: dict[str, float] = {}
    evaluated = [leaf for leaf in leaves_in(residual) if isinstance(leaf, At)]
    for leaf in evaluated:
        slope = partial(residual, leaf)
        if not isinstance(slope, Number):
            raise InputError("not-characteristic")
        factors[leaf.derivative.by] = factors.get(leaf.derivative.by, 0.0) + slope.value
    fixed: dict[Leaf, Expression] = {Coordinate(name): Number(at) for name, at in place.items() if at is not None}
    return factors, replace(residual, {**dict.fromkeys(evaluated, ZERO), **fixed})


def _end(factors: Mapping[str, float], rest: Expression, x: str, number: int, speed: float) -> End:
    if len(factors) == 1:
        ((by, factor),) = factors.items()
        if by in ("", x) and factor:
            return End(len(by), divide(negate(rest), Number(factor)))
    if set(factors) == {TIME, x} and rest == ZERO and factors[TIME]:
        ratio = -factors[x] / factors[TIME]  # u_t = ratio · u_x
        if abs(ratio - (-speed if number else speed)) <= ROUNDING * speed:
            return End(1, None)
    raise InputError("not-characteristic")


# Solving, with x from the low end on and t from the first time on.


def _function(tree: Expression, item: Interval) -> Function:
    """A tree in one coordinate as a function of the distance from its low end."""

    def value(distance: Array) -> Array:
        x = np.clip(item.low + distance, item.low, item.high)
        return np.array(np.broadcast_to(evaluate(tree, lambda _: x, NUMPY), x.shape), dtype=np.float64)

    return value


def _integral(tree: Expression, item: Interval) -> Integral:
    """The tree's integral from the low end of the interval on."""
    ends = [part.low - item.low for part in stretches([tree], item)] + [item.high - item.low]
    return Integral(_function(tree, item), ends)


def _current(stated: Stated, x: Array, t: Array) -> tuple[Array, float]:
    length, speed = stated.space.high - stated.space.low, stated.speed
    start = _function(stated.start[0], stated.space)
    from_start = x - stated.space.low - speed * t
    fading = np.exp(-stated.rate * t)
    if stated.periodic:
        return start(np.mod(from_start, length)) * fading, 0.0
    end = stated.ends[int(speed < 0)]
    assert end is not None
    assert end.value is not None
    inside = (from_start >= 0) & (from_start <= length)
    since = np.abs(np.where(speed > 0, from_start, from_start - length) / speed)  # the time at which it came in
    given = _function(end.value, stated.time)(np.clip(since, 0, None))
    return np.where(inside, start(np.clip(from_start, 0, length)) * fading, given * np.exp(-stated.rate * (t - since))), 0.0


class _Wave:
    """F and G of a wave, continued beyond the domain by what its ends give back."""

    def __init__(self, stated: Stated) -> None:
        self._length, self._speed = stated.space.high - stated.space.low, stated.speed
        self._start = _function(stated.start[0], stated.space)
        self._moved = _integral(stated.start[1], stated.space)
        self._periodic = stated.periodic
        self._time, self._ends = stated.time, stated.ends
        self._given = [self._signal(end) for end in stated.ends]
        self.error = self._moved.error / self._speed + sum(given.error for given in self._given if isinstance(given, Integral))
        if self._speed * (stated.time.high - stated.time.low) > MOST_ECHOES * self._length:
            raise InputError("not-characteristic")

    def _signal(self, end: End | None) -> Function | Integral:
        """What an end gives as a function of the time since the start: its value, or the integral of its slope."""
        if end is None or end.value is None:
            return np.zeros_like
        return _function(end.value, self._time) if end.order == 0 else _integral(end.value, self._time)

    def _inside(self, place: Array, sign: float) -> Array:
        """F (sign −1) or G (+1) inside the domain."""
        return (self._start(place) + sign * self._moved(place) / self._speed) / 2

    def _around(self, place: Array, sign: float) -> Array:
        """The values of F (sign −1) or G (+1) on a circle, where what is moved in a whole round adds up."""
        rounds = np.floor(place / self._length)
        drift = sign * rounds * float(self._moved(np.array([self._length]))[0]) / (2 * self._speed)
        return self._inside(place - rounds * self._length, sign) + drift

    def right(self, place: Array) -> Array:
        """F at places up to the high end."""
        if self._periodic:
            return self._around(place, -1.0)
        return self._continued(place, place >= 0, -place, 0, -1.0, self.left, np.zeros(1))

    def left(self, place: Array) -> Array:
        """G at places from the low end on."""
        if self._periodic:
            return self._around(place, 1.0)
        return self._continued(place, place <= self._length, place - self._length, 1, 1.0, self.right, np.full(1, self._length))

    def _continued(
        self, place: Array, inside: NDArray[np.bool_], beyond: Array, number: int, sign: float, other: Function, end: Array
    ) -> Array:
        """The wave's values: inside as given, elsewhere what the end gives back of the other wave."""
        values = np.empty(len(place))
        values[inside] = self._inside(place[inside], sign)
        if inside.all():
            return values
        held, distance = self._ends[number], beyond[~inside]
        assert held is not None
        here, there = float(self._inside(end, sign)[0]), float(self._inside(end, -sign)[0])
        if held.value is None:
            values[~inside] = here
            return values
        back = other(distance if number == 0 else self._length - distance)
        signal = self._given[number](distance / self._speed)
        if held.order == 0:
            values[~inside] = signal - back
        else:
            values[~inside] = here - there + back + sign * self._speed * signal
        return values


def _wave(stated: Stated, x: Array, t: Array) -> tuple[Array, float]:
    wave, place = _Wave(stated), x - stated.space.low
    values = wave.right(place - stated.speed * t) + wave.left(place + stated.speed * t)
    return values, wave.error
