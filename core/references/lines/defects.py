"""Whether a solution obeys its equations at places and times that its method did not choose.

In a few intervals between output times, the solution is asked for at further times, and at the points of another grid in space. There
differences in time say how fast it changes, and the equations on that grid how fast it should. Where a kink or a jump passes, both differ
for good reasons, so it is the middle one of all defects that counts: a solution that has missed what drives it fails nearly everywhere.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import numpy as np
from numpy.polynomial import chebyshev
from numpy.typing import NDArray

from core.errors import RunError, TangenteError
from core.references.lines.evolution.exponential import Diverged
from core.references.lines.methods import Method, Task
from core.references.lines.space.axis import Axis, Bounded, Periodic
from core.references.lines.space.discretised import Nodal
from core.references.lines.space.rates import Rates
from core.references.pieces import shared

Array = NDArray[np.float64]

INTERVALS = 5
"""The intervals in each part."""
MOST_PARTS = 6
PARTS = 8
"""The parts of an interval; the slopes are taken at its middle."""
MORE = {1: 5, 2: 2}
"""Points along a coordinate of the other grid beyond those of the method's, by the number of coordinates in space."""
LARGEST = {1: 100, 2: 16}
"""The most points along a coordinate of the other grid: with more, differentiation would make too much of rounding."""
SEED = 3
RESOLVED = 1e-4
"""The finest modes on the other grid, beside the largest, where it can stand for the solution."""
SAME = 0.02
"""A defect beside the change itself that a useful solution does not leave."""
SLOW = 1e-3
"""A change over the whole time, beside the solution, that is nothing to compare with."""
NODES = np.arange(PARTS + 1) - PARTS / 2
VANDERMONDE = np.linalg.inv(np.vander(NODES, increasing=True))
"""Values at the parts' ends → the factors of 1, τ, τ² … about the middle, with parts of length one."""


def check(method: Method, task: Task, count: int, finer: int) -> int:
    """The number of points at which the equations were found to hold; 0 where the solution cannot be compared.

    Raises `RunError` where they do not hold.
    """
    try:
        grid = Nodal(task.evolution, task.axes(min(count, LARGEST[len(task.places)]) + MORE[len(task.places)]))
        if grid.solved is not None and grid.solved.evolving:
            return 0
        chosen = [(part, begin, end) for part in task.parts[:: 1 + len(task.parts) // MOST_PARTS] for begin, end in _chosen(part)]
        if not chosen:
            return 0
        places = tuple(axis.points for axis in grid.axes)
        between = np.concatenate([_times(begin, end) for _, begin, end in chosen])
        asked = replace(task, times=np.unique(np.concatenate([task.times, between])), places=places, gathered=lambda values: values)
        values = method.values(asked, count, finer)
    except (Diverged, TangenteError):
        return 0
    found = [_compared(part, asked, values, begin, end) for part, begin, end in chosen]
    return _judged([pair for pair in found if pair is not None], task)


def _chosen(part: Task) -> Array:
    """The begin and end of some intervals between output times, (m, 2); none next to the start of a part, where a solution may be rough."""
    inner = part.times[2:]
    starts = np.random.default_rng(SEED).permutation(np.arange(max(len(inner) - 1, 0)))[:INTERVALS]
    return np.stack([inner[starts], inner[starts + 1]], axis=1) if len(starts) else np.empty((0, 2))


def _times(begin: float, end: float) -> Array:
    return np.linspace(begin, end, PARTS + 1)


def _compared(part: Task, asked: Task, values: Array, begin: float, end: float) -> tuple[Array, Array] | None:
    """What changes and what should, (unknowns, points) each, at the middle of an interval; None where the grid does not resolve it."""
    evolution, step = part.evolution, (end - begin) / PARTS
    nodal = Nodal(
        evolution,
        part.axes(len(asked.places[0])) if len(asked.places) == 1 else replace(part, places=asked.places).axes(len(asked.places[0])),
    )
    where = np.searchsorted(asked.times, _times(begin, end))
    window = values[where]  # (PARTS + 1, *space, unknowns)
    if not all(map(partial(_resolved, window[PARTS // 2]), nodal.axes, range(len(nodal.axes)))):
        return None
    factors = np.tensordot(VANDERMONDE, window, axes=1)
    flat = factors.reshape(len(factors), -1, len(evolution.unknowns))
    state = np.zeros(nodal.size)
    for (unknown, level), columns in nodal.columns.items():
        state[columns] = flat[level, :, unknown] * _factorial(level) / step**level
    change = np.stack([flat[order, :, unknown] * _factorial(order) / step**order for unknown, order in enumerate(evolution.orders)])
    rates = Rates(nodal)((begin + end) / 2, state)
    should = np.stack([rates[nodal.columns[unknown, order - 1]] for unknown, order in enumerate(evolution.orders)])
    return change, should


def _factorial(order: int) -> float:
    return float(np.prod(np.arange(1, order + 1)))


def _resolved(values: Array, axis: Axis, number: int) -> bool:
    """Whether the points of an axis resolve values, (*space, unknowns), along it."""
    along = np.moveaxis(values, number, 0).reshape(len(axis.points), -1)
    if isinstance(axis, Periodic):
        modes = np.abs(np.fft.rfft(along, axis=0))
    elif isinstance(axis, Bounded):
        item = axis.interval
        local = 2 * (axis.points - item.low) / (item.high - item.low) - 1
        modes = np.abs(np.linalg.solve(chebyshev.chebvander(local, len(local) - 1), along))
    else:
        return True
    return bool(modes[-2:].max() <= RESOLVED * modes.max())


def _judged(found: list[tuple[Array, Array]], task: Task) -> int:
    """The number of points compared; raises `RunError` where most defects are large."""
    if not found:
        return 0
    change, should = (np.concatenate([pair[side] for pair in found], axis=1) for side in (0, 1))  # (unknowns, points)
    if not np.isfinite(should).all():
        return 0
    sizes = shared(task.evolution.unknowns, np.quantile(np.maximum(np.abs(change), np.abs(should)), 0.9, axis=1))
    duration = task.evolution.time.high - task.evolution.time.low
    largest = shared(task.evolution.unknowns, np.abs(task.start).max(axis=tuple(range(task.start.ndim - 1))))
    least = SLOW * largest / duration ** np.array(task.evolution.orders, dtype=np.float64)
    defects = np.median(np.abs(change - should), axis=1) / np.maximum(np.maximum(sizes, least), np.finfo(float).tiny)
    if defects.max() > SAME:
        raise RunError("reference-contradicted", defect=f"{defects.max():.1g}")
    return int(change.size)
