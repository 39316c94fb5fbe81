"""The several solutions that leave one start: conditions that several states meet, equations that several slopes meet.

A right-hand side without a finite slope in the unknowns, as that of u' = √u at u = 0, lets infinitely many solutions leave (Hairer, Nørsett
and Wanner 1993, section I.6); they show as states that a tiny change of the start moves far.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray

from core.errors import InputError, RunError
from core.references.common.refinement import difference
from core.references.ordinary.pointwise import Conditions
from core.references.ordinary.roots import root_near, roots
from core.references.ordinary.slopes import Slopes

Array = NDArray[np.float64]

TINY = 1e-10
"""A change of the start, relative to the size of the state or to one."""
STEEP = 1e6
"""A slope of the right-hand side that may be infinite but for rounding."""
FAR = 1e-3
"""A change of the solution that is none of one so small."""


def branches(conditions: Conditions) -> Iterator[tuple[Array, Array]]:
    """The states, (n,), at the one point where all conditions lie, each with one of the highest derivatives, (k,), that it allows.

    Raises `InputError` where no state meets the conditions, or the equations have no slope at one.
    """
    for state in starting_states(conditions):
        for root in conditions.slopes.roots(conditions.places[0], state):
            yield state, root


def starting_states(conditions: Conditions) -> list[Array]:
    """The states, (n,), that meet the conditions at the one point where they lie; raises `InputError` where none does."""

    def equations(state: Array) -> tuple[Array, Array]:
        residuals, along = conditions(state[None])
        return residuals, along[:, 0]

    size = conditions.slopes.system.size
    only = root_near(equations, np.zeros(size)) if conditions.affine else None
    found = [only] if only is not None else [] if conditions.affine else roots(equations, size)
    if not found:
        raise InputError("reference-no-start")
    return found


def check_start(slopes: Slopes, start: float, state: Array, followed: Callable[[Array], Array]) -> None:
    """Raise `RunError` where more than one solution leaves the state (n,).

    `followed` gives the unknowns, (points, unknowns), from a state on.
    """
    along = slopes.jacobian(np.array([start]), state[:, None])
    if not np.isfinite(slopes(start, state)).all() or (np.isfinite(along).all() and np.abs(along).max(initial=0.0) < STEEP):
        return
    if not slopes.system.affine or _parts(state, followed):  # of equations of a higher degree, two slopes have become one
        raise RunError("reference-leaves", place=f"{slopes.system.coordinate} = {start:g}")


def _parts(state: Array, followed: Callable[[Array], Array]) -> bool:
    """Whether a tiny change of a state moves the solution far."""
    known = followed(state)
    for change in (TINY, -TINY):
        for row in np.eye(len(state)):
            try:
                moved = followed(state + change * np.maximum(np.abs(state), 1.0) * row)
            except RunError:  # there is no solution on that side
                continue
            if difference(moved, known) > FAR:
                return True
    return False
