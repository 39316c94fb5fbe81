"""How far a solution is from a coarser one: what a method that refines knows of its error."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

ROUNDING = 1e-15
"""The least that is reported: no two solutions in float64 agree better for a reason."""


def difference(fine: Array, coarse: Array) -> float:
    """The relative L2 difference of values (*shape, unknowns) on a grid, the largest over the unknowns; absolute where one vanishes."""
    across = tuple(range(fine.ndim - 1))
    size = np.sqrt(np.mean(fine**2, axis=across))
    distance = np.sqrt(np.mean((fine - coarse) ** 2, axis=across))
    return float(np.max(distance / np.where(size > 0, size, 1.0), initial=ROUNDING))
