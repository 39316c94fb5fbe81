"""The resolutions in space and in time raised in turn until the solution changes no more."""

from __future__ import annotations

import math
import time

import numpy as np
from numpy.typing import NDArray

from core.errors import RunError
from core.references.common.refinement import ROUNDING, difference
from core.references.common.solution import WORST, inaccurate
from core.references.lines import defects
from core.references.lines.evolution.exponential import Diverged
from core.references.lines.methods import Method, Task

Array = NDArray[np.float64]
Place = tuple[int, int]
"""How often the resolution was raised, in space and in time."""

GOALS = ((1.0, 1e-9), (2.5, 1e-7), (5.0, 1e-5), (math.inf, 1e-4))
"""(seconds, error): what is good enough, by the processor's time that it took, or by what a better one would take."""
FINEST = 10
"""Times that the resolution in time is raised at most."""
GAIN = 8
"""How much less than the best error one must be to have the error in time measured for it."""
SLOW = 0.05
"""What is left of an error in space, from one resolution to the next, where kinks or corners let it fall as a power of that alone."""
PATIENCE = 3
"""Resolutions that do not halve the error after which rounding, or a kink, must be what is left."""


class Raising:
    """The attempts of one method at one task."""

    def __init__(self, method: Method, task: Task, first: int) -> None:
        """`first` is how often the resolution in space is raised to begin with."""
        self._first = first
        self._method = method
        self._task = task
        self._timeless = all(method.timeless(part) for part in task.parts)
        self._attempts: dict[Place, Array | None] = {}
        self._seconds: dict[Place, float] = {}
        self._in_space: dict[int, float] = {}
        self._in_time: dict[Place, float] = {}
        self._best: tuple[float, Array | None] = (math.inf, None)
        self._kept_at = (first, 0)
        self._begun = time.process_time()
        self._without_gain = 0

    def result(self) -> tuple[Array, float, int]:
        """The values whose error is the least that was found, that error, and at how many other points the equations hold.

        Raises `RunError`.
        """
        place = (self._first, 0)
        try:
            while not self._done(place):
                place = self._next(place)
        except RunError:
            if self._best[0] > WORST:
                raise
        error, values = self._best
        if values is None:
            raise self._unseen() if self._attempts and all(found is not None for found in self._attempts.values()) else self._grows()
        if error > WORST:
            raise inaccurate(error)
        return self._task.gathered(values).copy(), error, self._checked()

    def _checked(self) -> int:
        """The number of points, not chosen by the method, at which the equations hold, where there is time to look."""
        space, along = self._kept_at
        count = self._method.count(self._task, space)
        if count is None or 2 * self._cost(self._kept_at) > self._task.clock.left:
            return 0
        return defects.check(self._method, self._task, count, along)

    def _difference(self, fine: Array, coarse: Array) -> float:
        return difference(self._task.gathered(fine), self._task.gathered(coarse))

    def _done(self, place: Place) -> bool:
        """Measure the errors at a place; whether they are good enough, or nothing better is to be had."""
        if self._attempt(place) is None:
            return sum(values is None for values in self._attempts.values()) >= self._method.failures
        if not self._measure_space(place):
            return True
        if self._timeless:
            self._in_time[place] = 0.0
        if self._in_space.get(place[0], math.inf) <= self._worth_measuring(place):
            self._measure_time(place)
        error = self._kept(place)
        return error <= self._goal(self._cost(self._next(place))) or self._without_gain >= PATIENCE

    def _worth_measuring(self, place: Place) -> float:
        """The error in space from which on that in time at the same place matters, and not only at a coarser one."""
        known = self._known_in_time(place)
        if known is None:
            return math.inf
        return max(self._goal(0.0) / 2, known, min(self._best[0] / GAIN, WORST))

    def _goal(self, more: float) -> float:
        """The error that is good enough once so many more seconds have been spent."""
        spent = time.process_time() - self._begun + more
        return next(error for seconds, error in GOALS if spent <= seconds)

    def _next(self, place: Place) -> Place:
        """The place to go on from: finer where the error is larger."""
        space, along = place
        if self._attempts[place] is None:
            return self._after_failure(place)
        in_space, in_time = self._in_space.get(space), self._known_in_time(place)
        if in_space is None or in_time is None or in_time > in_space:
            return space, along + 1
        return space + 1, along

    def _after_failure(self, place: Place) -> Place:
        """The next place after a failure, as likely in space as in time: twice finer in space, then once in time."""
        space, along = place
        finer = space - self._first < 2 * (along + 1) and self._method.count(self._task, space + 1) is not None
        return (space + 1, along) if finer or along >= FINEST else (space, along + 1)

    def _measure_space(self, place: Place) -> bool:
        """False where no finer resolution is reasonable, or one would take too long and what is there will do."""
        space, along = place
        if space in self._in_space:
            return True
        finer = (space + 1, along)
        if self._method.count(self._task, finer[0]) is None or not self._affordable(finer):
            return False
        values, base = self._attempt(finer), self._attempts[place]
        if values is not None and base is not None:
            self._in_space[space] = self._difference(values, base)
        return True

    def _measure_time(self, place: Place) -> None:
        space, along = place
        if place in self._in_time or along >= FINEST or not self._affordable((space, along + 1)):
            return
        values, base = self._attempt((space, along + 1)), self._attempts[place]
        self._in_time[place] = math.inf if values is None or base is None else self._difference(values, base)

    def _known_in_time(self, place: Place) -> float | None:
        """The error in time at a place, or else at the finest resolution in space where it is known."""
        found = [self._in_time[space, place[1]] for space in range(place[0], -1, -1) if (space, place[1]) in self._in_time]
        return found[0] if found else None

    def _kept(self, place: Place) -> float:
        """The error at a place, with its values kept where they are the best."""
        in_space, in_time = self._trusted(place[0]), self._in_time.get(place, math.inf)
        error = max(in_space + in_time, ROUNDING)
        if error < self._best[0] / 2:
            self._without_gain = 0
        elif math.isfinite(error) and self._best[0] <= WORST:
            self._without_gain += 1
        if error < self._best[0]:
            finer = [(place[0] + 1, place[1]), (place[0], place[1] + 1)]
            values = [self._attempts[item] for item in finer if self._attempts.get(item) is not None]
            self._best, self._kept_at = (error, values[0 if in_space >= in_time else -1]), place
        return error

    def _trusted(self, space: int) -> float:
        """The error in space, no less than its fall so far lets expect: where that is slow, two resolutions may agree by chance."""
        error = self._in_space.get(space, math.inf)
        before, earlier = (self._in_space.get(space - less, 0.0) for less in (1, 2))
        return max(error, before**2 / earlier) if before > SLOW * earlier > 0 else error

    def _affordable(self, place: Place) -> bool:
        """Whether an attempt can end in time; where nothing usable is there yet, it has to try."""
        return self._best[0] > WORST or self._cost(place) < self._task.clock.left

    def _cost(self, place: Place) -> float:
        """The seconds that an attempt would take, or took, by those that were made."""
        dearer = self._method.dearer[len(self._task.places)]
        known = [
            seconds * dearer ** (place[0] - space) * 2.0 ** (place[1] - along)
            for (space, along), seconds in self._seconds.items()
            if space <= place[0] and along <= place[1]
        ]
        return min(known, default=0.0)

    def _attempt(self, place: Place) -> Array | None:
        """The values at a resolution; None where they grow beyond all bounds."""
        if place not in self._attempts:
            count = self._method.count(self._task, place[0])
            begun = self._task.clock.seconds
            if count is None:
                raise inaccurate(self._best[0])
            try:
                values = self._method.values(self._task, count, place[1])
                values[0] = self._task.start
                self._attempts[place] = values
            except Diverged:
                self._attempts[place] = None
            self._seconds[place] = self._task.clock.seconds - begun
        return self._attempts[place]

    def _unseen(self) -> RunError:
        """No finer resolution is reasonable that could confirm the one that sees what is narrow."""
        if not self._task.narrow:
            return inaccurate(math.inf)
        return RunError("reference-narrow", width=f"{min(feature.width for _, feature in self._task.narrow):.1g}")

    def _grows(self) -> RunError:
        item = self._task.evolution.time
        return RunError("reference-grows", time=item.name, low=f"{item.low:g}", high=f"{item.high:g}")
