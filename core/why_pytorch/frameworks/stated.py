"""A problem as a task for every framework: its equation as nested lists of arithmetic, its conditions as numbers.

Whatever depends on coordinates alone is computed here, at the points; what is left has to be arithmetic, which the tensors of all
frameworks know.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.errors import InputError
from core.expressions import NUMPY, Binary, Coordinate, Derivative, Expression, Number, Unary, evaluate, leaves_in, to_text
from core.expressions.tree import fold
from core.problem import traces
from core.problem.binding import bind
from core.problem.bound import BoundProblem
from core.problem.problem import Problem
from core.problem.traces import Trace

POINTS = {1: 200, 2: 2000}
"""Points at which the equation is asked to hold, by the number of coordinates."""
EDGE = 100
"""Points on each edge at which a condition is."""
WIDTHS = {1: (1, 32, 32, 1), 2: (2, 32, 32, 32, 32, 1)}
DEEPEST = 100
"""Levels of the equation's tree, definitions and derivatives written out: those who read it there do so by recursion."""
CHANGE = 5
"""What is added to the equation on the way: so many times u + 1, which no solution can ignore."""

Array = NDArray[np.float64]
Nested = Any
"""A number, or a list: an operator with its operands, or a name with a number."""


def stated(problem: Problem, values: Mapping[str, float]) -> dict[str, Any]:
    """The task as `core.why_pytorch.frameworks.task.read` takes it, of lists and numbers.

    Raises `InputError` for what not all frameworks are given here: several unknowns, three coordinates, derivatives other than the first
    ones and one second one, steps inside derivatives, functions of the unknown, and conditions other than values on an edge.
    """
    bound = bind(problem, values)
    if len(bound.unknowns) > 1 or len(bound.equations) != 1 or len(bound.coordinates) > 2:
        raise InputError("framework-too-many")
    for interface in bound.interfaces:
        raise InputError("framework-interface", place=f"{interface.coordinate} = {interface.place:g}")
    (equation,) = bound.equations
    if fold(equation, lambda _node, below: 1 + max(below, default=0)) > DEEPEST:
        raise InputError("framework-too-deep", deepest=DEEPEST)
    order = _order(bound, equation)
    points = _points(bound)
    columns: list[Array] = []
    tree = _nested(equation, _Setting(bound, order, points, columns))
    places, given = _conditions(bound)
    across = [[item.name for item in bound.coordinates].index(name) for name in order]
    text = problem.equations[0]
    return {
        "name": problem.name or "own",
        "equation": text,
        "changed_equation": f"{text.split('=')[0].strip()} + {CHANGE}*({bound.unknowns[0]} + 1) = {text.split('=')[1].strip()}",
        "widths": list(WIDTHS[len(order)]),
        "points": points[:, across].tolist(),
        "forcing": np.stack(columns or [np.zeros(len(points))], axis=1).tolist(),
        "condition_points": places[:, across].tolist(),
        "condition_values": given.tolist(),
        "tree": tree,
        "change": CHANGE,
    }


class _Setting:
    """What the leaves of an equation stand for."""

    def __init__(self, problem: BoundProblem, order: tuple[str, ...], points: Array, columns: list[Array]) -> None:
        self.order = order
        self.columns = columns
        self._at = {item.name: points[:, index] for index, item in enumerate(problem.coordinates)}

    def column(self, tree: Expression) -> Nested:
        """A tree of coordinates alone, as a column of the forcing."""
        found = evaluate(tree, lambda leaf: self._at[to_text(leaf)], NUMPY)
        self.columns.append(np.broadcast_to(np.asarray(found, float), len(next(iter(self._at.values())))))
        return ["forcing", len(self.columns) - 1]


def _order(problem: BoundProblem, equation: Expression) -> tuple[str, ...]:
    """The coordinates, that of the second derivative first."""
    names = [item.name for item in problem.coordinates]
    higher = {leaf.by for leaf in leaves_in(equation) if isinstance(leaf, Derivative) and len(leaf.by) > 1}
    if len(higher) > 1 or any(by not in {name * 2 for name in names} for by in higher):
        raise InputError("framework-derivatives")
    first = next(iter(higher))[0] if higher else names[0]
    return (first, *(name for name in names if name != first))


def _points(problem: BoundProblem) -> Array:
    """Where the equation is asked to hold, (n, d)."""
    low, high = (np.array([getattr(item, end) for item in problem.coordinates]) for end in ("low", "high"))
    if len(low) == 1:
        return np.linspace(low, high, POINTS[1])
    return np.random.RandomState(1).uniform(low, high, (POINTS[2], 2))


def _nested(tree: Expression, setting: _Setting) -> Nested:
    """The equation, no deeper than `DEEPEST`, as nested lists."""
    leaves = leaves_in(tree)
    if isinstance(tree, Number):
        return tree.value
    if leaves and all(isinstance(leaf, Coordinate) for leaf in leaves):
        return setting.column(tree)
    if isinstance(tree, Derivative):
        return ["u"] if not tree.by else ["second"] if len(tree.by) == 2 else ["first", setting.order.index(tree.by)]
    if isinstance(tree, Unary):
        return ["-", 0.0, _nested(tree.operand, setting)]
    if isinstance(tree, Binary) and (tree.op != "^" or isinstance(tree.right, Number)):
        return [tree.op, _nested(tree.left, setting), _nested(tree.right, setting)]
    raise InputError("framework-functions", name=to_text(tree))


def _conditions(problem: BoundProblem) -> tuple[Array, Array]:
    """The points of all conditions, (m, d), and the unknown's values there, (m, 1)."""
    if not problem.conditions:
        raise InputError("framework-no-conditions")
    places, given = [], []
    for said in _read(problem):
        axes = [
            np.array([said.end]) if item.name == said.coordinate else np.linspace(item.low, item.high, EDGE) for item in problem.coordinates
        ]
        points = np.stack([axis.ravel() for axis in np.meshgrid(*axes, indexing="ij")], axis=1)
        at = {item.name: points[:, index] for index, item in enumerate(problem.coordinates)}
        values = evaluate(said.value, lambda leaf, at=at: at[to_text(leaf)], NUMPY)  # type: ignore[misc]
        places.append(points)
        given.append(np.broadcast_to(np.asarray(values, float), len(points)))
    return np.concatenate(places), np.concatenate(given)[:, None]


def _read(problem: BoundProblem) -> list[Trace]:
    """What the conditions say; raises `InputError` with the number of one that says something else than values on an edge."""
    found = []
    for number in range(len(problem.conditions)):
        try:
            said = traces.read(problem, [number])
        except InputError:
            raise InputError("framework-conditions", number=number + 1) from None
        for trace in said:
            if not isinstance(trace, Trace) or trace.order:
                raise InputError("framework-conditions", number=number + 1)
            found.append(trace)
    return found
