"""Ordinary differential equations whose conditions all lie at one point, by Runge–Kutta or, where they are stiff, multistep methods.

DOP853 (Hairer, Nørsett and Wanner 1993, section II.5) takes them unless it would need too many steps; then LSODA (Petzold 1983), which
changes between Adams' methods and backward differentiation by itself, with the exact Jacobian. The difference to a second solution with
coarser tolerances is the error that is reported: it exceeds that of the solution itself. Steps and pulses are looked for in the equations,
so that no step leads over one, and the solution is held against the equations at points that no step chose.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
from numpy.typing import NDArray
from scipy.integrate import ODEintWarning, odeint, solve_ivp

from core.domain import bends
from core.domain.stretches import Stretch, stretches
from core.errors import InputError, RunError
from core.problem.bound import BoundProblem
from core.references.common.clock import Clock
from core.references.common.refinement import difference
from core.references.common.solution import Evidence, Solution
from core.references.ordinary import defects, partings
from core.references.ordinary.branching import branches, check_start
from core.references.ordinary.pointwise import Conditions
from core.references.ordinary.singular import DEGREE, step_away
from core.references.ordinary.slopes import Slopes
from core.references.ordinary.system import first_order, refuse_interfaces

Array = NDArray[np.float64]

FINE, COARSE = 1e-12, 1e-10
"""Relative tolerances of a step."""
ABSOLUTE = 0.1
"""The absolute tolerance, relative to the relative one times the size of a state."""
SMALLEST = 1e-9
"""The size that a state is taken to have at least, relative to the largest one's."""
SMALL = 0.01
"""A state that turns out to be this much smaller than was taken is solved for again."""
BETWEEN = 16
"""Evaluations of the right-hand side between two looks at the clock."""
WATCHED = 4_000
"""Evaluations after which an explicit method is asked whether it is stuck."""
RECENT = 12
"""The evaluations of one step of DOP853."""
DECAY = 2.0
"""Decay times in a step from which on a problem is stiff: accuracy alone would keep them below one, stability allows about six."""
DETAIL = 4.0
"""Longest steps between two points at which a solution is looked at."""
CHECKING = 0.2
"""The part of the time left that the look for solutions which part may take."""
KNOWN = 5
"""Digits of the place where a solution ends that are known, beside the length of the domain."""
STEPS = 100_000
"""The steps between two points of the grid that the stiff method may take."""


class _Stiff(Exception):
    """An explicit method is the wrong one."""


def solve(problem: BoundProblem, axes: tuple[Array, ...], clock: Clock) -> Solution:
    """The solution on the grid, (points, unknowns), and its relative error.

    Raises `InputError` for another kind of problem and one with interfaces, `RunError` where the solution ends inside the domain.
    """
    refuse_interfaces(problem)
    slopes = Slopes(first_order(problem))
    parts = _parts(problem)
    conditions = Conditions(problem, slopes)
    if len(conditions.places) != 1:
        raise InputError("reference-not-initial", places=", ".join(f"{place:g}" for place in conditions.places))
    with np.errstate(all="ignore"):
        starts = list(branches(conditions))
        paths = [_Path(parts, conditions.places[0], state, axes[0], clock) for state, _ in starts]
        solved = [_solved(path, root, len(starts)) for path, (_, root) in zip(paths, starts, strict=True)]
    first, *others = solved
    error = max(solution.error for solution in solved)
    return replace(first, error=error, others=tuple(solution.values for solution in others))


def _solved(path: _Path, root: Array, count: int) -> Solution:
    """The solution from one of `count` starts with a slope: where one cannot be followed, nothing is known of the others."""
    for _, slopes in path.parts:
        slopes.choose(root)
    try:
        return _followed(path)
    except RunError as error:
        if count == 1:
            raise
        raise RunError("reference-branch-lost", count=count, reason=error.message) from None


def _followed(path: _Path) -> Solution:
    """The solution that leaves one start."""
    path.check_places()
    try:
        fine, coarse = path.twice(_explicit)
    except _Stiff:
        fine, coarse = path.twice(_implicit)
    check_start(path.first, path.start, path.state, path.once)
    path.check_states(fine)
    values = path.solution(fine)
    error = difference(values, path.solution(coarse))
    affine = path.first.system.affine  # else which of several slopes is meant is known along the way alone
    defect, points = defects.largest(path.ends, fine, path.rates) if affine else (0.0, 0)
    return Solution(values, max(error, defect) if defect > defects.NOISE else error, Evidence(points, "finer"))


Part = tuple[Stretch, Slopes]
"""A stretch, and the right-hand side on it, with every step and bend on its branch there."""


def _parts(problem: BoundProblem) -> tuple[Part, ...]:
    """The parts of the interval, in order; raises `InputError` where the order of the equations is not the same in all."""
    (item,) = problem.coordinates
    system = first_order(problem)
    parts = []
    for stretch in stretches(problem.equations, item):
        equations = tuple(bends.branched(tree, {item.name: stretch.middle}) for tree in problem.equations)
        own = system if equations == problem.equations else first_order(replace(problem, equations=equations))
        if own.orders != system.orders:
            raise InputError("reference-order-changes", place=f"{item.name} = {stretch.middle:g}")
        parts.append((stretch, Slopes(own)))
    return tuple(parts)


class _Path:
    """The way from the state at `start` to both sides, part by part; states are those at `axis`, on a finer grid than is `asked` for."""

    def __init__(self, parts: Sequence[Part], start: float, state: Array, asked: Array, clock: Clock) -> None:
        self.parts, self.start, self.state, self.asked, self.clock = parts, start, state, asked, clock
        self.ends = np.unique(np.concatenate([asked, *(stretch.ends(DETAIL) for stretch, _ in parts)]))
        self.axis = defects.nodes(self.ends)

    @property
    def first(self) -> Slopes:
        """The right-hand side at the start."""
        return next(slopes for stretch, slopes in self.parts if self.start <= stretch.high)

    def solution(self, states: Array) -> Array:
        """The unknowns where they are asked for, (points, unknowns), by the states, (n, axis)."""
        states = states[:, np.searchsorted(self.axis, self.asked)]
        values = np.empty((len(self.asked), len(self.first.system.unknowns)))
        for slopes, here in self._here(self.asked):
            values[here] = slopes.solution(self.asked[here], states[:, here])
        return values

    def rates(self, points: Array, states: Array) -> Array:
        """The states' slopes, (n, m), at points (m,)."""
        values = np.empty_like(states)
        for slopes, here in self._here(points):
            values[:, here] = slopes.many(points[here], states[:, here])
        return values

    def check_places(self) -> None:
        """Raise `RunError` where the coefficients of the equations let solutions part."""
        systems = [slopes.system for _, slopes in self.parts]
        for way in self._ways(self._sizes_at_start()):
            if not np.isfinite(self.first(self.start, self.state)).all():
                partings.check_start(way, self.state)
            partings.check_coefficients(way, self.state, systems)

    def check_states(self, states: Array) -> None:
        """Raise `RunError` where the solution comes to a state at which others part from it."""
        steep = np.empty(len(self.axis))
        for slopes, here in self._here(self.axis):
            steep[here] = partings.rates(slopes, self.axis[here], states[:, here])
        for way in self._ways(self._sizes(states)):
            sign = 1 if way.end > way.start else -1
            order = np.flatnonzero(sign * (self.axis - self.start) >= 0)[::sign]
            partings.check_states(way, self.axis[order], states[:, order], steep[order])

    def _ways(self, sizes: Array) -> Iterator[partings.Way]:
        """The ways to both sides."""
        clock = self.clock.part(self.clock.left * CHECKING)
        for sign in (1, -1):
            end = self.axis[-1] if sign > 0 else self.axis[0]
            if end != self.start:
                yield partings.Way(partial(self._slopes, sign=sign), partial(self._reached, clock), self.start, end, sizes)

    def _slopes(self, place: float, sign: int) -> Slopes:
        """The right-hand side at a place, and just before it in a direction."""
        before = (slopes for stretch, slopes in self.parts[::sign] if place * sign <= (stretch.high if sign > 0 else -stretch.low))
        return next(before, self.parts[::sign][-1][1])

    def _reached(self, clock: Clock, start: float, state: Array, end: float, sizes: Array) -> Array:
        """The state at `end` on the way from one at `start`."""
        sign = 1 if end > start else -1
        for stretch, slopes in self.parts[::sign]:
            stop = min(stretch.high, end) if sign > 0 else max(stretch.low, end)
            if sign * (stop - start) > 0:
                leg = Leg(slopes, start, state, np.array([stop]), stretch.longest, clock)
                state, start = self._along(_explicit, leg, FINE, sizes, DEGREE)[:, -1], stop
        return state

    def _here(self, points: Array) -> Iterator[tuple[Slopes, NDArray[np.bool_]]]:
        """The right-hand side of each part that holds points, and which."""
        number = np.searchsorted([stretch.high for stretch, _ in self.parts[:-1]], points)
        return ((slopes, number == index) for index, (_, slopes) in enumerate(self.parts) if (number == index).any())

    def twice(self, integrate: _Integrator) -> tuple[Array, Array]:
        """The states on the grid, (n, points), by fine and by coarse tolerances."""
        sizes = self._sizes_at_start()
        coarse = self._states(integrate, COARSE, sizes, DEGREE - 2)
        smaller = np.minimum(sizes, self._sizes(coarse))  # not larger: what is small at first may grow, and its error with it
        if (smaller < SMALL * sizes).any():
            coarse = self._states(integrate, COARSE, smaller, DEGREE - 2)
        return self._states(integrate, FINE, smaller, DEGREE), coarse

    def once(self, state: Array) -> Array:
        """The unknowns where they are asked for, (points, unknowns), roughly, from another state at the start."""
        path = _Path(self.parts, self.start, state, self.asked, self.clock)
        return path.solution(path._states(_explicit, COARSE, path._sizes_at_start(), DEGREE - 2))

    def _sizes_at_start(self) -> Array:
        """A first guess of the states' sizes, (n,): the largest of them, or what it grows to."""
        slope = np.nan_to_num(self.first(self.start, self.state), posinf=0.0, neginf=0.0)
        sizes = (np.abs(part).max(initial=0.0) for part in (self.state, slope * np.ptp(self.axis)))
        return np.full(len(self.state), next((size for size in sizes if size > 0), 1.0))

    def _sizes(self, states: Array) -> Array:
        sizes = np.abs(states).max(axis=1)
        largest = sizes.max(initial=0.0)
        return np.maximum(sizes, SMALLEST * largest) if largest > 0 else np.ones(len(sizes))

    def _states(self, integrate: _Integrator, tolerance: float, sizes: Array, degree: int) -> Array:
        states = np.empty((len(self.state), len(self.axis)))
        for sign in (1, -1):
            state, start, before = self.state, self.start, None
            for stretch, slopes in self.parts[::sign]:
                end = stretch.high if sign > 0 else stretch.low
                if sign * (end - start) > 0 or (start == end == self.start):
                    there = np.flatnonzero((sign * (self.axis - start) >= 0) & (sign * (end - self.axis) >= 0))[::sign]
                    slopes.begin(before)
                    leg = Leg(slopes, start, state, np.append(self.axis[there], end), stretch.longest, self.clock)
                    found = self._along(integrate, leg, tolerance, sizes, degree)
                    states[:, there] = found[:, :-1]
                    state, start, before = found[:, -1], end, slopes
        return states

    def _along(self, integrate: _Integrator, leg: Leg, tolerance: float, sizes: Array, degree: int) -> Array:
        """The states at the leg's points."""
        if leg.points[-1] == leg.start:
            return np.repeat(leg.state[:, None], len(leg.points), axis=1)
        if np.isfinite(leg.slopes(leg.start, leg.state)).all():
            return integrate(leg, tolerance, sizes)
        step = step_away(leg.slopes, leg.start, leg.state, leg.points[-1], degree)
        inside = np.abs(leg.points - leg.start) <= abs(step.end - leg.start)
        rest = replace(leg, start=step.end, state=step(np.array([step.end]))[:, 0], points=leg.points[~inside])
        return np.concatenate([step(leg.points[inside]), integrate(rest, tolerance, sizes)], axis=1)


@dataclass(frozen=True)
class Leg:
    """A way from one state, on one branch of the equations, to points that lead away from it, by steps no longer than `longest`."""

    slopes: Slopes
    start: float
    state: Array
    points: Array
    longest: float
    clock: Clock


_Integrator = Callable[[Leg, float, Array], Array]
"""(leg, relative tolerance, sizes of the states) → the states at its points, (n, points)."""


class _Side:
    """The right-hand side as an integrator calls it: it minds the time, and sees where it ended and when an explicit method is stuck."""

    def __init__(self, leg: Leg, watch: bool) -> None:
        self.leg, self.watch = leg, watch
        self.count = 0
        self.recent = [leg.start] * RECENT

    def __call__(self, x: float, y: Array) -> Array:
        if self.count % BETWEEN == 0:
            self.leg.clock.check()
        self.recent[self.count % RECENT] = x
        self.count += 1
        if self.watch and self.count % WATCHED == 0 and self._stiff(x, y):
            raise _Stiff
        return self.leg.slopes(x, y)

    def jacobian(self, x: float, y: Array) -> Array:
        return self.leg.slopes.jacobian(np.array([x]), y[:, None])[:, :, 0]

    def _stiff(self, x: float, y: Array) -> bool:
        """Whether stability limits the steps: the fastest decay is over within one (Hairer and Wanner 1996, section IV.2)."""
        jacobian = self.jacobian(x, y)
        decay = -np.linalg.eigvals(jacobian).real.min(initial=0.0) if np.isfinite(jacobian).all() else 0.0
        return bool(decay * np.ptp(self.recent) > DECAY)

    def ended(self) -> RunError:
        place = self.recent[(self.count - 1) % RECENT]
        reach = abs(self.leg.points[-1] - self.leg.start)
        known = round(place, KNOWN - math.floor(math.log10(reach))) + 0.0  # not −0
        return RunError("reference-ends", place=f"{self.leg.slopes.system.coordinate} = {known:.12g}")


def _explicit(leg: Leg, tolerance: float, sizes: Array) -> Array:
    side = _Side(leg, watch=tolerance == COARSE)
    absolute, points, where = ABSOLUTE * tolerance * sizes, *np.unique(leg.points, return_inverse=True)
    outwards = points if points[-1] == leg.points[-1] else points[::-1]
    span = (leg.start, leg.points[-1])
    result = solve_ivp(side, span, leg.state, "DOP853", outwards, rtol=tolerance, atol=absolute, max_step=leg.longest)
    if not result.success or not np.isfinite(result.y).all():
        raise side.ended()
    states: Array = result.y if outwards is points else result.y[:, ::-1]
    return states[:, where]


def _implicit(leg: Leg, tolerance: float, sizes: Array) -> Array:
    side = _Side(leg, watch=False)
    points = np.append(leg.start, leg.points)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ODEintWarning)  # the report says the same
        states, report = odeint(
            side, leg.state, points, Dfun=side.jacobian, tfirst=True, full_output=True, tcrit=points[-1:], mxstep=STEPS, rtol=tolerance,
            atol=ABSOLUTE * tolerance * sizes, hmax=0.0 if np.isinf(leg.longest) else leg.longest,
        )  # fmt: skip
    if report["message"] != "Integration successful." or not np.isfinite(states).all():
        raise side.ended()
    result: Array = states[1:].T
    return result
