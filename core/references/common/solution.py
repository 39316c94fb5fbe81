"""What a classical method gives: values on a grid, how far they may be off, and what that claim rests on."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.errors import N_, RunError

Array = NDArray[np.float64]

SECONDS = ("", "formula", "finer", "other")
"""What a solution was compared with: nothing, a formula, the same method with finer steps or more modes, another method."""
BOTH = {
    "formula": N_("checked at {points} points that it did not choose, and against a formula"),
    "finer": N_("checked at {points} points that it did not choose, and with a finer solution"),
    "other": N_("checked at {points} points that it did not choose, and by another method"),
}
ALONE = {"finer": N_("checked with a finer solution"), "other": N_("checked by another method")}

WORST = 1e-3
"""The largest estimated relative error of a reference; a coarser one would judge nothing."""


@dataclass(frozen=True)
class Evidence:
    """What a claimed error rests on.

    `points` is how many points the equations and conditions were checked at, none of them chosen by the method (0: not checked so), and
    `second`, one of `SECONDS`, is what the solution was compared with.
    """

    points: int = 0
    second: str = ""

    @property
    def message(self) -> str:
        """The sentence that says what the error rests on, with a place for the number of points; empty where nothing does."""
        if self.points:
            return BOTH.get(self.second, N_("checked at {points} points that it did not choose"))
        return ALONE.get(self.second, "")


@dataclass(frozen=True)
class Solution:
    """Values on a grid, (*shape, unknowns), with their estimated relative L2 error, the largest over the unknowns.

    `others` are further solutions of the same problem, (*shape, unknowns) each, where it has several; `values` is then the first of them.
    """

    values: Array
    error: float
    evidence: Evidence = Evidence()
    others: tuple[Array, ...] = ()


def inaccurate(error: float) -> RunError:
    """Why a solution of so large an estimated error is none that could judge."""
    if not math.isfinite(error):
        return RunError("reference-unconfirmed")
    return RunError("reference-inaccurate", error=f"{error:.1e}", limit=f"{WORST:g}")
