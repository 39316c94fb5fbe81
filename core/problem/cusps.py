"""Cusps: places where a step in an equation makes unknowns bend or jump, and what a network is asked for there.

A smooth network cannot bend, and an equation asked to hold on either side of a place does not say what happens on it. So the network is
given a function of the coordinate that bends there, or jumps (`core/network/inputs.py`). Where it bends, what the network says is
continuous whatever its weights are, and its slope may jump (Y.-H. Tseng, T.-S. Lin, W.-F. Hu and M.-C. Lai, "A cusp-capturing PINN for
elliptic interface problems", J. Comput. Phys. 491 (2023) 112359). What else is continuous, such as the flux k u_x across a step of k, is
asked for as a condition is.

Functions that bend in a higher derivative alone, as d|d|, would make more continuous at once, but networks of them learn worse: a beam with
a step in its stiffness to 9e-5 where |d| reaches 6e-8, in the same steps.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from core.domain import bends
from core.domain.domain import Interval
from core.domain.interfaces import Interface
from core.expressions import At, Coordinate, Derivative, Expression, Leaf, Number, derivatives_in, replace
from core.expressions.algebra import subtract
from core.problem.bound import BoundProblem
from core.problem.conditions import BoundCondition

REACH = 8
"""How far to either side of a place its sides are looked at, in units of the last place of the coordinate's largest value."""


@dataclass(frozen=True)
class Cusp:
    """A place across a coordinate where unknowns may bend or, if `jumps`, jump, and the trees that are `asked` to be continuous there."""

    coordinate: str
    place: float
    jumps: bool
    asked: tuple[Expression, ...]

    @property
    def feature(self) -> str:
        """The function that the network is given, as it is written."""
        distance = self.coordinate if self.place == 0 else f"{self.coordinate} {'+' if self.place < 0 else '−'} {abs(self.place):.3g}"
        return f"sign({distance})" if self.jumps else f"|{distance}|"


def find(problem: BoundProblem) -> tuple[Cusp, ...]:
    """The cusps of a problem: its interfaces, and the other places where an equation jumps along a single coordinate."""
    return tuple(cusp for item in problem.coordinates for cusp in _along(problem, item))


def _along(problem: BoundProblem, item: Interval) -> Iterator[Cusp]:
    interfaces = [interface for interface in problem.interfaces if interface.coordinate == item.name]
    jumps = bends.places(problem.equations, item, bends.STEPS)
    for place in bends.distinct(sorted([*jumps, *(interface.place for interface in interfaces)]), item):
        near = [interface for interface in interfaces if abs(interface.place - place) <= bends.CLOSE * (item.high - item.low)]
        yield _cusp(problem, item, near[0] if near else _plain(problem, item, place))
    yield from (_cusp(problem, item, interface) for interface in interfaces if interface.place == item.high)  # the ends are one place


def _plain(problem: BoundProblem, item: Interval, place: float) -> Interface:
    """A jump that no derivative meets: all derivatives along the coordinate below an unknown's highest are continuous."""
    orders = _orders(problem, item.name)
    continuous = (Derivative(unknown, order * item.name) for unknown, highest in orders.items() for order in range(highest))
    return Interface(item.name, place, tuple(continuous), min(orders.values()))


def _cusp(problem: BoundProblem, item: Interval, interface: Interface) -> Cusp:
    """All unknowns share a network: one that is not differentiated along the coordinate may jump, and then all may."""
    jumps = min(interface.smooth, *_orders(problem, item.name).values()) == 0
    asked = (tree for tree in interface.continuous if jumps or not _bends(tree, item, interface.place))
    return Cusp(item.name, interface.place, jumps, tuple(asked))


def _orders(problem: BoundProblem, letter: str) -> dict[str, int]:
    """The highest derivative of each unknown along a coordinate."""
    held = [leaf for tree in problem.equations for leaf in derivatives_in(tree)]
    return {unknown: max((leaf.by.count(letter) for leaf in held if leaf.unknown == unknown), default=0) for unknown in problem.unknowns}


def _bends(tree: Expression, item: Interval, place: float) -> bool:
    """Whether a tree is continuous where the unknowns are, but their slopes may not be."""
    slopes = any(item.name in leaf.by for leaf in derivatives_in(tree))
    return not slopes and not any(bends.changes(inner, item, place) for inner in bends.arguments(tree, bends.STEPS))


def conditions(problem: BoundProblem, cusps: Sequence[Cusp], precision: float) -> tuple[BoundCondition, ...]:
    """What is asked for at the cusps, each as a condition on the face that lies there: the tree above less the tree below.

    `precision` is the distance of 1 from the next number that points are given in.
    """
    return tuple(_condition(problem, cusp, tree, precision) for cusp in cusps for tree in cusp.asked)


def _condition(problem: BoundProblem, cusp: Cusp, tree: Expression, precision: float) -> BoundCondition:
    item = next(item for item in problem.coordinates if item.name == cusp.coordinate)
    reach = REACH * precision * max(abs(item.low), abs(item.high))
    beyond = item.low if cusp.place == item.high else cusp.place
    above, below = (_side(problem, item, place, tree, way, reach) for place, way in ((beyond, 1), (cusp.place, -1)))
    return BoundCondition(subtract(above, below), (tuple(cusp.place if other is item else None for other in problem.coordinates),))


def _side(problem: BoundProblem, item: Interval, place: float, tree: Expression, way: int, reach: float) -> Expression:
    """A tree at a place, with its steps as they are to one side of it, and derivatives just there: nothing but the cusp is moved away."""
    branch = bends.branched(tree, {item.name: place + way * bends.NEAR * (item.high - item.low)})
    arguments = tuple(Number(place + way * reach) if other is item else Coordinate(other.name) for other in problem.coordinates)
    leaves: dict[Leaf, Expression] = {leaf: At(leaf, arguments) for leaf in derivatives_in(branch)}
    return replace(branch, {**leaves, Coordinate(item.name): Number(place)})


def asked(cusps: Sequence[Cusp]) -> tuple[tuple[Expression, str], ...]:
    """Each tree that is asked to be continuous, in the order of the loss terms, and how its place is written."""
    return tuple((tree, f"{cusp.coordinate} = {cusp.place:.6g}") for cusp in cusps for tree in cusp.asked)
