"""Where the solution of a boundary-value problem is looked for first."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from core.references.ordinary.pointwise import Conditions
from core.references.ordinary.system import System

Array = NDArray[np.float64]

CONSTANTS = (0.0, 1.0, -1.0, 3.0, -3.0)
HEIGHTS = (3.0, -3.0, 10.0, -10.0, 1.0, -1.0)


def constants(system: System) -> Iterator[Array]:
    """States (n,) of unknowns that are all the same number."""
    for constant in CONSTANTS:
        yield np.array([0.0 if state.by else constant for state in system.states])


def bumps(system: System, x: Array, low: float, high: float) -> Iterator[Array]:
    """The states (n, m) of unknowns that are half a wave of different heights on [low, high]."""
    frequency = math.pi / (high - low)
    turns = np.array([len(state.by) for state in system.states])[:, None]
    wave = frequency**turns * np.sin(frequency * (x - low) + turns * math.pi / 2)
    yield from (height * wave for height in HEIGHTS)


def polynomials(conditions: Conditions, x: Array) -> Array:
    """The states (n, m) of unknowns whose highest derivatives are zero and which meet the conditions, linearised, as well as they can.

    For two given values that is the straight line between them.
    """
    system = conditions.slopes.system
    start = conditions.places[0]
    powers = _powers(system, np.array(conditions.places) - start)  # (places, n, n)
    residuals, slopes = conditions(np.zeros((len(conditions.places), system.size)))
    if not (np.isfinite(residuals).all() and np.isfinite(slopes).all()):
        return np.zeros((system.size, len(x)))
    coefficients = np.linalg.lstsq(np.einsum("cpn,pnk->ck", slopes, powers), -residuals)[0]
    states: Array = np.einsum("mnk,k->nm", _powers(system, x - start), coefficients)
    return states


def _powers(system: System, distance: Array) -> Array:
    """The states (m, n) of each polynomial distance^i/i! below the highest order, (m, n, n)."""
    table = np.zeros((len(distance), system.size, system.size))
    for row, state in enumerate(system.states):
        for column, other in enumerate(system.states):
            power = len(other.by) - len(state.by)
            if other.unknown == state.unknown and power >= 0:
                table[:, row, column] = distance**power / math.factorial(power)
    return table
