"""Hard constraints: trial functions u = A + B·N that meet a problem's conditions whatever the network N gives.

After Lagaris, Likas and Fotiadis 1998. A, the shift, interpolates what the conditions give on the faces of the box; B, the factor,
vanishes there to the same orders. The interpolation is transfinite (Gordon and Hall 1973, after Coons): with P_i that along coordinate i
alone, A = (1 − ∏(1 − P_i)) of the traces. It reads the faces and nothing else, so that no expression is ever extended into the inside,
where it could be the solution itself.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import combinations, product
from math import comb, factorial
from typing import Any

import numpy as np

from core.domain import bends
from core.domain.domain import Interval
from core.errors import InputError, TangenteError
from core.expressions import Coordinate, Expression, Number, differentiate, evaluate, restrict
from core.expressions.algebra import NODES, ONE, ZERO, add, divide, multiply, power, subtract
from core.expressions.functions import NUMPY
from core.expressions.tree import walk
from core.problem import cusps
from core.problem.bound import BoundProblem
from core.problem.roughness import check
from core.problem.traces import TOLERANCE, Period, Trace, gap, largest, named, read, sample

ROUNDING = 1e-13
"""What is smaller, relative to the traces and one, is zero."""

Faces = Mapping[str, tuple[Trace, ...]]
"""Coordinate → what is given of one unknown on its faces, each derivative once, by end and order."""


@dataclass(frozen=True)
class Trial:
    """u = shift + factor·N for each unknown, and constant that is learned, as trees in the coordinates; N is periodic in `periodic`.

    `met` are the numbers, from 0, of the conditions that then hold whatever N is.
    """

    shifts: tuple[Expression, ...]
    factors: tuple[Expression, ...]
    periodic: tuple[str, ...]
    met: tuple[int, ...]


def trial(problem: BoundProblem) -> Trial:
    """The trial function that meets all of a problem's conditions; raises `InputError` that names the one which none can meet, and why."""
    return _trial(problem, range(len(problem.conditions)))


def partial(problem: BoundProblem) -> Trial:
    """A construction that meets as many conditions as it can: the periods, then each that is not rough and goes with the others.

    Raises the `InputError` of the last one where it can meet none.
    """
    found: Trial | None = None
    periods = [number for number in range(len(problem.conditions)) if _is_period(problem, number)]
    attempts = [periods] if periods else []
    attempts += [[number] for number in range(len(problem.conditions)) if number not in periods]
    failure: TangenteError | None = None
    for numbers in attempts:
        together = sorted([*(found.met if found else ()), *numbers])
        try:
            check(problem, together)
            found = _trial(problem, together)
        except TangenteError as error:
            failure = error
    if found is None:
        raise failure or InputError("hard-none")
    return found


def _is_period(problem: BoundProblem, number: int) -> bool:
    try:
        return all(isinstance(item, Period) for item in read(problem, [number]))
    except TangenteError:
        return False


def _trial(problem: BoundProblem, numbers: Sequence[int]) -> Trial:
    """The trial function that meets the conditions of these numbers, from 0."""
    said = read(problem, numbers)
    periods = [item for item in said if isinstance(item, Period)]
    periodic = _periodic(problem, periods)
    shifts, factors = [], []
    for unknown in problem.unknowns:
        faces = _faces(problem, [item for item in said if isinstance(item, Trace) and item.unknown == unknown])
        _check_periods(problem, faces, periods)
        _check_steps(problem, faces)
        shifts.append(_shift(problem, faces))
        factors.append(_factor(problem, faces))
    shifts += [ZERO for _ in problem.estimates]  # which no condition gives
    factors += [ONE for _ in problem.estimates]
    return Trial(tuple(shifts), tuple(factors), periodic, tuple(numbers))


def _periodic(problem: BoundProblem, periods: list[Period]) -> tuple[str, ...]:
    """The periodic coordinates; as all unknowns share one network, each has to be periodic there."""
    whole = {(item.coordinate, item.unknown) for item in periods if not item.by}
    for item in periods:
        if (item.coordinate, item.unknown) not in whole:
            raise InputError("hard-gap", **_of(item), name=named(item.unknown, item.by), missing=item.unknown)
        for unknown in problem.unknowns:
            if (item.coordinate, unknown) not in whole:
                raise InputError("hard-periodic-partly", **_of(item), unknown=item.unknown, other=unknown, coordinate=item.coordinate)
    return tuple(item.name for item in problem.coordinates if (item.name, problem.unknowns[0]) in whole)


def _faces(problem: BoundProblem, traces: list[Trace]) -> Faces:
    """One unknown's traces in order; raises `InputError` where two disagree, or one gives a derivative without those below it."""
    known: dict[tuple[str, float, int], Trace] = {}
    for item in traces:
        other = known.setdefault((item.coordinate, item.end, item.order), item)
        _check_equal(problem, other, other.value, item, item.value, {item.coordinate: item.end})
    for (coordinate, end, order), item in known.items():
        if order and (coordinate, end, order - 1) not in known:
            raise InputError("hard-gap", **_of(item), name=item.name, missing=named(item.unknown, coordinate * (order - 1)))
    names = [item.name for item in problem.coordinates if any(item.name == trace.coordinate for trace in known.values())]
    return {name: tuple(known[key] for key in sorted(known) if key[0] == name) for name in names}


def _check_periods(problem: BoundProblem, faces: Faces, periods: list[Period]) -> None:
    """What is given on other faces has to be periodic too, in the derivatives that the conditions name."""
    for period in periods:
        for trace in faces.get(period.coordinate, ()):
            raise InputError("hard-periodic-and-given", **_of(trace), coordinate=period.coordinate)
        ends = next((item.low, item.high) for item in problem.coordinates if item.name == period.coordinate)
        for trace in (trace for face in faces.values() for trace in face if trace.unknown == period.unknown):
            first, second = (_met(problem, trace, period.by, {period.coordinate: end}) for end in ends)
            distance = gap(problem, first, second)
            if not distance <= TOLERANCE * max(1.0, largest(problem, first)):
                name = named(trace.unknown, trace.coordinate * trace.order + period.by)
                raise InputError("hard-not-periodic", **_of(trace), name=name, coordinate=period.coordinate, gap=f"{distance:.2g}")


def _check_steps(problem: BoundProblem, faces: Faces) -> None:
    """Where the network bends, what is given must not step: it would reach inside, where the unknown is continuous."""
    for cusp in cusps.find(problem):
        item = next(item for item in problem.coordinates if item.name == cusp.coordinate)
        for trace in (trace for face in faces.values() for trace in face if not cusp.jumps):
            if any(bends.changes(inner, item, cusp.place) for inner in bends.arguments(trace.value, bends.STEPS)):
                raise InputError("hard-step", **_of(trace), name=trace.name, place=f"{cusp.coordinate} = {cusp.place:g}")


# The shift.


def _shift(problem: BoundProblem, faces: Faces) -> Expression:
    """(1 − ∏(1 − P_i)) of the traces: Σ over sets S of coordinates of −(−1)^|S| ∏_{i ∈ S} P_i."""
    total: Expression = ZERO
    for count in range(1, len(faces) + 1):
        for names in combinations(faces, count):
            for traces in product(*(faces[name] for name in names)):
                term = _corner(problem, traces)
                for trace in traces:
                    term = multiply(term, _basis(trace, faces[trace.coordinate])) if term != ZERO else ZERO
                total = add(total, term) if count % 2 else subtract(total, term)
    if sum(1 for _ in walk(total)) > NODES:
        raise InputError("grows-too-large", limit=NODES)
    return total


def _corner(problem: BoundProblem, traces: tuple[Trace, ...]) -> Expression:
    """What the traces give where their faces meet, each differentiated across the others' faces.

    Raises `InputError` where they disagree.
    """
    first, *others = (_meeting(problem, trace, traces) for trace in traces)
    place = {trace.coordinate: trace.end for trace in traces}
    for trace, value in zip(traces[1:], others, strict=True):
        _check_equal(problem, traces[0], first, trace, value, place)
    size = max([1.0, *(largest(problem, trace.value) for trace in traces)])
    return ZERO if largest(problem, first) <= ROUNDING * size else first  # sin(pi) is 1e-16


def _meeting(problem: BoundProblem, trace: Trace, traces: tuple[Trace, ...]) -> Expression:
    others = [other for other in traces if other is not trace]
    by = "".join(other.coordinate * other.order for other in others)
    return _met(problem, trace, by, {other.coordinate: other.end for other in others})


def _met(problem: BoundProblem, trace: Trace, by: str, place: Mapping[str, float]) -> Expression:
    """A derivative of what a trace gives, at a place on its face; raises `InputError` where it has no finite value there."""
    letters = tuple(item.name for item in problem.coordinates)
    try:
        value = restrict(reduce(lambda tree, letter: differentiate(tree, letter, letters), by, trace.value), place)
        if np.isfinite(sample(problem, value)).all():
            return value
    except TangenteError:
        pass
    raise InputError("hard-no-value", **_of(trace), name=named(trace.unknown, trace.coordinate * trace.order + by), place=_place(place))


def _check_equal(
    problem: BoundProblem, first: Trace, value: Expression, second: Trace, other: Expression, place: Mapping[str, float]
) -> None:
    """Raise `InputError` where two traces give different values at a place that they share."""
    distance = gap(problem, value, other)
    if not distance <= TOLERANCE * max(1.0, largest(problem, value)):
        earlier, later = sorted((first, second), key=lambda trace: trace.condition)
        clash: dict[str, Any] = {"other": earlier.condition, "other_text": earlier.text, "place": _place(place), "gap": f"{distance:.2g}"}
        raise InputError("hard-corner", **_of(later), **clash)


def _basis(trace: Trace, face: tuple[Trace, ...]) -> Expression:
    """Hermite's basis function of a trace: at `trace.end` its derivative of `trace.order` is one, and all others given in `face` are zero.

    (x − a)^k/k! · W · (the Taylor polynomial of 1/W at a), where W = ∏ ((x − b)/(a − b))^m over the other ends b with m orders each
    (Davis 1963, Interpolation and Approximation, section 2.5).
    """
    orders = _orders(face)
    here = orders.pop(trace.end)
    weight: Expression = ONE
    series = np.eye(1, here - trace.order)[0]
    for end, number in orders.items():
        gap = trace.end - end
        weight = multiply(weight, power(divide(_inwards(trace.coordinate, end, gap), Number(abs(gap))), Number(number)))
        inverse = [(-1) ** j * comb(number + j - 1, j) / gap**j for j in range(len(series))]
        series = np.convolve(series, inverse)[: len(series)]
    distance = subtract(Coordinate(trace.coordinate), Number(trace.end))
    taylor: Expression = ZERO
    for coefficient in reversed(series):
        taylor = add(multiply(taylor, distance), Number(coefficient))
    return multiply(multiply(divide(power(distance, Number(trace.order)), Number(factorial(trace.order))), weight), taylor)


# The factor.


def _factor(problem: BoundProblem, faces: Faces) -> Expression:
    """∏ (x − a)^m over all ends a with m orders, its largest value along each coordinate one."""
    total: Expression = ONE
    for item in problem.coordinates:
        if item.name in faces:
            total = multiply(total, _bubble(item, _orders(faces[item.name])))
    return total


def _bubble(coordinate: Interval, orders: Mapping[float, int]) -> Expression:
    tree: Expression = ONE
    for end, number in orders.items():
        tree = multiply(tree, power(_inwards(coordinate.name, end, coordinate.high - end), Number(number)))
    values = evaluate(tree, lambda _: np.linspace(coordinate.low, coordinate.high, 1001), NUMPY)
    return multiply(Number(1 / np.abs(values).max()), tree)


# Small things.


def _orders(face: tuple[Trace, ...]) -> dict[float, int]:
    """How many derivatives, from the zeroth, are given at each end."""
    ends = [trace.end for trace in face]
    return {end: ends.count(end) for end in ends}


def _inwards(coordinate: str, end: float, direction: float) -> Expression:
    """The distance from an end, positive to the side of `direction`; at the upper end of a range, where that is 0, to below."""
    here = Coordinate(coordinate)
    return subtract(here, Number(end)) if direction > 0 else subtract(Number(end), here)


def _place(place: Mapping[str, float]) -> str:
    return ", ".join(f"{coordinate} = {value:g}" for coordinate, value in place.items())


def _of(said: Trace | Period) -> dict[str, Any]:
    return {"number": said.condition, "text": said.text}
