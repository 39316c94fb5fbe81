"""How much of a run's time may go into what is not training."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager


class Timer:
    """Says when something is due again."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._next = clock()

    @property
    def due(self) -> bool:
        return self._clock() >= self._next

    @property
    def set(self) -> bool:
        """Whether something will be due again."""
        return self._next < math.inf

    def wait(self, seconds: float) -> None:
        """Put off what is due until `seconds` from now; for good, where they are infinite."""
        self._next = self._clock() + seconds


class Share:
    """A share of the time since it was made, to be spent from `first` seconds on; of what is not, at most `most` seconds are saved."""

    def __init__(self, share: float, first: float, most: float, clock: Callable[[], float] = time.perf_counter) -> None:
        self._share, self._first, self._most, self._clock = share, first, most, clock
        self._begun, self._spent = clock(), 0.0

    @property
    def left(self) -> bool:
        """Whether there is time to spend; what is then begun may take longer, and is made up for by a longer wait."""
        elapsed = self._clock() - self._begun
        return elapsed >= self._first and self._spent < self._share * elapsed

    @contextmanager
    def spending(self) -> Iterator[None]:
        """Count the time that passes inside."""
        begun = self._clock()
        self._spent = max(self._spent, self._share * (begun - self._begun) - self._most)
        try:
            yield
        finally:
            self._spent += self._clock() - begun
