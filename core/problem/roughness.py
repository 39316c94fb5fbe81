"""Conditions whose data no trial function should carry on: they jump, have a kink or an infinite slope, or do so across a period.

A trial function (`core/problem/hard_constraints.py`) carries what a condition gives on a face through the whole domain, and a kink with it.
No smooth network can take that away again, and the points beside it do not see it: the loss falls to nothing at a function that is no
solution. The solution itself is smooth, or moves its kinks elsewhere."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from itertools import combinations

from core.domain.domain import Interval
from core.domain.kinks import FAINT, Kink, derivatives, kink
from core.errors import InputError, TangenteError
from core.expressions import At, leaves_in, replace, restrict
from core.expressions.algebra import ZERO
from core.problem.bound import BoundProblem
from core.problem.bound import derivatives as derivatives_in
from core.problem.conditions import BoundCondition
from core.problem.traces import Period, Trace, gap, largest, named, read


def check(problem: BoundProblem, numbers: Iterable[int]) -> None:
    """Raise `InputError` where one of these conditions, numbered from 0, should not be built in, with the reason."""
    numbers = list(numbers)
    said = read(problem, numbers)
    traces = [item for item in said if isinstance(item, Trace)]
    for trace in traces:
        found = roughest(problem, trace)
        if found is not None:
            raise _refusal(trace, found)
    for clash in clashes(problem):
        if clash.values["number"] - 1 in numbers or clash.values["other"] - 1 in numbers:
            raise clash
    for period in (item for item in said if isinstance(item, Period) and not item.by):
        for trace in traces:
            if trace.unknown == period.unknown and trace.coordinate != period.coordinate:
                _check_seam(problem, trace, period.coordinate)


def clashes(problem: BoundProblem) -> list[InputError]:
    """The clashes of any two conditions that give an unknown different values where their faces meet."""
    traces = [item for item in _readable(problem) if isinstance(item, Trace) and item.order == 0]
    pairs = [(one, other) for one, other in combinations(traces, 2) if one.unknown == other.unknown and one.coordinate != other.coordinate]
    return [found for one, other in pairs if (found := _clash(problem, one, other)) is not None]


def rough(problem: BoundProblem) -> bool:
    """Whether the data have jumps, kinks or infinite slopes along an edge, in whatever condition, or disagree where edges meet."""
    return any(_rough(problem, condition) for condition in problem.conditions) or bool(clashes(problem))


def roughest(problem: BoundProblem, trace: Trace) -> Kink | None:
    """The worst place of what a trace gives; None where its slopes are continuous, and whatever else the equations take of it."""
    across = [item for item in problem.coordinates if item.name != trace.coordinate]
    found = [kink(trace.value, item, problem.coordinates, max(1, _order(problem, item))) for item in across]
    return min((place for place in found if place is not None), key=lambda place: place.order, default=None)


def _rough(problem: BoundProblem, condition: BoundCondition) -> bool:
    try:
        given = replace(condition.residual, {leaf: ZERO for leaf in leaves_in(condition.residual) if isinstance(leaf, At)})
    except TangenteError:  # as in 1/u(0) = 1
        return False
    return any(kink(given, item, problem.coordinates, max(1, _order(problem, item))) is not None for item in problem.coordinates)


def _readable(problem: BoundProblem) -> list[Trace | Period]:
    """What the conditions say, as far as each can be read by itself."""
    found: list[Trace | Period] = []
    for number in range(len(problem.conditions)):
        with suppress(TangenteError):
            found += read(problem, [number])
    return found


def _clash(problem: BoundProblem, one: Trace, other: Trace) -> InputError | None:
    with suppress(TangenteError):  # that it has no value there
        first, second = restrict(one.value, {other.coordinate: other.end}), restrict(other.value, {one.coordinate: one.end})
        distance = gap(problem, first, second)
        if distance > FAINT * max(largest(problem, one.value), largest(problem, other.value)):
            place, text, size = f"{one.coordinate} = {one.end:g}, {other.coordinate} = {other.end:g}", other.text, f"{distance:.2g}"
            return InputError(
                "hard-corner", number=other.condition, text=text, other=one.condition, other_text=one.text, place=place, gap=size
            )
    return None


def _refusal(trace: Trace, found: Kink) -> InputError:
    code = "hard-infinite" if found.infinite else {0: "hard-jump", 1: "hard-kink"}.get(found.order, "hard-bend")
    place, name = f"{found.coordinate} = {found.place:.4g}", _name(trace, found.coordinate * found.order)
    return InputError(code, number=trace.condition, text=trace.text, across=trace.coordinate, place=place, name=name)


def _check_seam(problem: BoundProblem, trace: Trace, coordinate: str) -> None:
    """Raise `InputError` where the data do not go on smoothly across the ends of a period, as far as the equations look."""
    item = next(item for item in problem.coordinates if item.name == coordinate)
    for order, tree in enumerate(derivatives(trace.value, item, problem.coordinates, _order(problem, item))):
        distance = gap(problem, restrict(tree, {coordinate: item.low}), restrict(tree, {coordinate: item.high}))
        if distance > FAINT * largest(problem, tree):
            name, size = _name(trace, coordinate * order), f"{distance:.2g}"
            raise InputError("hard-not-periodic", number=trace.condition, text=trace.text, name=name, coordinate=coordinate, gap=size)


def _name(trace: Trace, by: str) -> str:
    return named(trace.unknown, trace.coordinate * trace.order + by)


def _order(problem: BoundProblem, item: Interval) -> int:
    """The highest derivative along a coordinate that an equation asks for."""
    return max(found.by.count(item.name) for tree in problem.equations for found in derivatives_in(tree))
