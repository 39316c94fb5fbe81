"""Problems that are given at their last time, as Black and Scholes' equation is: evolutions once time is turned round."""

from __future__ import annotations

from dataclasses import replace

from core.domain.domain import TIME, Interval
from core.expressions import At, Binary, Coordinate, Derivative, Expression, Leaf, Number, Unary, leaves_in
from core.expressions import replace as exchanged
from core.problem.bound import BoundProblem
from core.problem.conditions import BoundCondition


def given_at_the_end(problem: BoundProblem) -> bool:
    """Whether conditions hold at the last time, and none at the first."""
    for axis, item in enumerate(problem.coordinates):
        if item.name == TIME:
            times = {edge[axis] for condition in problem.conditions for edge in condition.edges}
            return item.high in times and item.low not in times
    return False


def turned(problem: BoundProblem) -> BoundProblem:
    """The problem that u(low + high − t) solves."""
    letters = [item.name for item in problem.coordinates]
    axis = letters.index(TIME)
    item = problem.coordinates[axis]
    return replace(
        problem,
        equations=tuple(_turned(tree, item, axis) for tree in problem.equations),
        conditions=tuple(_condition(condition, item, axis) for condition in problem.conditions),
        exact={name: _turned(tree, item, axis) for name, tree in problem.exact.items()},
        interfaces=tuple(
            replace(interface, continuous=tuple(_turned(tree, item, axis) for tree in interface.continuous))
            for interface in problem.interfaces
        ),
    )


def _condition(condition: BoundCondition, item: Interval, axis: int) -> BoundCondition:
    edges = tuple(tuple(_moved(value, item) if index == axis else value for index, value in enumerate(edge)) for edge in condition.edges)
    return BoundCondition(_turned(condition.residual, item, axis), edges)


def _turned(tree: Expression, item: Interval, axis: int) -> Expression:
    leaves: dict[Leaf, Expression] = {Coordinate(TIME): Binary("-", Number(item.low + item.high), Coordinate(TIME))}
    leaves |= {leaf: _signed(leaf, leaf) for leaf in leaves_in(tree) if isinstance(leaf, Derivative)}
    leaves |= {leaf: _signed(leaf.derivative, _evaluation(leaf, item, axis)) for leaf in leaves_in(tree) if isinstance(leaf, At)}
    return exchanged(tree, leaves)


def _signed(derivative: Derivative, tree: Expression) -> Expression:
    return Unary("-", tree) if derivative.by.count(TIME) % 2 else tree


def _evaluation(leaf: At, item: Interval, axis: int) -> At:
    time = _moved(leaf.place[axis], item)
    arguments = [Number(time) if index == axis and time is not None else argument for index, argument in enumerate(leaf.arguments)]
    return At(leaf.derivative, tuple(arguments))


def _moved(value: float | None, item: Interval) -> float | None:
    """A time, turned round; the ends exactly."""
    ends = {item.low: item.high, item.high: item.low}
    return None if value is None else ends.get(value, item.low + item.high - value)
