"""How an evolution is discretised and integrated: a table of methods, of which the first that fits and succeeds is taken.

An attempt has a resolution in space (how often the number of points was raised) and one in time (how often the step or the tolerance was
lowered), and gives the unknowns on the output grid, (times, *space, unknowns).
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.integrate import solve_ivp

from core.domain.domain import Interval
from core.domain.stretches import Stretch, stretches
from core.errors import InputError
from core.expressions import NUMPY, Coordinate, Leaf, Number, Vector, partial
from core.references.common import spectral
from core.references.common.clock import Clock
from core.references.common.spectral import Fourier
from core.references.lines.evolution.end_conditions import conditions
from core.references.lines.evolution.evolution import Evolution
from core.references.lines.evolution.exponential import Diverged, Steps, march
from core.references.lines.evolution.mirrors import Parities, mirrors
from core.references.lines.evolution.splitting import Splitting, split
from core.references.lines.space.axis import Axis, Bounded, Periodic, Pointwise
from core.references.lines.space.discretised import Nodal
from core.references.lines.space.in_modes import InModes
from core.references.lines.space.mass import Mass
from core.references.lines.space.on_points import OnPoints
from core.references.lines.space.output import Output
from core.references.lines.space.rates import Rates
from core.references.pieces import Narrow

Array = NDArray[np.float64]

MODES = {1: 32, 2: 16}
"""Fourier modes an axis of the coarsest resolution, by the number of coordinates in space; each finer one has twice as many."""
POINTS = {1: 16, 2: 8}
"""The points an axis of the coarsest resolution; each finer one has half as many again, as their matrices are dense."""
LARGEST = {"modes": {1: 4096, 2: 256}, "points": {1: 700, 2: 40}}


@dataclass(frozen=True)
class Task:
    """An evolution and where its solution is wanted; `gathered` takes values there, (times, *space, unknowns), to the grid that errors are
    measured on. `narrow` is what points along coordinates in space have to see, and `longest` the longest step that sees what changes in
    time.
    """

    evolution: Evolution
    times: Array
    places: tuple[Array, ...]
    clock: Clock
    gathered: Callable[[Array], Array] = lambda values: values
    narrow: tuple[Narrow, ...] = ()
    longest: float = math.inf

    @cached_property
    def parts(self) -> tuple[Task, ...]:
        """The task in parts, between the times at which equations or ends jump, each with the longest step that sees all they hold."""
        evolution = self.evolution
        ends = [residual for low, high in evolution.ends.values() for residual in (*low, *high)]
        found = stretches([*evolution.equations, *ends], evolution.time, evolution.space)
        return (self,) if len(found) == 1 and math.isinf(found[0].longest) else tuple(map(self._part, found))

    def _part(self, stretch: Stretch) -> Task:
        inside = self.times[(stretch.low < self.times) & (self.times < stretch.high)]
        times = np.concatenate([[stretch.low], inside, [stretch.high]])
        return replace(self, evolution=self.evolution.within(stretch.low, stretch.high), times=times, longest=stretch.longest)

    @cached_property
    def modal(self) -> Splitting:
        return split(self.evolution, constant=True)

    @cached_property
    def nodal(self) -> Splitting:
        return split(self.evolution, constant=False)

    @cached_property
    def constant_mass(self) -> bool:
        factors = [partial(tree, leaf) for tree in self.evolution.equations for leaf in self.evolution.rates]
        return all(isinstance(factor, Number) for factor in factors)

    @cached_property
    def parities(self) -> Mapping[str, Parities] | None:
        return mirrors(self.evolution)

    def axes(self, count: int) -> tuple[Axis, ...]:
        """Axes of so many points each."""
        return tuple(self._axis(item, place, count) for item, place in zip(self.evolution.space, self.places, strict=True))

    def _axis(self, item: Interval, place: Array, count: int) -> Axis:
        unknowns = len(self.evolution.unknowns)
        found = conditions(self.evolution, item.name)
        if not self.evolution.needs(item.name) and not found:
            return Pointwise(item, place, unknowns)
        if item.name in self.evolution.periodic:
            return Periodic(item, count, unknowns)
        return Bounded(item, count, unknowns, found)

    @cached_property
    def start(self) -> Array:
        """The unknowns at the first time, (*space, unknowns); raises `InputError` where the conditions give no finite values."""
        leaves: list[Leaf] = [Coordinate(item.name) for item in self.evolution.space]
        trees = [self.evolution.starts[number, 0] for number in range(len(self.evolution.unknowns))]
        points = np.meshgrid(*self.places, indexing="ij")
        with np.errstate(all="ignore"):
            values = [np.broadcast_to(value, points[0].shape) for value in Vector(trees, leaves, NUMPY)(points)]
        if not np.isfinite(values).all():
            raise InputError("reference-start-not-finite")
        return np.stack(values, axis=-1)

    @cached_property
    def coarse(self) -> Nodal:
        return Nodal(self.evolution, self.axes(POINTS[len(self.places)]))


Attempt = Callable[[Task, int, int, Any], tuple[Array, Any]]
"""(part of a task, modes or points, resolution in time, state at its start or None) → (values at its times, state at its end)."""


def _in_modes_fits(task: Task) -> bool:
    return task.constant_mass and task.modal.milder and task.parities is not None


def _in_modes(task: Task, count: int, finer: int, state: Any) -> tuple[Array, Any]:
    parities = task.parities or {}
    grids = [_circle(item, count, item.name in parities) for item in task.evolution.space]
    problem = InModes(task.evolution, grids, task.modal, parities)
    with np.errstate(all="ignore"):
        start = problem.start() if state is None else state
        states = list(march(problem, start, task.times, Steps(2**finer, task.longest), task.clock))
        return np.stack([problem.output(task.places, state) for state in states]), states[-1]


def _circle(item: Interval, count: int, doubled: bool) -> Fourier:
    return Fourier(2 * count, item.low, 2 * item.high - item.low) if doubled else Fourier(count, item.low, item.high)


def _on_points_fits(task: Task) -> bool:
    return task.nodal.milder and task.coarse.solved is None and Mass(task.coarse).constant is not None


def _on_points(task: Task, count: int, finer: int, state: Any) -> tuple[Array, Any]:
    nodal = Nodal(task.evolution, task.axes(count))
    problem = OnPoints(nodal, task.nodal)
    output = Output(nodal, task.places)
    with np.errstate(all="ignore"):
        start = problem.begun(task.times[0], nodal.start() if state is None else state)
        states = march(problem, start, task.times, Steps(2**finer, task.longest), task.clock)
        values = [problem.values(t, state) for t, state in zip(task.times, states, strict=True)]
        return np.stack([output(t, value) for t, value in zip(task.times, values, strict=True)]), values[-1]


def _explicit_fits(task: Task) -> bool:
    """Whether signals have a finite speed, so that steps need be no shorter than for accuracy."""
    evolution = task.evolution
    slots = [evolution.slot(leaf) for leaf in evolution.leaves]
    return all(sum(slot.space) <= evolution.orders[slot.unknown] for slot in slots) and not any(
        sum(evolution.slot(leaf).space) for leaf in evolution.rates
    )


def _explicit(task: Task, count: int, finer: int, state: Any) -> tuple[Array, Any]:
    return _integrated(task, count, 1e-7 * 10.0 ** (-2 * finer), "DOP853", state)


def _implicit(task: Task, count: int, finer: int, state: Any) -> tuple[Array, Any]:
    return _integrated(task, count, 1e-6 * 10.0 ** (-1.5 * finer), "Radau", state)


def _integrated(task: Task, count: int, tolerance: float, method: str, state: Any) -> tuple[Array, Any]:
    nodal = Nodal(task.evolution, task.axes(count))
    rates = Rates(nodal)

    def rate(t: float, state: Array) -> Array:
        task.clock.check()
        change = rates(t, state)
        if not np.isfinite(change).all():
            raise Diverged
        return change

    state = nodal.start() if state is None else state
    slopes: dict[str, Any] = {} if method == "DOP853" else {"jac": rates.jacobian}
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        scale = max(float(np.abs(state).max()), 1e-10)
        span = (task.times[0], task.times[-1])
        try:
            found = solve_ivp(
                rate, span, state, method, task.times, rtol=tolerance, atol=tolerance * scale, max_step=task.longest, **slopes
            )
        except (ValueError, np.linalg.LinAlgError):  # SciPy's answer to numbers that are none
            raise Diverged from None
        if found.status < 0:
            raise Diverged
        output = Output(nodal, task.places)
        return np.stack([output(t, column) for t, column in zip(task.times, found.y.T, strict=True)]), found.y[:, -1]


def _moving_ends(task: Task) -> bool:
    return any(given.moves() for given in task.coarse.given)


@dataclass(frozen=True)
class Method:
    """A row of the table. `kind` is what an axis is made of; `timeless` says where the resolution in time makes no difference; after so
    many `failures`, attempts that grew beyond all bounds, the method has failed. `dearer` is what an attempt costs beside the next coarser
    one in space, by the number of coordinates there.
    """

    name: str
    kind: str
    fits: Callable[[Task], bool]
    attempt: Attempt
    timeless: Callable[[Task], bool]
    failures: int
    dearer: Mapping[int, float]

    def suits(self, task: Task) -> bool:
        """Whether the method fits every part of a task."""
        return all(self.fits(part) for part in task.parts)

    def values(self, task: Task, count: int, finer: int) -> Array:
        """The unknowns on the output grid, (times, *space, unknowns); raises `Diverged`."""
        found, state = [], None
        for number, part in enumerate(task.parts):
            values, state = self.attempt(part, count, finer, state)
            low, high = part.times[0], part.times[-1]
            asked = task.times[(task.times > low if number else task.times >= low) & (task.times <= high)]
            found.append(values[np.searchsorted(part.times, asked)])
        return np.concatenate(found)

    def first(self, task: Task) -> int | None:
        """How often the resolution in space is raised before it sees all that is narrow; None where no finer one could confirm it."""
        finer = 0
        while (count := self.count(task, finer)) is not None and self.count(task, finer + 1) is not None:
            if all(SPACINGS[self.kind](item, feature.place, count) <= feature.width for item, feature in task.narrow):
                return finer
            finer += 1
        return None

    def count(self, task: Task, finer: int) -> int | None:
        """How many modes or points an axis has; None beyond what is reasonable."""
        space = len(task.places)
        count = MODES[space] * 2**finer if self.kind == "modes" else round(POINTS[space] * 1.5**finer)
        return count if count <= LARGEST[self.kind][space] else None


SPACINGS: Mapping[str, Callable[[Interval, float, int], float]] = {"modes": spectral.even, "points": spectral.denser_at_ends}
"""The distance of points near a place, by the kind of a method."""

METHODS = (
    Method("exponential in modes", "modes", _in_modes_fits, _in_modes, lambda task: not task.modal.moves, 7, {1: 1.8, 2: 4.0}),
    Method(
        "exponential on points",
        "points",
        _on_points_fits,
        _on_points,
        lambda task: not task.nodal.moves and not _moving_ends(task),
        7,
        {1: 2.5, 2: 8.0},
    ),
    Method("explicit", "points", _explicit_fits, _explicit, lambda _: False, 3, {1: 2.5, 2: 5.0}),
    Method("implicit", "points", lambda _: True, _implicit, lambda _: False, 3, {1: 2.5, 2: 8.0}),
)
