"""The resolutions in space and in time raised in turn until the solution changes no more."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from core.errors import RunError
from core.references.lines.exponential import Diverged
from core.references.lines.methods import Method, Task
from core.references.refinement import ROUNDING, difference

Array = NDArray[np.float64]
Place = tuple[int, int]
"""How often the resolution was raised, in space and in time."""

GOALS = ((1.0, 1e-9), (2.0, 1e-7), (4.0, 1e-5), (math.inf, 1e-4))
"""(seconds, error): what is good enough, by the time that was spent."""
WORST = 1e-3
"""The error of a solution that is better than none."""
FINEST = 10
"""Times that the resolution in time is raised at most."""
PATIENCE = 3
"""Resolutions without a smaller error after which rounding must be what is left."""
DEARER = {"modes": 2.2, "points": 3.4}
"""What an attempt costs beside the one that is coarser in space; half the step costs twice as much."""


class Raising:
    """The attempts of one method at one task."""

    def __init__(self, method: Method, task: Task) -> None:
        self._method = method
        self._task = task
        self._timeless = method.timeless(task)
        self._attempts: dict[Place, Array | None] = {}
        self._seconds: dict[Place, float] = {}
        self._in_space: dict[int, float] = {}
        self._in_time: dict[Place, float] = {}
        self._best: tuple[float, Array | None] = (math.inf, None)
        self._without_gain = 0

    def result(self) -> tuple[Array, float]:
        """The values whose error is the least that was found, and that error; raises `RunError`."""
        place = (0, 0)
        try:
            while not self._done(place):
                place = self._next(place)
        except RunError:
            if self._best[0] > WORST:
                raise
        error, values = self._best
        if values is None:
            raise self._grows()
        if error > WORST:
            raise RunError("reference-inaccurate", error=f"{error:.1e}", limit=f"{WORST:g}")
        return values.copy(), error

    def _done(self, place: Place) -> bool:
        """Measure the errors at a place; whether they are good enough, or nothing better is to be had."""
        if self._attempt(place) is None:
            return place[1] >= FINEST and self._method.count(self._task, place[0] + 1) is None
        if not self._measure_space(place):
            return True
        if self._timeless:
            self._in_time[place] = 0.0
        goal = next(error for seconds, error in GOALS if self._task.clock.seconds <= seconds)
        if self._known_in_time(place) is None or self._in_space.get(place[0], math.inf) <= max(goal / 2, self._known_in_time(place) or 0.0):
            self._measure_time(place)
        error = self._kept(place)
        if error <= goal and place not in self._in_time:
            self._measure_time(place)
            error = self._kept(place)
        return error <= goal or self._without_gain >= PATIENCE

    def _next(self, place: Place) -> Place:
        """The place to go on from: finer where the error is larger."""
        space, time = place
        if self._attempts[place] is None:
            return self._after_failure(place)
        in_space, in_time = self._in_space.get(space), self._known_in_time(place)
        if in_space is None or in_time is None or in_time > in_space:
            return space, time + 1
        return space + 1, time

    def _after_failure(self, place: Place) -> Place:
        """Too coarse in space as likely as in time: twice finer there, then once here."""
        space, time = place
        finer = space < 2 * (time + 1) and self._method.count(self._task, space + 1) is not None
        return (space + 1, time) if finer or time >= FINEST else (space, time + 1)

    def _measure_space(self, place: Place) -> bool:
        """False where no finer resolution is reasonable, or one would take too long and what is there will do."""
        space, time = place
        if space in self._in_space:
            return True
        finer = (space + 1, time)
        if self._method.count(self._task, finer[0]) is None or not self._affordable(finer):
            return False
        values, base = self._attempt(finer), self._attempts[place]
        if values is not None and base is not None:
            self._in_space[space] = difference(values, base)
        return True

    def _measure_time(self, place: Place) -> None:
        space, time = place
        if place in self._in_time or time >= FINEST or not self._affordable((space, time + 1)):
            return
        values, base = self._attempt((space, time + 1)), self._attempts[place]
        self._in_time[place] = math.inf if values is None or base is None else difference(values, base)

    def _known_in_time(self, place: Place) -> float | None:
        """The error in time at a place, or else at the finest resolution in space where it is known."""
        found = [self._in_time[space, place[1]] for space in range(place[0], -1, -1) if (space, place[1]) in self._in_time]
        return found[0] if found else None

    def _kept(self, place: Place) -> float:
        """The error at a place, with its values kept where they are the best."""
        in_space, in_time = self._in_space.get(place[0], math.inf), self._known_in_time(place)
        error = max(in_space + (math.inf if in_time is None else in_time), ROUNDING)
        if error <= self._best[0]:
            finer = [(place[0] + 1, place[1]), (place[0], place[1] + 1)]
            values = [self._attempts[item] for item in finer if self._attempts.get(item) is not None]
            self._best = (error, values[0 if in_space >= (in_time or 0.0) else -1])
            self._without_gain = 0
        elif math.isfinite(self._best[0]):
            self._without_gain += 1
        return error

    def _affordable(self, place: Place) -> bool:
        """Whether an attempt can end in time; where nothing usable is there yet, it has to try."""
        space, time = place
        dearer = DEARER[self._method.kind]
        known = [self._seconds[a, b] * dearer ** (space - a) * 2.0 ** (time - b) for a, b in self._seconds if a <= space and b <= time]
        return self._best[0] > WORST or min(known, default=0.0) < self._task.clock.left

    def _attempt(self, place: Place) -> Array | None:
        """The values at a resolution; None where they grow beyond all bounds."""
        if place not in self._attempts:
            count = self._method.count(self._task, place[0])
            begun = self._task.clock.seconds
            if count is None:
                raise RunError("reference-inaccurate", error=f"{self._best[0]:.1e}", limit=f"{WORST:g}")
            try:
                self._attempts[place] = self._method.attempt(self._task, count, place[1])
            except Diverged:
                self._attempts[place] = None
            self._seconds[place] = self._task.clock.seconds - begun
        return self._attempts[place]

    def _grows(self) -> RunError:
        time = self._task.evolution.time
        return RunError("reference-grows", time=time.name, low=f"{time.low:g}", high=f"{time.high:g}")
