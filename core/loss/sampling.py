"""Collocation points: where the equations and the conditions are asked to hold.

Every draw is a function of the seed, what it is for and the step alone, so that a resumed run draws what an uninterrupted one would have,
and looking at a run draws nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache

import numpy as np
import torch
from numpy.typing import NDArray
from torch.quasirandom import SobolEngine

from core.data.measured import generator as generator

_BITS = 30  # of torch's Sobol sequence

Array = NDArray[np.float64]
Edge = tuple[float | None, ...]


def uniform(n: int, d: int, generator: np.random.Generator) -> Array:
    """Independent points in [0, 1)ᵈ, (n, d)."""
    return generator.random((n, d))


def latin_hypercube(n: int, d: int, generator: np.random.Generator) -> Array:
    """(n, d) points in [0, 1)ᵈ, one in each of n slices along each axis (McKay, Beckman and Conover 1979)."""
    cells = generator.permuted(np.tile(np.arange(n)[:, None], (1, d)), axis=0)
    points: Array = (cells + generator.random((n, d))) / n
    return points


def sobol(n: int, d: int, generator: np.random.Generator) -> Array:
    """The first n points of a Sobol sequence in [0, 1)ᵈ, (n, d), under a random digital shift.

    Sobol 1967; direction numbers of Joe and Kuo 2008; the shift, which keeps the sequence's evenness, as in L'Ecuyer and Lemieux 2002.
    Unlike a scramble it costs next to nothing, so that points may be drawn anew at every step.
    """
    shift = generator.integers(1 << _BITS, size=d)
    points: Array = ((_sobol(n, d) ^ shift) + 0.5) / (1 << _BITS)
    return points


@lru_cache
def _sobol(n: int, d: int) -> NDArray[np.int64]:
    """The sequence's digits as integers, (n, d)."""
    return (SobolEngine(d).draw(n, dtype=torch.float64) * (1 << _BITS)).long().numpy()


SAMPLINGS: dict[str, Callable[[int, int, np.random.Generator], Array]] = {
    "uniform": uniform,
    "latin-hypercube": latin_hypercube,
    "sobol": sobol,
}


def in_box(method: str, n: int, low: Sequence[float], high: Sequence[float], random: np.random.Generator) -> Array:
    """Points in the box [low, high], (n, d)."""
    below, above = np.asarray(low, dtype=np.float64), np.asarray(high, dtype=np.float64)
    return below + (above - below) * SAMPLINGS[method](n, len(below), random)


def on_edges(method: str, n: int, edges: Sequence[Edge], low: Sequence[float], high: Sequence[float], random: np.random.Generator) -> Array:
    """Points on the edges of a box, (m, d): n in all, shared between edges that have an extent; one on each that is a single point.

    Every edge gets at least one point, so m exceeds n where there are more edges than points.
    """
    share = max(1, n // len(edges))
    return np.concatenate([_on_edge(method, share, edge, low, high, random) for edge in edges])


def _on_edge(method: str, n: int, edge: Edge, low: Sequence[float], high: Sequence[float], random: np.random.Generator) -> Array:
    free = [axis for axis, value in enumerate(edge) if value is None]
    points = np.tile(np.array([0.0 if value is None else value for value in edge]), (n if free else 1, 1))
    if free:
        points[:, free] = in_box(method, n, [low[axis] for axis in free], [high[axis] for axis in free], random)
    return points
