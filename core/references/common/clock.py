"""The time that a classical solver may take."""

from __future__ import annotations

import time
from collections.abc import Callable

from core.errors import RunError


class Unwanted(Exception):
    """Nobody waits for the solution any more: no failure of the solver, and no answer."""


class Clock:
    """Runs from when it is made; a solver asks it in every loop. `unwanted` tells whether to give up before the limit."""

    def __init__(self, limit: float, unwanted: Callable[[], bool] = lambda: False) -> None:
        self.limit, self._unwanted = limit, unwanted
        self._begun = time.monotonic()

    @property
    def seconds(self) -> float:
        """The seconds since the clock was made."""
        return time.monotonic() - self._begun

    @property
    def left(self) -> float:
        """Seconds until the limit."""
        return self.limit - self.seconds

    def part(self, seconds: float) -> Clock:
        """A clock for a part of the work, which may take so many seconds of the processor's: so a busy machine does not cut it short.

        It leaves half of the time for what comes after it.
        """
        return _Part(self, seconds)

    def check(self) -> None:
        """Raise `RunError` once the limit is over, and `Unwanted` where the solution is."""
        if self.left < 0:
            raise RunError("reference-too-slow", limit=f"{self.limit:.2g}")
        if self._unwanted():
            raise Unwanted


class _Part(Clock):
    """Runs with the processor's time of this thread, and no longer than half of what is left of the clock that it is a part of."""

    def __init__(self, whole: Clock, limit: float) -> None:
        super().__init__(limit, whole._unwanted)
        self._whole, self._rest = whole, whole.left / 2
        self._begun = time.thread_time()

    @property
    def seconds(self) -> float:
        return time.thread_time() - self._begun

    @property
    def left(self) -> float:
        return min(self.limit - self.seconds, self._whole.left - self._rest)
