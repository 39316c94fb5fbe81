"""Where the collocation points go while the network learns: rules that follow the residual.

Each is given the points of before, (n, d), fresh ones, (m, d), how large the residual is at either, (n,) and (m,), the number of points
that were asked for, and random numbers; it gives the points from now on, (k, d).
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Rule = Callable[[Array, Array, Array, Array, int, np.random.Generator], Array]

POOL = 10
"""Fresh points for each one that is asked for."""
MOST = 2
"""The factor up to which `add` may raise the number of points that were asked for."""
SHARE = 10
"""`add` adds this part of them at a time."""


def adapt(points: Array, fresh: Array, at_points: Array, at_fresh: Array, n: int, random: np.random.Generator) -> Array:
    """Points all anew, with a density that follows the residual: RAD with k = c = 1.

    C. Wu et al., "A comprehensive study of non-adaptive and residual-based adaptive sampling for physics-informed neural networks", Comput.
    Methods Appl. Mech. Eng. 403 (2023) 115671, equation 2.
    """
    density = at_fresh + at_fresh.mean() if at_fresh.any() else np.ones_like(at_fresh)
    return fresh[random.choice(len(fresh), n, replace=False, p=density / density.sum())]


def add(points: Array, fresh: Array, at_points: Array, at_fresh: Array, n: int, random: np.random.Generator) -> Array:
    """The fresh points of the largest residuals join the others: RAR-G (Lu et al. 2021, DeepXDE, procedure 2.2), up to twice as many."""
    room = min(max(1, n // SHARE), MOST * n - len(points))
    return np.concatenate([points, fresh[np.argsort(at_fresh, kind="stable")[len(fresh) - max(0, room) :]]])


def retain(points: Array, fresh: Array, at_points: Array, at_fresh: Array, n: int, random: np.random.Generator) -> Array:
    """Points where the residual is above its mean stay, the others are drawn anew: R3.

    A. Daw et al., "Mitigating propagation failures in physics-informed neural networks using retain-resample-release sampling", ICML 2023.
    """
    kept = points[at_points > at_points.mean()]
    return np.concatenate([kept, fresh[: n - len(kept)]])


RULES: dict[str, Rule] = {"adapt": adapt, "add": add, "retain": retain}
