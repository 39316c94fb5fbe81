"""Evolution equations by the method of lines: spectral in space, exponential or SciPy's integrators in time.

The resolution in space and that in time are raised in turn, whichever makes the larger difference, until none does any more. The sum of
both differences is the error that is reported.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from core.domain import bends
from core.domain.domain import TIME, Interval
from core.domain.stretches import NARROW, REACH, Feature, features
from core.errors import InputError, RunError, TangenteError
from core.problem.bound import BoundProblem
from core.references import pieces
from core.references.common.clock import Clock
from core.references.common.solution import Evidence, Solution
from core.references.lines.evolution import backwards, boundary_count, feeding
from core.references.lines.evolution.evolution import read
from core.references.lines.methods import METHODS, Task
from core.references.lines.refining import Raising
from core.references.pieces import Cuts, Folded, Narrow

Array = NDArray[np.float64]

NARROWEST = 1 / 200
"""The part of a coordinate's range below which something is narrow, so that cells are cut around it."""
WIDER = 8
"""The factor by which each cell around something narrow is wider than the one before."""


def solve(problem: BoundProblem, axes: tuple[Array, ...], clock: Clock) -> Solution:
    """The solution on the grid, (*shape, unknowns), and its estimated relative error.

    Raises `InputError` for another kind of problem, `RunError` where the solution ends inside the domain or takes too long.
    """
    turned = backwards.given_at_the_end(problem)
    problem = backwards.turned(problem) if turned else problem
    along = next((axis for axis, item in enumerate(problem.coordinates) if item.name == TIME), 0)
    space = [item for item in problem.coordinates if item.name != TIME]
    cuts = pieces.cuts(problem.equations, space, problem.interfaces)
    narrow = [(item, feature) for item in space for feature in _features(problem, item)]
    evolution = read(problem)
    boundary_count.check_inside(evolution, turned=turned)
    task = _task(problem, cuts, narrow, axes, along, clock, turned)
    feeding.check(evolution)
    if not any(method.kind == "modes" and method.suits(task) and method.first(task) is not None for method in METHODS):
        closer = _closer(problem, task, cuts, narrow)
        try:
            task = task if closer == cuts else _task(problem, closer, narrow, axes, along, clock, turned)
        except InputError as refusal:
            if not narrow or refusal.code != "reference-too-many-pieces":
                raise
            raise _too_narrow(feature for _, feature in narrow) from None
    values, error, points = _solved(task)
    return Solution(np.moveaxis(values[::-1] if turned else values, 0, along), error, Evidence(points, "finer"))


def _features(problem: BoundProblem, item: Interval) -> Iterator[Feature]:
    """What is narrow along a coordinate, in the equations, the start and at ends: smooth functions, and what lies between two bends."""
    trees = [*problem.equations, *(condition.residual for condition in problem.conditions)]
    yield from features(trees, item, [other for other in problem.coordinates if other != item])
    for low, high in pairwise(_bends(problem, item)):
        if high - low < NARROW * (item.high - item.low):
            yield Feature((low + high) / 2, (high - low) / 2, slow=False)


def _bends(problem: BoundProblem, item: Interval) -> tuple[float, ...]:
    """Where what is given jumps or bends along a coordinate."""
    return bends.places(tuple(condition.residual for condition in problem.conditions), item)


def _task(
    problem: BoundProblem, cuts: Cuts, narrow: Sequence[Narrow], axes: tuple[Array, ...], along: int, clock: Clock, turned: bool
) -> Task:
    """The problem cut into cells, as a task; `along` is the number of the coordinate that is time, `turned` says that it runs backwards."""
    folded = Folded(problem, cuts)
    evolution = read(folded.problem)
    boundary_count.check(evolution, turned=turned)
    points = folded.points(axes)

    def gathered(values: Array) -> Array:
        """Values of the cells, (times, *space, unknowns), on the grid that is asked for."""
        return np.moveaxis(folded.gathered(np.moveaxis(values, 0, along), axes), along, 0) if folded.pieces else values

    inside = tuple(found for item, feature in narrow for found in folded.within(item, feature))
    return Task(evolution, points[along], points[:along] + points[along + 1 :], clock, gathered, inside)


def _closer(problem: BoundProblem, task: Task, cuts: Cuts, narrow: Sequence[Narrow]) -> Cuts:
    """The cuts with further ones where data bend and around what is narrow, along coordinates that are not cut and do not close."""
    found = dict(cuts)
    for item in (item for item in problem.coordinates if item.name != TIME):
        if item.name not in cuts and item.name not in task.evolution.periodic:
            around = [end for own, feature in narrow if own == item for end in _around(item, feature)]
            if places := bends.distinct(sorted([*around, *_bends(problem, item)]), item):
                found[item.name] = places
    return found


def _around(item: Interval, feature: Feature) -> Iterator[float]:
    """Places around what is too narrow for the points of the whole coordinate, each further away than the one before."""
    reach, span = REACH * feature.width, item.high - item.low
    if feature.moves or feature.width > NARROWEST * span:
        return
    while reach < span:
        yield from (end for end in (feature.place - reach, feature.place + reach) if item.low < end < item.high)
        reach *= WIDER


def _too_narrow(features: Iterable[Feature]) -> RunError:
    return RunError("reference-narrow", width=f"{min(feature.width for feature in features):.1g}")


def _solved(task: Task) -> tuple[Array, float, int]:
    failed: TangenteError | None = None
    for method in METHODS:
        if not method.suits(task):
            continue
        first = method.first(task)
        if first is None:
            failed = failed or _too_narrow(feature for _, feature in task.narrow)
            continue
        try:
            return Raising(method, task, first).result()
        except RunError as error:
            failed = error
    assert failed is not None
    raise failed
