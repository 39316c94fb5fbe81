"""Classical solutions of a bound problem, for scoring and display only: nothing that trains may see them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from core.errors import InputError
from core.references import cole_hopf, exact

if TYPE_CHECKING:
    from core.problem import BoundProblem

Array = NDArray[np.float64]

METHODS: dict[str, Callable[[BoundProblem, Array], Array]] = {
    "exact": exact.solve,
    "cole-hopf": cole_hopf.solve,
}
"""In the order in which `auto` tries them. A method raises `InputError` for a problem that it cannot solve."""


def solve(problem: BoundProblem, reference: str, points: Array) -> Array | None:
    """The reference solution at points (n, d), (n, unknowns).

    `reference` names a method, or is `auto` (the first that fits; None where none does) or `none` (None). Raises `InputError` where the
    named method cannot solve the problem.
    """
    if reference == "none":
        return None
    if reference != "auto":
        return METHODS[reference](problem, points)
    for method in METHODS.values():
        try:
            return method(problem, points)
        except InputError:
            continue
    return None
