"""Classical solutions of a bound problem, for scoring and display only: nothing that trains may see them.

A method is a module with a function `solve(problem, axes, clock)` that returns a `Solution` on the grid of `axes`. It raises `InputError`,
before any work, for a problem that is not of its kind, and `RunError` where it fails. Modules are imported when first needed: most load
SciPy.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from importlib import import_module

import numpy as np
from numpy.typing import NDArray

from core.domain import grids
from core.domain.domain import TIME
from core.errors import InputError, RunError, TangenteError
from core.problem.bound import BoundProblem
from core.references.common.clock import Clock
from core.references.common.solution import WORST, Evidence, inaccurate

Array = NDArray[np.float64]

LIMIT = 20.0
"""Seconds that a method may take."""
SHARE = 0.6
"""The part of the time left that a method may take before others are tried."""
MODULES = {
    "exact": "exact",
    "cole-hopf": "cole_hopf",
    "characteristics": "characteristics",
    "initial-value": "ordinary.initial_value",
    "boundary-value": "ordinary.boundary_value",
    "lines": "lines",
    "collocation": "collocation",
}
"""Where each of `statement.METHODS` lies; loaded when it is first tried."""
VERDICTS = frozenset(
    {
        "reference-backward",
        "reference-branch-lost",
        "reference-contradiction",
        "reference-double",
        "reference-family",
        "reference-family-added",
        "reference-family-curved",
        "reference-feeds-itself",
        "reference-ill-posed",
        "reference-leaves",
        "reference-open",
        "reference-parts",
        "reference-undetermined",
    }
)
"""Codes of errors that say how many solutions a problem has, or that none can be computed: no other method may find one all the same."""
OUTFLOW = "reference-outflow"
"""Code of the error that says more than `reference-open` of the same problem."""
AT_ONCE = ("exact", "cole-hopf", "characteristics")
"""Methods that take milliseconds and no SciPy, so that a page may wait for them."""


@dataclass(frozen=True)
class Reference:
    """A classical solution on the grid `grids.FULL`, or on that of given axes: `values` (*shape, unknowns).

    `error` is its own estimate of its relative L2 error, the largest over the unknowns (0.0: exact to rounding), and `evidence` says what
    it rests on; `seconds` is what solving took. `others` are further solutions of a problem that has several, (*shape, unknowns) each.
    """

    method: str
    values: Array
    error: float
    seconds: float
    evidence: Evidence = field(default_factory=Evidence)
    others: tuple[Array, ...] = ()

    @property
    def solutions(self) -> tuple[Array, ...]:
        """All solutions, `values` first."""
        return (self.values, *self.others)

    def nearest(self, others: Array) -> int:
        """Which of `solutions` is nearest to values of the same shape: in mean squares, beside each unknown's size, over all unknowns."""
        across = tuple(range(others.ndim - 1))
        size = np.max([np.mean(values**2, axis=across) for values in self.solutions], axis=0)  # (unknowns,)
        scale = np.where(size > 0, size, 1.0)
        return int(np.argmin([np.sum(np.mean((others - values) ** 2, axis=across) / scale) for values in self.solutions]))


def solve(
    problem: BoundProblem,
    reference: str,
    limit: float = LIMIT,
    unwanted: Callable[[], bool] = lambda: False,
    axes: tuple[Array, ...] | None = None,
) -> Reference:
    """The reference solution by the method `reference`, or, for `auto`, by the first that fits and succeeds.

    It is wanted on the grid of `axes`, rising from end to end of each coordinate, or of `grids.FULL`.

    Raises `InputError` where none fits, or the named one does not, and for `none`; `RunError` where those that fit fail; `Unwanted` once
    `unwanted` says so, which is asked often.
    """
    if reference == "none":
        raise InputError("reference-off")
    if not problem.equations and not problem.exact:
        raise InputError("reference-of-data")
    clock = Clock(limit, unwanted)
    axes = axes or grids.axes(problem.coordinates, grids.FULL)
    if reference != "auto":
        return _by(reference, problem, axes, clock)
    refused: list[TangenteError] = []
    *others, last = candidates(problem)
    for method in (*others, last):
        try:
            return _by(method, problem, axes, clock if method == last else Clock(SHARE * clock.left, unwanted))
        except TangenteError as error:
            if error.code in VERDICTS:
                if error.code == "reference-open" and any(earlier.code == OUTFLOW for earlier in refused):
                    break  # the same, said less well
                raise
            refused.append(error)
    failed = [error for error in refused if isinstance(error, RunError) or error.code == OUTFLOW]
    if len(problem.coordinates) == 1 and len(failed) > 1 and failed[0].code == "reference-too-slow":
        del failed[0]  # collocation had no time to tell, and the other method did
    raise failed[0] if failed else refused[-1]  # the first that fits says best what is the matter


def candidates(problem: BoundProblem) -> tuple[str, ...]:
    """The methods that `auto` tries, in their order."""
    stated = ("exact",) if problem.exact else ()
    if len(problem.coordinates) == 1:
        return (*stated, "initial-value", "collocation", "boundary-value")
    if any(item.name == TIME for item in problem.coordinates):
        return (*stated, "cole-hopf", "characteristics", "lines", "collocation")
    return (*stated, "collocation")


def _by(method: str, problem: BoundProblem, axes: tuple[Array, ...], clock: Clock) -> Reference:
    begun = clock.seconds
    module = import_module(f"core.references.{MODULES[method]}")
    found = module.solve(problem, axes, clock)
    if not all(np.isfinite(values).all() for values in (found.values, *found.others)):
        raise InputError("reference-not-finite")
    if not found.error <= WORST:
        raise inaccurate(found.error)
    return Reference(method, found.values, float(found.error), clock.seconds - begun, found.evidence, found.others)
