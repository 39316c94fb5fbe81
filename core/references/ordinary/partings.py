"""Places on a solution's way from which on several fit: u' = −√|u| may wait at u = 0, t u' = 2 u may go on as any multiple from t = 0 on.

At a distance s from such a place, the equations' slopes in the states grow like λ/s, and a change that is made s behind it grows like s^−λ
until a fixed place: without bound as s falls, so that what is no difference at the place becomes one. Where slopes grow less, as for
u' = 1 + √|u|, or where changes fade, as for u' = −sign(u)·√|u|, the solution goes on alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.domain import bends
from core.domain.domain import Interval
from core.errors import InputError, RunError
from core.expressions import Binary, Call, Expression, Number, differentiate
from core.expressions.tree import walk
from core.references.ordinary.slopes import Slopes
from core.references.ordinary.system import System

Array = NDArray[np.float64]

REACH = 0.05
"""How far to either side of a place, relative to the interval, solutions are followed."""
DISTANCES = (1e-1, 1e-3)
"""The distances from a place, relative to the reach, at which slopes are looked at and changes are made."""
KEEPS = 0.6
"""The part of λ that is left at the shorter distance, at least: slopes that grow like 1/√s would leave a tenth."""
LEAST = 0.01
"""The smallest λ."""
CHANGES = ((1e-6, 1e-6), (1e-10, 1e-8))
"""The least and the most changes of a state, relative to its size on the whole way, at each distance: more than an integrator errs by."""
PART = 5e-3
"""The part of a state that it is changed by between these bounds, so that it stays on its side of a place."""
GROWS = 1.35
"""How many times as much a change grows from the shorter distance, at least: λ is above 0.07."""
FADED = 1e-6
"""The part of a state's size that still counts before a place."""
ROUNDS = 2
"""The rounds of narrowing down a place, each to a quarter of the distance."""
MOST = 8
"""Peaks that are looked at."""
EDGE = 1e-3
"""Places nearer to an end, relative to the interval, are the end."""


@dataclass(frozen=True)
class Way:
    """How solutions go from `start` to `end`: `slopes` is f at a place, and `follow` leads the state (n,) at one place to another.

    It is told the sizes of states that count, and raises `RunError` where it leads nowhere. `sizes`, (n,), are those on the whole way.
    """

    slopes: Callable[[float], Slopes]
    follow: Callable[[float, Array, float, Array], Array]
    start: float
    end: float
    sizes: Array

    def approach(self, x: float, state: Array, end: float) -> Array:
        """The state at `end` on the way from one at x, which may fade away."""
        return self.follow(x, state, end, FADED * self.sizes)

    def steepness(self, x: float, state: Array) -> float:
        """The `rates` at one point."""
        return float(rates(self.slopes(x), np.array([x]), state[:, None])[0])

    def room(self, place: float) -> float:
        """How far to either side of a place solutions can be followed, and in which direction: 0 beside an end."""
        reach = min(abs(place - self.start), abs(self.end - place)) / abs(self.end - self.start)
        return float(min(reach, REACH) * (self.end - self.start)) if reach > EDGE else 0.0


def rates(slopes: Slopes, x: Array, states: Array) -> Array:
    """How fast f changes with the state at points (m,): the largest |eigenvalue| of ∂f/∂y, infinite where that has no value."""
    jacobian = slopes.jacobian(x, states).transpose(2, 0, 1)
    known = np.isfinite(np.abs(jacobian).sum(axis=(1, 2)))
    eigenvalues = np.linalg.eigvals(np.where(known[:, None, None], jacobian, 0.0))
    largest: Array = np.abs(eigenvalues).max(axis=1, initial=0.0)
    return np.where(known, largest, np.inf)


def check_start(way: Way, state: Array) -> None:
    """Raise `RunError` where more solutions than one leave the state (n,) at a start at which the equations have no value."""
    reach = REACH * (way.end - way.start)
    if _parted(way, way.start, [state] * len(DISTANCES), reach):
        raise RunError("reference-leaves", place=_named(way, way.start))


def check_coefficients(way: Way, state: Array, systems: Sequence[System]) -> None:
    """Raise `RunError` where solutions part at a place at which coefficients of the equations, or of a part's, vanish or are infinite."""
    low, high = sorted((way.start, way.end))
    places = {place for system in systems for place in _singular(system, Interval(system.coordinate, low, high))}
    for place in sorted(places, key=lambda place: abs(place - way.start)):
        _check(way, place, way.start, state)


def check_states(way: Way, x: Array, states: Array, steep: Array) -> None:
    """Raise `RunError` where solutions part at a state on the way, given points to its end (m,), the states (n, m), and the `rates`."""
    for peak in _peaks(steep):
        place = _narrowed(way, x[peak - 3 : peak], states[:, peak - 1], steep[peak - 3 : peak], x[min(peak + 1, len(x) - 1)])
        if place is not None:
            _check(way, place, float(x[peak - 3]), states[:, peak - 3])


def _check(way: Way, place: float, start: float, state: Array) -> None:
    """Raise `RunError` where solutions part at a place, which is approached from a state at some start."""
    reach = way.room(place)
    if reach == 0.0:
        return
    try:
        states, strengths = [], []
        for distance in DISTANCES:
            near = place - distance * reach
            if (near - start) * reach > 0:
                start, state = near, way.approach(start, state, near)
            states.append(state)
            strengths.append(way.steepness(start, state) * abs(place - start))
    except RunError:  # it ends before
        return
    if not LEAST < max(strengths[1], KEEPS * strengths[0]) <= strengths[1] < np.inf:
        return
    affine = way.slopes(place).system.affine  # else two of several slopes become one
    if not affine or _parted(way, place, states, reach):
        raise RunError("reference-parts", place=_named(way, place))


def _parted(way: Way, place: float, states: list[Array], reach: float) -> bool:
    """Whether changes of the states, which are made behind a place at each of `DISTANCES`, grow without bound as that falls."""
    parts = zip(DISTANCES, states, CHANGES, strict=True)
    far, near = (_growth(way, place + part * reach, state, place + reach, change) for part, state, change in parts)
    return near > GROWS * max(far, 1.0)


def _growth(way: Way, start: float, state: Array, end: float, bounds: tuple[float, float]) -> float:
    """How many times as large a change of the state, within `bounds`, becomes, at most; 0 where the state leads nowhere."""
    grown = 0.0
    changes = (PART * np.abs(state) / way.sizes).clip(*bounds)
    try:
        known = way.follow(start, state, end, way.sizes)
        for place, change in (*enumerate(changes), *enumerate(-changes)):
            changed = state.copy()
            changed[place] += change * way.sizes[place]
            moved = way.follow(start, changed, end, way.sizes)
            grown = max(grown, float(np.max(np.abs(moved - known) / way.sizes) / abs(change)))
    except RunError:
        return 0.0
    return grown


def _singular(system: System, item: Interval) -> Iterator[float]:
    """Where what the equations contain of the coordinate alone is singular, and the factors of the highest derivatives vanish."""
    factors = [slope for row in system.mass for slope in row]
    rough = [part for tree in (*system.residuals, *factors) for part in _rough(tree)]
    for tree in dict.fromkeys([*factors, *rough]):
        if bends.along(tree) == item.name:
            yield from bends.zeros(tree, item)
            try:
                yield from bends.zeros(differentiate(tree, item.name, (item.name,)), item)  # where it touches zero
            except InputError:
                continue


def _rough(tree: Expression) -> Iterator[Expression]:
    """What is zero where parts of a tree have no value or no slope."""
    for node in walk(tree):
        match node:
            case Binary("/", _, below):
                yield below
            case Binary("^", base, Number(value)) if value < 0 or value != int(value):
                yield base
            case Call("sqrt" | "log", (inner,)):
                yield inner


def _peaks(steep: Array) -> NDArray[np.intp]:
    """The numbers of the highest points, at most `MOST`, towards which the last three points rise."""
    rises = steep[1:] > steep[:-1]
    falls = np.append(~rises[3:], True)
    peaks = np.flatnonzero(rises[:-2] & rises[1:-1] & rises[2:] & falls) + 3
    return peaks[np.argsort(-steep[peaks], kind="stable")][:MOST]


def _narrowed(way: Way, x: Array, state: Array, steep: Array, limit: float) -> float | None:
    """Where λ/s becomes infinite before `limit`, given points (m,) on the way there with their `rates`, and the state at the last."""
    places, weak = [float(x[0]), float(x[-1])], [float(1 / steep[0]), float(1 / steep[-1])]
    sign = np.sign(way.end - way.start)
    try:
        for remaining in reversed(range(ROUNDS + 1)):
            if not 0 <= weak[-1] < weak[-2]:
                return None
            place = places[-1] + weak[-1] * (places[-1] - places[-2]) / (weak[-2] - weak[-1])
            if sign * (place - limit) > 0 or not remaining:
                break
            near = place - (place - places[-1]) / 4
            state = way.approach(places[-1], state, near)
            places.append(near)
            weak.append(1 / way.steepness(near, state))
    except (RunError, ZeroDivisionError):
        return None
    return place if sign * (place - limit) <= 0 else None


def _named(way: Way, place: float) -> str:
    return f"{way.slopes(place).system.coordinate} = {place:.6g}"
