"""The film of a training while it trains: copies of its weights, which wait to be drawn, and which of them are worth it.

A copy costs next to nothing, a picture may cost as much as a hundred steps. So many copies are taken, and fewer are drawn: those of the
first steps, some on a log axis, and all others from which the picture before can be told.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import count

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from core.loss.weights import Weights
from core.network.parameters import Vector
from core.training.training import Snapshot

Array = NDArray[np.float64]

FIRST = 32
"""Steps of which each is in the film."""
A_DECADE = 12
"""Steps of each decade that are in the film whatever they change."""
VISIBLE = 0.005
"""The share of the picture's range by which it must have changed, somewhere, to be in the film."""
MOST = 1024
"""Copies that may wait."""
LARGEST = 64_000_000
"""Bytes of all copies that may wait, unless a few are larger."""
_FEW = 16


@dataclass(frozen=True)
class Copy:
    """The weights after a step, (parameters,), with what else is told of that moment; `marked` ones are in the film whatever they show."""

    step: int
    seconds: float
    values: Tensor
    weights: Weights
    end: float
    engine: str
    marked: bool


def spaced(step: int) -> int:
    """The first step after `step` that is in every film: 1, 2, …, then 12 a decade, evenly on a log axis."""
    return next(kept for power in count() if (kept := round(10 ** (power / A_DECADE))) > step)


def change(before: Array, after: Array) -> float:
    """The difference of two pictures, (n, unknowns) each: the largest difference of an unknown over the range that it has in them."""
    if not (np.isfinite(before).all() and np.isfinite(after).all()):
        return 0.0 if np.array_equal(before, after, equal_nan=True) else 1.0
    ranges = np.maximum(np.ptp(before, axis=0), np.ptp(after, axis=0))
    differences = np.abs(after - before).max(axis=0)
    shares = np.divide(differences, ranges, out=np.sign(differences), where=ranges > 0)  # both are flat: all or nothing has changed
    return float(shares.max())


def ranked(changes: Sequence[float]) -> list[int]:
    """The places of some pictures, the one that is missed most first, by how much each changed since the one before it.

    From the last place to the first: of all that are left, the one that is nearest to the one before it. What changed at one that is left
    out counts for the next, so that many small changes are not all at the end.
    """
    places, left, out = list(range(len(changes))), list(changes), []
    while len(places) > 1:
        gone = min(range(len(left) - 1), key=left.__getitem__)
        left[gone + 1] += left[gone]
        out.append(places.pop(gone))
        del left[gone]
    return [*places, *reversed(out)]


class Film:
    """The copies that wait to be drawn, in the order of their steps; goes on after `step`, or begins.

    Where there are too many, half of them are let go, and fewer are taken from then on until most of those that wait have been drawn.
    """

    def __init__(self, step: int) -> None:
        self._waiting: deque[Copy] = deque()
        self._apart = 1
        self._next, self._mark = step, spaced(step) if step else 0

    def marked(self, step: int) -> bool:
        """Tell whether the weights after `step` are in the film whatever they show."""
        return step <= FIRST or step >= self._mark

    def wanted(self, step: int) -> bool:
        """Tell whether the weights after `step` may be in the film."""
        return step >= self._next

    def take(self, snapshot: Snapshot) -> None:
        """Copy the weights of a snapshot."""
        step, objective = snapshot.step, snapshot.objective
        values = Vector.of(snapshot.network).read()
        marked = self.marked(step)
        self._waiting.append(Copy(step, snapshot.seconds, values, objective.weights, objective.end, snapshot.engine, marked))
        self._next = step + self._apart
        if marked:
            self._mark = spaced(step)
        most = max(_FEW, min(MOST, LARGEST // (values.numel() * values.element_size())))
        if len(self._waiting) > most:
            self._waiting = deque(evenly(self._waiting, most // 2))
            self._apart *= 2

    def before(self, step: int) -> Copy | None:
        """The first copy that waits, of a step before `step`; it stays."""
        return self._waiting[0] if self._waiting and self._waiting[0].step < step else None

    def newest(self, step: int) -> Copy | None:
        """The newest copy of a step before `step`; it stays."""
        return next((copy for copy in reversed(self._waiting) if copy.step < step), None)

    def drop(self, leap: int) -> None:
        """Let the first copy go and, of the next `leap` − 1, those before a marked one."""
        self._waiting.popleft()
        while leap > 1 and len(self._waiting) > 1 and not self._waiting[0].marked:
            self._waiting.popleft()
            leap -= 1
        if len(self._waiting) < MOST // 8:
            self._apart = max(1, self._apart // 2)

    def rest(self, end: int) -> list[Copy]:
        """All copies that wait of steps before `end`; none waits any more."""
        found = [copy for copy in self._waiting if copy.step < end]
        self._waiting.clear()
        return found


def evenly(copies: Sequence[Copy], most: int) -> list[Copy]:
    """The marked ones of copies that are more than `most`, and about `most` others: half evenly by step, half evenly by its logarithm."""
    if len(copies) <= most:
        return list(copies)
    steps = np.array([copy.step for copy in copies])
    even, logarithmic = (space(max(steps[0], 1), steps[-1], max(most // 2, 1)) for space in (np.linspace, np.geomspace))
    kept = set(np.searchsorted(steps, np.concatenate([even, logarithmic])).clip(max=len(steps) - 1).tolist())
    return [copy for place, copy in enumerate(copies) if copy.marked or place in kept]
