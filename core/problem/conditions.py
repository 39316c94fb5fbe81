"""A condition, ready for numbers: its residual, and the pieces of the boundary on which it is asked to hold."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from core.domain.domain import Interval, Place, faces, space
from core.errors import InputError
from core.expressions import At, Binary, Coordinate, Derivative, Expression, expand, leaves_in, substitute, to_text


@dataclass(frozen=True)
class BoundCondition:
    """A condition with numbers for parameters: `residual` (left minus right) vanishes at every point p of every one of `edges`.

    An edge has one entry a coordinate: its value there, or None where it is free. In the residual, `Coordinate(x)` is p's x, and an `At` is
    its derivative at p moved to the `At`'s place.
    """

    residual: Expression
    edges: tuple[Place, ...]

    def closes(self, item: Interval, coordinates: tuple[Interval, ...]) -> bool:
        """Whether the condition says that an unknown or a derivative is the same at both ends of a coordinate, and no more."""
        match self.residual:
            case Binary("-", At() as one, At() as other):
                places = (leaf.place[coordinates.index(item)] for leaf in (one, other))
                ends = {None if place is None else item.snapped(place) for place in places}
                return ends == {item.low, item.high} and one.derivative == other.derivative
        return False


def rings(conditions: Sequence[BoundCondition], item: Interval, coordinates: tuple[Interval, ...]) -> bool:
    """Whether unknowns have a period along a coordinate, and no condition says how their derivatives across its ends compare.

    What is continuous where the ends meet then follows from the equations.
    """
    axis = coordinates.index(item)
    compared = False
    for condition in conditions:
        leaves = [leaf for leaf in leaves_in(condition.residual) if isinstance(leaf, At)]
        ends = {None if (place := leaf.place[axis]) is None else item.snapped(place) for leaf in leaves}
        compared = compared or (ends >= {item.low, item.high} and any(item.name in leaf.derivative.by for leaf in leaves))
    return not compared and any(condition.closes(item, coordinates) for condition in conditions)


def bind(sides: tuple[Expression, Expression], values: Mapping[str, Expression], coordinates: tuple[Interval, ...]) -> BoundCondition:
    """The condition with `values` for parameters and definitions.

    Raises `InputError` where it evaluates no unknown, or one at no place, outside the domain or on no common edge.
    """
    letters = tuple(coordinate.name for coordinate in coordinates)
    residual = expand(substitute(Binary("-", *sides), values), letters, space(coordinates))
    leaves = sorted(leaves_in(residual), key=to_text)
    for leaf in leaves:
        if isinstance(leaf, Derivative):
            raise InputError("condition-without-place", name=to_text(leaf), example=f"{to_text(leaf)}({_example(coordinates)})")
    places = [_place(leaf, coordinates) for leaf in leaves if isinstance(leaf, At)]
    if not places:
        raise InputError("condition-without-unknown")
    used = {leaf.name for leaf in leaves if isinstance(leaf, Coordinate)}
    return BoundCondition(residual, _edges(places, coordinates, used))


def _example(coordinates: tuple[Interval, ...]) -> str:
    *others, last = coordinates
    return ", ".join([*(coordinate.name for coordinate in others), f"{last.low:g}"])


def _place(leaf: At, coordinates: tuple[Interval, ...]) -> Place:
    """Where the unknown is evaluated; raises `InputError` outside the domain."""
    place: list[float | None] = []
    for argument, value, coordinate in zip(leaf.arguments, leaf.place, coordinates, strict=True):
        if value is None and argument != Coordinate(coordinate.name):
            raise InputError("place-varies", name=to_text(leaf), coordinate=coordinate.name)
        end = None if value is None else coordinate.snapped(value)
        if value is not None and end is None:
            raise InputError("outside-domain", name=to_text(leaf), value=f"{value:g}", **_limits(coordinate))
        place.append(end)
    return tuple(place)


def _limits(coordinate: Interval) -> dict[str, Any]:
    return {"coordinate": coordinate.name, "low": f"{coordinate.low:g}", "high": f"{coordinate.high:g}"}


def _edges(places: list[Place], coordinates: tuple[Interval, ...], used: set[str]) -> tuple[Place, ...]:
    """The faces of the box for `u(boundary)`; else the one edge that fixes those coordinates which every evaluation fixes.

    Where evaluations fix a coordinate at different values, as a periodic condition does, the edge takes the first.
    """
    if any(set(place) == {None} for place in places):
        if not space(coordinates):
            raise InputError("no-boundary")
        return faces(coordinates)
    edge: list[float | None] = []
    for coordinate, values in zip(coordinates, zip(*places, strict=True), strict=True):
        if len(set(values)) > 1 and coordinate.name in used:
            raise InputError("ambiguous-coordinate", name=coordinate.name)
        edge.append(None if None in values else values[0])
    if set(edge) == {None}:
        raise InputError("no-common-edge")
    return (tuple(edge),)
