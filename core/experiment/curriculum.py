"""A curriculum: the loss goes from an easier one to its own while the network learns.

A parameter of the problem goes from an easier value to its own: A. Krishnapriyan et al., "Characterizing possible failure modes in
physics-informed neural networks", NeurIPS 2021, section 5. Or the measurements count first: the network takes their shape, and the
equations, which weigh more and more, find in it the constants that they lack. With both at once from the start, the equations would bend
the network to the guess of the constants.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

from core.errors import InputError, TangenteError
from core.experiment.experiment import Experiment
from core.experiment.phases import Phases
from core.files import tables
from core.problem.cusps import Cusp
from core.problem.problem import Problem
from core.ranges import DATA_FIRST, NO_CURRICULUM, Curriculum, Real, nearest

JUMPS = 8
"""The number of jumps from the first value to the parameter's own."""
LIGHT = 1e-4
"""What the weights of the equations are multiplied by where measurements come first."""
RATIO = 10
"""Values further apart than this, and of one sign, are gone through evenly on a log scale."""


def phases(experiment: Experiment) -> Phases:
    """The values, one phase each."""
    return Phases(1 if experiment.curriculum == NO_CURRICULUM else JUMPS + 1, experiment.steps, experiment.period)


def usual(problem: Problem) -> tuple[str, ...]:
    """Curricula that are worth offering: none, the data first if there are any, and each parameter from either end of its range."""
    first = () if problem.data is None else (DATA_FIRST,)
    return (NO_CURRICULUM, *first, *(Curriculum.written(item.name, end) for item in problem.parameters for end in (item.low, item.high)))


def value(first: float, own: float, phase: int) -> float:
    """The parameter's value in a phase, from `first` in phase 0 to its `own` in phase `JUMPS`."""
    share = phase / JUMPS
    if phase == JUMPS:
        return own
    if first * own > 0 and abs(math.log(own / first)) > math.log(RATIO):
        return first * math.exp(share * math.log(own / first))
    return first + share * (own - first)


def at(experiment: Experiment, step: int) -> Experiment:
    """The experiment whose loss a step, from 0, minimises: itself, or the same with the parameter's value of the moment."""
    phase = phases(experiment).at(step)
    return experiment if phase == phases(experiment).last else _in_phase(experiment, phase)


def _in_phase(experiment: Experiment, phase: int) -> Experiment:
    if experiment.curriculum == DATA_FIRST:
        return replace(experiment, weights=_lighter(experiment.weights, phase), curriculum=NO_CURRICULUM)
    name, first = Curriculum.read(experiment.curriculum)
    values = tuple((known, value(first, own, phase) if known == name else own) for known, own in experiment.values)
    return replace(experiment, values=values, curriculum=NO_CURRICULUM)


def _lighter(weights: tuple[tuple[str, float], ...], phase: int) -> tuple[tuple[str, float], ...]:
    """The weights of the loss terms in a phase in which the equations do not count in full yet."""
    factor = value(LIGHT, 1.0, phase)
    return tuple((term, factor * weight if term.startswith("equation-") else weight) for term, weight in weights)


def check(experiment: Experiment) -> None:
    """Raise `InputError` where the problem lacks the parameter or has no meaning on the way, or where the trial function changes there.

    Also where measurements are to come first and there are none.
    """
    if experiment.curriculum == DATA_FIRST and experiment.problem.data is None:
        raise InputError("curriculum-without-data")
    if experiment.curriculum in (NO_CURRICULUM, DATA_FIRST):
        return
    name, first = Curriculum.read(experiment.curriculum)
    _check_name(experiment.problem, name)
    limits = next(item for item in experiment.problem.parameters if item.name == name)
    Real(limits.low, limits.high).check(name, first)
    for phase in range(JUMPS):
        _check_phase(experiment, _in_phase(experiment, phase), name)


def _check_name(problem: Problem, name: str) -> None:
    known = [item.name for item in problem.parameters]
    if name not in known:
        near = nearest(name, known)
        code = "unknown-parameter-near" if near else "unknown-parameter" if known else "no-parameters"
        raise InputError(code, name=tables.shown(name), near=near, known=", ".join(known))


def _check_phase(asked: Experiment, easier: Experiment, name: str) -> None:
    here = f"{dict(easier.values)[name]:g}"
    try:
        _ = easier.bound
        trial = easier.trial
        cusps = easier.cusps
    except TangenteError as error:
        raise InputError("curriculum-impossible", name=name, value=here, reason=error.message) from None
    if trial != asked.trial:
        raise InputError("curriculum-in-trial", name=name)
    if not _same(cusps, asked.cusps):
        raise InputError("curriculum-moves-cusps", name=name)


def _same(some: Sequence[Cusp], others: Sequence[Cusp]) -> bool:
    """Whether cusps are at the same places, and ask for as much there."""
    first, second = ([(cusp.coordinate, cusp.place, cusp.jumps, len(cusp.asked)) for cusp in cusps] for cusps in (some, others))
    return first == second
