"""The measurements that an experiment's network follows: those that its problem states, or those that are made from the solution."""

from __future__ import annotations

from functools import lru_cache

from core import references
from core.domain import grids
from core.errors import RunError, TangenteError
from core.experiment.experiment import Experiment
from core.problem.binding import bind
from core.problem.data import Measurements
from core.problem.made import Made
from core.problem.problem import Problem, Values


def of(experiment: Experiment) -> Measurements:
    """The measurements; raises `RunError` where they are to be made from a solution that cannot be had."""
    data = experiment.problem.data
    assert data is not None
    return _made(experiment.problem, data, experiment.values) if isinstance(data, Made) else data


@lru_cache(maxsize=16)
def _made(problem: Problem, made: Made, values: Values) -> Measurements:
    bound = bind(problem, dict(values))
    try:
        reference = references.solve(bound, problem.reference)
    except TangenteError as error:
        raise RunError("data-without-solution", reason=str(error)) from error
    return made.measured(reference.values, grids.axes(bound.coordinates, grids.FULL), bound.unknowns)
