"""A training's error at moments of its own time: what it takes to look at it does not count."""

from __future__ import annotations

import time
from collections.abc import Callable

import torch._dynamo  # noqa: F401  Adam imports it at its first step, which takes seconds and is no training
from torch import nn

MOMENTS = tuple(2 ** (-quarter / 4) for quarter in range(27, -1, -1))
"""Shares of a row's time, thirteen a decade from a hundredth to all of it; a half and a quarter are among them."""


class Recorder:
    """The relative L2 error at each of `MOMENTS`, of the network that would be kept after the first step beyond it.

    The seconds are the processor's, of all threads of this process, from `start` on.
    """

    def __init__(self, seconds: float, score: Callable[[nn.Module], float]) -> None:
        self.curve: list[tuple[float, float]] = []  # (seconds, error) of each moment
        self.spent = 0.0
        self._moments = [share * seconds for share in MOMENTS]
        self._score, self._begun = score, 0.0

    def start(self) -> None:
        """The training begins, or goes on."""
        self._begun = time.process_time()

    def over(self, network: Callable[[], nn.Module]) -> bool:
        """Note the moments that have passed; whether all have."""
        self.spent += time.process_time() - self._begun
        passed = sum(moment <= self.spent for moment in self._moments) - len(self.curve)
        self._note(network, passed)
        self.start()
        return len(self.curve) == len(self._moments)

    def close(self, network: Callable[[], nn.Module]) -> None:
        """The training has ended by itself: its last error stands for all moments to come."""
        self._note(network, len(self._moments) - len(self.curve))

    def _note(self, network: Callable[[], nn.Module], times: int) -> None:
        if times:
            self.curve += [(self.spent, self._score(network()))] * times
