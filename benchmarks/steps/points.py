"""Where equation and conditions are asked to hold: the same points for all who let one choose them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from benchmarks.steps.workloads import Workload

Array = NDArray[np.float32]


@dataclass(frozen=True)
class Points:
    """The points inside, (n, d), and those of each condition, (m, d)."""

    interior: Array
    edges: tuple[Array, ...]


def draw(workload: Workload) -> Points:
    """Points that are spread at random, always the same."""
    random = np.random.default_rng(0)
    low, high = np.array(workload.low), np.array(workload.high)

    def inside(count: int) -> NDArray[np.float64]:
        spread: NDArray[np.float64] = low + (high - low) * random.random((count, len(low)))
        return spread

    edges = []
    for condition, sides in zip(workload.conditions, SIDES[workload.problem], strict=True):
        parts = np.array_split(inside(condition.points), len(sides))
        for part, (axis, value) in zip(parts, sides, strict=True):
            part[:, axis] = value
        edges.append(np.concatenate(parts).astype(np.float32))
    return Points(inside(workload.points).astype(np.float32), tuple(edges))


SIDES: dict[str, Sequence[Sequence[tuple[int, float]]]] = {
    "burgers": [[(1, 0.0)], [(0, -1.0)], [(0, 1.0)]],
    "damped-oscillator": [[(0, 0.0)], [(0, 0.0)]],
    "poisson": [[(0, 0.0), (0, 1.0), (1, 0.0), (1, 1.0)]],
}
"""The sides that share a condition's points, for each condition of a problem: what the coordinate of an axis is there."""
