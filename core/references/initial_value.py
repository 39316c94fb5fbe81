"""Ordinary differential equations whose conditions all lie at one point, by Runge–Kutta or, where they are stiff, multistep methods.

DOP853 (Hairer, Nørsett and Wanner 1993, section II.5) takes them unless it would need too many steps; then LSODA (Petzold 1983), which
changes between Adams' methods and backward differentiation by itself, with the exact Jacobian. The difference to a second solution with
coarser tolerances is the error that is reported: it exceeds that of the solution itself.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from scipy.integrate import ODEintWarning, odeint, solve_ivp

from core.errors import InputError, RunError
from core.references.clock import Clock
from core.references.ordinary.pointwise import Conditions
from core.references.ordinary.roots import root_near, roots
from core.references.ordinary.singular import DEGREE, step_away
from core.references.ordinary.slopes import Slopes
from core.references.ordinary.system import first_order, refuse_interfaces
from core.references.refinement import difference
from core.references.solution import Evidence, Solution

if TYPE_CHECKING:
    from core.problem import BoundProblem

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
STEPS = 100_000
"""Between two points of the grid, for the stiff method."""


class _Stiff(Exception):
    """An explicit method is the wrong one."""


def solve(problem: BoundProblem, axes: tuple[Array, ...], clock: Clock) -> Solution:
    """The solution on the grid, (points, unknowns), and its relative error.

    Raises `InputError` for another kind of problem and one with interfaces, `RunError` where the solution ends inside the domain.
    """
    refuse_interfaces(problem)
    slopes = Slopes(first_order(problem))
    conditions = Conditions(problem, slopes)
    if len(conditions.places) != 1:
        raise InputError("reference-not-initial", places=", ".join(f"{place:g}" for place in conditions.places))
    with np.errstate(all="ignore"):
        state = starting_state(conditions)
        slopes.choose_root(conditions.places[0], state)
        path = _Path(slopes, conditions.places[0], state, axes[0], clock)
        try:
            fine, coarse = path.twice(_explicit)
        except _Stiff:
            fine, coarse = path.twice(_implicit)
        values = slopes.solution(axes[0], fine)
        error = difference(values, slopes.solution(axes[0], coarse))
    return Solution(values, error, Evidence(second="finer"))


def starting_state(conditions: Conditions) -> Array:
    """The states, (n,), at the one point where all conditions lie; raises `InputError` where they leave it open."""

    def equations(state: Array) -> tuple[Array, Array]:
        residuals, slopes = conditions(state[None])
        return residuals, slopes[:, 0]

    size = conditions.slopes.system.size
    only = root_near(equations, np.zeros(size)) if conditions.affine else None
    found = [only] if only is not None else [] if conditions.affine else roots(equations, size)
    if len(found) != 1:
        raise InputError("reference-several-starts" if found else "reference-no-start")
    return found[0]


class _Path:
    """The way from the state at `start` to the points of a grid on both sides."""

    def __init__(self, slopes: Slopes, start: float, state: Array, axis: Array, clock: Clock) -> None:
        self.slopes, self.start, self.state, self.axis, self.clock = slopes, start, state, axis, clock

    def twice(self, integrate: _Integrator) -> tuple[Array, Array]:
        """The states on the grid, (n, points), by fine and by coarse tolerances."""
        sizes = self._sizes_at_start()
        coarse = self._states(integrate, COARSE, sizes, DEGREE - 2)
        smaller = np.minimum(sizes, self._sizes(coarse))  # not larger: what is small at first may grow, and its error with it
        if (smaller < SMALL * sizes).any():
            coarse = self._states(integrate, COARSE, smaller, DEGREE - 2)
        return self._states(integrate, FINE, smaller, DEGREE), coarse

    def _sizes_at_start(self) -> Array:
        """A first guess of the states' sizes, (n,): the largest of them, or what it grows to."""
        slope = np.nan_to_num(self.slopes(self.start, self.state), posinf=0.0, neginf=0.0)
        sizes = (np.abs(part).max(initial=0.0) for part in (self.state, slope * np.ptp(self.axis)))
        return np.full(len(self.state), next((size for size in sizes if size > 0), 1.0))

    def _sizes(self, states: Array) -> Array:
        sizes = np.abs(states).max(axis=1)
        largest = sizes.max(initial=0.0)
        return np.maximum(sizes, SMALLEST * largest) if largest > 0 else np.ones(len(sizes))

    def _states(self, integrate: _Integrator, tolerance: float, sizes: Array, degree: int) -> Array:
        states = np.empty((len(self.state), len(self.axis)))
        for side in (self.axis >= self.start, self.axis <= self.start):
            outwards = np.flatnonzero(side)[np.argsort(np.abs(self.axis[side] - self.start))]
            if len(outwards):
                states[:, outwards] = self._leg(integrate, self.axis[outwards], tolerance, sizes, degree)
        return states

    def _leg(self, integrate: _Integrator, points: Array, tolerance: float, sizes: Array, degree: int) -> Array:
        """The states at points that lead away from the start."""
        if points[-1] == self.start:
            return self.state[:, None]
        if np.isfinite(self.slopes(self.start, self.state)).all():
            return integrate(self, self.start, self.state, points, tolerance, sizes)
        step = step_away(self.slopes, self.start, self.state, points[-1], degree)
        inside = np.abs(points - self.start) <= abs(step.end - self.start)
        rest = integrate(self, step.end, step(np.array([step.end]))[:, 0], points[~inside], tolerance, sizes)
        return np.concatenate([step(points[inside]), rest], axis=1)


_Integrator = Callable[[_Path, float, Array, Array, float, Array], Array]
"""(path, start, state, points away from the start, relative tolerance, sizes of the states) → states at the points."""


class _Side:
    """The right-hand side as an integrator calls it: it minds the time, and sees where it ended and when an explicit method is stuck."""

    def __init__(self, path: _Path, start: float, watch: bool) -> None:
        self.path, self.watch = path, watch
        self.count = 0
        self.recent = [start] * RECENT

    def __call__(self, x: float, y: Array) -> Array:
        if self.count % BETWEEN == 0:
            self.path.clock.check()
        self.recent[self.count % RECENT] = x
        self.count += 1
        if self.watch and self.count % WATCHED == 0 and self._stiff(x, y):
            raise _Stiff
        return self.path.slopes(x, y)

    def jacobian(self, x: float, y: Array) -> Array:
        return self.path.slopes.jacobian(np.array([x]), y[:, None])[:, :, 0]

    def _stiff(self, x: float, y: Array) -> bool:
        """Whether stability limits the steps: the fastest decay is over within one (Hairer and Wanner 1996, section IV.2)."""
        jacobian = self.jacobian(x, y)
        decay = -np.linalg.eigvals(jacobian).real.min(initial=0.0) if np.isfinite(jacobian).all() else 0.0
        return bool(decay * np.ptp(self.recent) > DECAY)

    def ended(self) -> RunError:
        place = self.recent[(self.count - 1) % RECENT]
        return RunError("reference-ends", place=f"{self.path.slopes.system.coordinate} = {place:.6g}")


def _explicit(path: _Path, start: float, state: Array, points: Array, tolerance: float, sizes: Array) -> Array:
    side = _Side(path, start, watch=tolerance == COARSE)
    absolute = ABSOLUTE * tolerance * sizes
    result = solve_ivp(side, (start, points[-1]), state, "DOP853", points, rtol=tolerance, atol=absolute)
    if not result.success or not np.isfinite(result.y).all():
        raise side.ended()
    states: Array = result.y
    return states


def _implicit(path: _Path, start: float, state: Array, points: Array, tolerance: float, sizes: Array) -> Array:
    side = _Side(path, start, watch=False)
    begun = points[0] == start
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ODEintWarning)  # the report says the same
        states, report = odeint(
            side, state, points if begun else np.concatenate([[start], points]), Dfun=side.jacobian, tfirst=True, full_output=True,
            tcrit=points[-1:], mxstep=STEPS, rtol=tolerance, atol=ABSOLUTE * tolerance * sizes,
        )  # fmt: skip
    if report["message"] != "Integration successful." or not np.isfinite(states).all():
        raise side.ended()
    result: Array = states.T if begun else states[1:].T
    return result
