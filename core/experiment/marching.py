"""Time marching: the points begin in a first window of the time, which grows in steps until it has all of it; the network goes on learning.

C. L. Wight and J. Zhao, "Solving Allen-Cahn and Cahn-Hilliard equations using the adaptive physics informed neural networks", Commun.
Comput. Phys. 29 (2021) 930, time-adaptive approach I. The sequence-to-sequence learning of A. Krishnapriyan et al. 2021 is its relative.
"""

from __future__ import annotations

from collections.abc import Sequence

from core.domain.domain import TIME
from core.errors import InputError
from core.experiment.experiment import Experiment
from core.experiment.phases import Phases
from core.expressions import At, leaves_in
from core.problem.bound import BoundProblem
from core.problem.conditions import BoundCondition
from core.problem.cusps import Cusp
from core.problem.problem import Problem


def phases(experiment: Experiment) -> Phases:
    """The windows, one phase each."""
    return Phases(experiment.windows, experiment.steps, experiment.period)


def high(experiment: Experiment, step: int) -> tuple[float, ...]:
    """The upper corner, (d,), of the box in which the points of a step lie: the problem's, but for the time, which ends with its window."""
    windows = phases(experiment)
    window = windows.at(step)
    if window == windows.last:
        return experiment.bound.high
    share = (window + 1) / windows.count
    return tuple(item.low + share * (item.high - item.low) if item.name == TIME else item.high for item in experiment.bound.coordinates)


def check(problem: Problem, bound: BoundProblem, cusps: Sequence[Cusp]) -> None:
    """Raise `InputError` where a problem has no time, or not all that is given in time is given at its start.

    What is asked for at a cusp counts as given there.
    """
    axis = next((axis for axis, item in enumerate(bound.coordinates) if item.name == TIME), None)
    if axis is None:
        raise InputError("windows-without-time")
    later = next((cusp for cusp in cusps if cusp.coordinate == TIME and cusp.asked), None)
    if later is not None:
        raise InputError("windows-interface", time=f"{later.place:g}")
    low, starts = bound.coordinates[axis].low, False
    for number, (text, condition) in enumerate(zip(problem.conditions, bound.conditions, strict=True), 1):
        for time in _times(condition, axis):
            if time != low:
                raise InputError("windows-later-condition", number=number, text=text, time=f"{time:g}")
            starts = True
    if not starts:
        raise InputError("windows-without-start", time=f"{low:g}")


def _times(condition: BoundCondition, axis: int) -> list[float]:
    """The times at which it evaluates an unknown, in order, where these are fixed."""
    places = [leaf.place[axis] for leaf in leaves_in(condition.residual) if isinstance(leaf, At)]
    return sorted(time for time in places if time is not None)
