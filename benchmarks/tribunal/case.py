"""A problem whose solution is known: what a visitor would type, and the truth about it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

Axes = tuple[Array, ...]
"""A grid's values along each coordinate."""
Formula = Callable[[Axes], Array]
"""A solution: axes → (*shape, unknowns). NaN marks a point that is not judged, as two values are equally right there: a jump."""


class Fate(StrEnum):
    """The reason why a problem has no solution that could be a reference: each is to be said, and nothing claimed."""

    FAMILY = "family"
    NONE = "none"
    ILL_POSED = "ill-posed"


@dataclass(frozen=True)
class Solutions:
    """All known solutions of a problem, one or several.

    `coarser` is the first of them by the same witness at a lower resolution, where it is no closed formula: the distance between both is
    how far the witness may be off.
    """

    formulas: tuple[Formula, ...]
    coarser: Formula | None = None


Truth = Solutions | Fate


@dataclass(frozen=True)
class Case:
    """A [problem] table in the notation that visitors type, and the truth about it."""

    table: Mapping[str, Any]
    truth: Truth


def pointwise(function: Callable[..., Any]) -> Formula:
    """The formula of a function of the coordinates, which gives an array for one unknown and a tuple of arrays for several."""

    def formula(axes: Axes) -> Array:
        mesh = np.meshgrid(*axes, indexing="ij")
        found = function(*mesh)
        columns = found if isinstance(found, tuple) else (found,)
        return np.stack([np.broadcast_to(column, mesh[0].shape) for column in columns], axis=-1)

    return formula


def one(function: Callable[..., Any]) -> Solutions:
    """The truth that `function` of the coordinates is the only solution."""
    return Solutions((pointwise(function),))


def several(*functions: Callable[..., Any]) -> Solutions:
    """The truth that each of `functions` of the coordinates is a solution."""
    return Solutions(tuple(pointwise(function) for function in functions))
