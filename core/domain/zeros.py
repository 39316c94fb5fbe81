"""Zeros and extremes of many functions of one number at once, each between two places, to the last digit."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Functions = Callable[[Array], Array]
"""The values (n,) of n functions, each at its own place (n,)."""
HALVINGS = 60
"""Steps that narrow a place down to the last digit."""


def crossing(functions: Functions, low: Array, high: Array) -> Array:
    """The places (n,) at which functions change their signs, which differ at the ends (n,) of each stretch, by bisection."""
    signs = np.sign(functions(low))
    for _ in range(HALVINGS if len(low) else 0):
        middle = (low + high) / 2
        same = np.sign(functions(middle)) == signs
        low, high = np.where(same, middle, low), np.where(same, high, middle)
    return (low + high) / 2


def lowest(functions: Functions, low: Array, high: Array) -> Array:
    """The places (n,) at which functions are smallest, each on a stretch on which it falls and then rises, by thirds."""
    for _ in range(HALVINGS if len(low) else 0):
        one, other = low + (high - low) / 3, high - (high - low) / 3
        falls = functions(one) > functions(other)
        low, high = np.where(falls, one, low), np.where(falls, high, other)
    return (low + high) / 2
