"""The trainings whose steps are counted: a problem of the library, a network of tanh layers, and how many points there are."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import pairwise

Steps = Callable[[int], float]
"""A function that takes so many steps of a training, and gives the loss before the last of them."""
Axes = tuple[int, ...]
"""A derivative by the axes along which it is taken, one after the other; the function itself, where there are none."""

LEARNING_RATE = 1e-3
NU, DELTA, OMEGA = 0.01 / math.pi, 2.0, 20.0
"""The constants of Burgers' equation u_t + u u_x = ν u_xx, and of the oscillator's u_tt + 2δ u_t + ω² u = 0, as in the library."""


@dataclass(frozen=True)
class Condition:
    """A condition: the number of points at which a derivative of the solution is given, and its weight in the loss."""

    points: int
    weight: float
    derivative: Axes = ()


@dataclass(frozen=True)
class Workload:
    """One training; `derivatives` are what its equation is made of, the function itself first."""

    title: str
    problem: str
    depth: int
    width: int
    points: int
    derivatives: tuple[Axes, ...]
    conditions: tuple[Condition, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]
    weight: float = 1.0
    device: str = "cpu"

    @property
    def sizes(self) -> list[int]:
        """The widths of the network's layers, from its inputs to its output."""
        return [len(self.low), *[self.width] * self.depth, 1]

    def tiny(self) -> Workload:
        """A small version of the workload, for tests."""
        conditions = tuple(replace(condition, points=min(condition.points, 8)) for condition in self.conditions)
        return replace(self, width=8, points=32, conditions=conditions)


def _burgers(depth: int, width: int, points: int) -> Workload:
    return Workload(
        title=f"Burgers, {depth} × {width}, {points:,} points",
        problem="burgers",
        depth=depth,
        width=width,
        points=points,
        derivatives=((), (0,), (1,), (0, 0)),
        conditions=(Condition(100, 10.0),) * 3,
        low=(-1.0, 0.0),
        high=(1.0, 1.0),
    )


WORKLOADS = {
    "A": _burgers(4, 32, 2_000),
    "A10": _burgers(4, 32, 10_000),
    "B": _burgers(8, 20, 2_000),
    "B10": _burgers(8, 20, 10_000),
    "O": Workload(
        title="Damped oscillator, 3 × 32, 256 points",
        problem="damped-oscillator",
        depth=3,
        width=32,
        points=256,
        derivatives=((), (0,), (0, 0)),
        conditions=(Condition(1, 1.0), Condition(1, 1e-2, (0,))),
        low=(0.0,),
        high=(1.0,),
        weight=1e-4,
    ),
    "P": Workload(
        title="Poisson on a square, 4 × 64, 4,096 points",
        problem="poisson",
        depth=4,
        width=64,
        points=4_096,
        derivatives=((), (0,), (1,), (0, 0), (1, 1)),
        conditions=(Condition(256, 10.0),),
        low=(0.0, 0.0),
        high=(1.0, 1.0),
    ),
}


def operations(workload: Workload) -> int:
    """Floating-point operations of the products in one step in Taylor mode, forward and backward.

    A layer's product takes 2 · fan_in · fan_out for each point and each derivative that is carried along ("stream"); backward takes it
    twice, for the weights and for what came in. Activations, the loss and the optimiser are not counted. What special cases may save is not
    deducted: second derivatives whose sum alone is wanted can share a stream, and the first layer knows what its derivatives are.
    """
    streams = workload.points * len(workload.derivatives)
    streams += sum(condition.points * (1 + len(condition.derivative)) for condition in workload.conditions)
    return 3 * sum(2 * fan_in * fan_out for fan_in, fan_out in pairwise(workload.sizes)) * streams
