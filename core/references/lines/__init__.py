"""Evolution equations by the method of lines: spectral in space, exponential or SciPy's integrators in time.

The resolution in space and that in time are raised in turn, whichever makes the larger difference, until none does any more. The sum of
both differences is the error that is reported.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from core.domain import TIME
from core.errors import RunError, TangenteError
from core.references import pieces
from core.references.clock import Clock
from core.references.lines import backwards, counting
from core.references.lines.evolution import read
from core.references.lines.methods import METHODS, Task
from core.references.lines.raising import Raising
from core.references.pieces import Folded
from core.references.solution import Evidence, Solution

if TYPE_CHECKING:
    from core.problem import BoundProblem

Array = NDArray[np.float64]


def solve(problem: BoundProblem, axes: tuple[Array, ...], clock: Clock) -> Solution:
    """The solution on the grid, (*shape, unknowns), and its estimated relative error.

    Raises `InputError` for another kind of problem, `RunError` where the solution ends inside the domain or takes too long.
    """
    turned = backwards.given_at_the_end(problem)
    problem = backwards.turned(problem) if turned else problem
    along = next((axis for axis, item in enumerate(problem.coordinates) if item.name == TIME), 0)
    folded = Folded(problem, pieces.cuts(problem.equations, [item for item in problem.coordinates if item.name != TIME]))
    evolution = read(folded.problem)
    counting.check(evolution)
    points = folded.points(axes)

    def gathered(values: Array) -> Array:
        """Values of the cells, (times, *space, unknowns), on the grid that is asked for."""
        return np.moveaxis(folded.gathered(np.moveaxis(values, 0, along), axes), along, 0) if folded.pieces else values

    task = Task(evolution, points[along], points[:along] + points[along + 1 :], clock, gathered)
    values, error = _solved(task)
    return Solution(np.moveaxis(values[::-1] if turned else values, 0, along), error, Evidence(second="finer"))


def _solved(task: Task) -> tuple[Array, float]:
    failed: TangenteError | None = None
    for method in METHODS:
        if not method.suits(task):
            continue
        try:
            return Raising(method, task).result()
        except RunError as error:
            failed = error
    assert failed is not None
    raise failed
