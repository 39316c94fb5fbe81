"""What a problem surely lacks, or says too much of, for a single solution: warnings, as a network learns all the same.

Equations are counted by their structure alone. The order of a system along a coordinate, the number of conditions it needs there, is
Jacobi's: the largest sum of orders when each unknown is given an equation of its own (Jacobi 1865; Ritt 1935). Where that is more than is
needed, as where a highest derivative's factor vanishes at an end, nothing is said.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

import numpy as np

from core.domain.domain import TIME
from core.errors import InputError, Position
from core.expressions import At, Coordinate, Derivative, Expression, derivatives_in, leaves_in, partial
from core.expressions.algebra import divide
from core.problem.bound import BoundProblem
from core.problem.traces import SAMPLES, sample

ABSENT = -1
"""The mark in the place of an order, where an equation does not contain an unknown."""


def warnings(problem: BoundProblem, measured: Collection[str] = ()) -> tuple[InputError, ...]:
    """What to warn of, placed at its key; measurements of the unknowns `measured` may stand in for equations and conditions."""
    lonely = _without_equation(problem, measured)
    if lonely or measured:
        return lonely
    if not problem.conditions:
        return (_at_conditions("no-conditions"),)
    return _of_one_coordinate(problem) if len(problem.coordinates) == 1 else _of_several(problem)


def order(problem: BoundProblem, coordinate: str) -> int:
    """The order of the equations along a coordinate, all unknowns together."""
    best = _best(_orders(problem, coordinate))
    return max(total for total, given in best.values() if len(given) == len(problem.unknowns))


def given(problem: BoundProblem, coordinate: str) -> int:
    """How many conditions hold on whole faces across a coordinate; a period is one."""
    axis = [item.name for item in problem.coordinates].index(coordinate)
    edges = [edge for condition in problem.conditions for edge in condition.edges]
    return sum(1 for edge in edges if edge[axis] is not None and sum(end is not None for end in edge) == 1)


def _without_equation(problem: BoundProblem, measured: Collection[str]) -> tuple[InputError, ...]:
    """A warning for each unknown that finds no equation of its own among those that contain it, and is not measured in its place."""
    given = [[0 if name == unknown else ABSENT for name in problem.unknowns] for unknown in measured]
    matched = max((unknowns for _, unknowns in _best([*_orders(problem, ""), *given]).values()), key=len)
    return tuple(
        InputError("no-equation-of-its-own", at=Position(key=f"problem.unknowns[{index + 1}]"), name=name)
        for index, name in enumerate(problem.unknowns)
        if index not in matched
    )


def _of_one_coordinate(problem: BoundProblem) -> tuple[InputError, ...]:
    (coordinate,) = problem.coordinates
    needed, found = order(problem, coordinate.name), given(problem, coordinate.name)
    if found == needed or (found < needed and _degenerates(problem, coordinate.name)):
        return ()
    return (_at_conditions("few-conditions" if found < needed else "many-conditions", needed=needed, found=found),)


def _of_several(problem: BoundProblem) -> tuple[InputError, ...]:
    """Warn of too few conditions along time, or along space for an order of two or more."""
    found = []
    for coordinate in problem.coordinates:
        name, needed = coordinate.name, order(problem, coordinate.name)
        least = 1 if name == TIME else 2
        short = needed >= least and given(problem, name) < needed
        if short and not _repeats(problem, name) and not _degenerates(problem, name):
            code = "few-conditions-in-time" if name == TIME else "few-conditions-in-space"
            found.append(_at_conditions(code, coordinate=name, needed=needed, found=given(problem, name)))
    return tuple(found)


def _at_conditions(code: str, **values: Any) -> InputError:
    return InputError(code, at=Position(key="problem.conditions"), **values)


def _orders(problem: BoundProblem, coordinate: str) -> list[list[int]]:
    """How often each equation differentiates each unknown along a coordinate, (equations, unknowns)."""
    return [[_order(derivatives_in(tree), unknown, coordinate) for unknown in problem.unknowns] for tree in problem.equations]


def _order(derivatives: frozenset[Derivative], unknown: str, coordinate: str) -> int:
    return max([item.by.count(coordinate) if coordinate else 0 for item in derivatives if item.unknown == unknown], default=ABSENT)


def _best(orders: Sequence[Sequence[int]]) -> dict[frozenset[int], tuple[int, frozenset[int]]]:
    """The largest sum of orders for each set of unknowns that can be given equations of their own."""
    best: dict[frozenset[int], tuple[int, frozenset[int]]] = {frozenset(): (0, frozenset())}
    for equation in orders:
        for taken, (total, _) in list(best.items()):
            for unknown, times in enumerate(equation):
                more = taken | {unknown}
                if times != ABSENT and unknown not in taken and (more not in best or best[more][0] < total + times):
                    best[more] = (total + times, more)
    return best


def _repeats(problem: BoundProblem, coordinate: str) -> bool:
    """Whether all of several unknowns have a period along the coordinate. Their equations may then carry the period over
    to the derivatives, as those of a flow without sources do."""
    axis = [item.name for item in problem.coordinates].index(coordinate)
    leaves = [leaves_in(condition.residual) for condition in problem.conditions]
    places = [{(leaf.derivative, leaf.place[axis]) for leaf in items if isinstance(leaf, At)} for items in leaves]
    pairs = [{derivative for derivative, _ in items} for items in places if len(items) == 2]
    periodic = {pair.pop().unknown for pair in pairs if len(pair) == 1}
    return len(problem.unknowns) > 1 and periodic == set(problem.unknowns)


def _degenerates(problem: BoundProblem, coordinate: str) -> bool:
    """Whether a highest derivative along the coordinate loses its hold somewhere, as far as factors depend on coordinates alone.

    Its factor vanishes there, or at an end that of a lower one grows beyond all bounds beside it: the same, after a multiplication.
    """
    return any(
        _vanishes(problem, factor) or any(_grows(problem, divide(other, factor), coordinate) for other in _factors(tree))
        for tree in problem.equations
        for factor in _leading(problem, tree, coordinate)
    )


def _factors(tree: Expression) -> list[Expression]:
    """What each unknown and derivative is multiplied by."""
    return [partial(tree, item) for item in derivatives_in(tree)]


def _leading(problem: BoundProblem, tree: Expression, coordinate: str) -> list[Expression]:
    """The factors of the highest derivatives of each unknown along the coordinate."""
    derivatives = derivatives_in(tree)
    tops = {unknown: _order(derivatives, unknown, coordinate) for unknown in problem.unknowns}
    return [partial(tree, item) for item in derivatives if item.by.count(coordinate) == tops[item.unknown] > 0]


def _grows(problem: BoundProblem, quotient: Expression, coordinate: str) -> bool:
    """Whether the quotient has no finite value at an end of the coordinate, but has one beside it."""
    if not _of_coordinates(quotient):
        return False
    axis = [item.name for item in problem.coordinates].index(coordinate)
    values = sample(problem, quotient).reshape(len(problem.coordinates) * (SAMPLES,))
    known = np.moveaxis(np.isfinite(values), axis, 0)
    return bool((~known[0] & known[1]).any() or (~known[-1] & known[-2]).any())


def _of_coordinates(tree: Expression) -> bool:
    return all(isinstance(leaf, Coordinate) for leaf in leaves_in(tree))


def _vanishes(problem: BoundProblem, factor: Expression) -> bool:
    if not _of_coordinates(factor):
        return False
    values = sample(problem, factor)
    return not np.isfinite(values).all() or bool(np.abs(values).min() <= 1e-12 * np.abs(values).max()) or np.ptp(np.sign(values)) > 0
