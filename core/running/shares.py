"""Shares of a run's time that may go into what is not training."""

from __future__ import annotations

import time
from collections.abc import Callable
from types import TracebackType


class Timer:
    """Says when something is due again."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._next = clock()

    @property
    def due(self) -> bool:
        return self._clock() >= self._next

    def wait(self, seconds: float) -> None:
        """Put off what is due until `seconds` from now."""
        self._next = self._clock() + seconds


class Share:
    """A share of the time since it was made, with `credit` seconds more; as a context it counts the time that passes inside as spent.

    It is to be spent from `first` seconds on; of what is not spent, `saved` seconds stay at most.
    """

    def __init__(
        self, share: float, *, first: float = 0.0, credit: float = 0.0, saved: float = 0.05, clock: Callable[[], float] = time.perf_counter
    ) -> None:
        self._share, self._first, self._saved, self._clock = share, first, max(saved, credit), clock
        self._begun = self._entered = clock()
        self._spent = -credit

    @property
    def left(self) -> bool:
        """Tell whether there is time to spend; what is then begun may take longer, and is made up for by a longer wait."""
        elapsed = self._clock() - self._begun
        return elapsed >= self._first and self._spent < self._share * elapsed

    def __enter__(self) -> None:
        self._entered = self._clock()
        self._spent = max(self._spent, self._share * (self._entered - self._begun) - self._saved)

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._spent += self._clock() - self._entered
