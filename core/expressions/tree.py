"""The tree that a text becomes: immutable nodes, and the one way to walk over them.

Walks are loops, not recursions, and visit a shared node once, so that no depth and no repetition makes them slow.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from core.errors import InputError

T = TypeVar("T")


@dataclass(frozen=True)
class Number:
    """A finite number; `pi` and `e` are numbers too. Minus zero is zero."""

    value: float

    def __post_init__(self) -> None:
        if not math.isfinite(self.value):
            raise ValueError(f"a Number must be finite, but got {self.value}")
        object.__setattr__(self, "value", float(self.value) + 0.0)


@dataclass(frozen=True)
class Coordinate:
    """A coordinate, named by one letter."""

    name: str


@dataclass(frozen=True)
class Parameter:
    """A name whose value is given elsewhere: a parameter, an estimate or a definition."""

    name: str


@dataclass(frozen=True)
class Derivative:
    """An unknown (`by` is empty) or one of its derivatives; the letters of `by` are in coordinate order."""

    unknown: str
    by: str = ""


@dataclass(frozen=True)
class At:
    """An unknown or derivative evaluated somewhere, as `u(x, 0)`.

    One argument a coordinate: the `Coordinate` itself where the place is free, else a constant expression. All free is `u(boundary)`.
    """

    derivative: Derivative
    arguments: tuple[Expression, ...]

    @property
    def place(self) -> tuple[float | None, ...]:
        """The fixed coordinates' values, None where free; raises `InputError` while an argument still holds a parameter."""
        return tuple(None if isinstance(argument, Coordinate) else constant(argument) for argument in self.arguments)


@dataclass(frozen=True)
class Combination:
    """A sum of derivatives of one unknown, each times a number: `parts` are their letters and these, as in u_t − 0.01 u_xx.

    No text has it: `core/derivatives/sums.py` finds it in equations.
    """

    unknown: str
    parts: tuple[tuple[str, float], ...]


@dataclass(frozen=True)
class Unary:
    """`-operand`; the operator is always a minus."""

    op: str
    operand: Expression


@dataclass(frozen=True)
class Binary:
    """`left op right` with one of + - * / ^."""

    op: str
    left: Expression
    right: Expression


@dataclass(frozen=True)
class Call:
    """A function of the grammar with its arguments."""

    function: str
    arguments: tuple[Expression, ...]


@dataclass(frozen=True)
class Differential:
    """`D(operand, x, …)`; the letters of `by` are in coordinate order."""

    operand: Expression
    by: str


@dataclass(frozen=True)
class Laplacian:
    """`lap(operand)`, in the space coordinates."""

    operand: Expression


Expression = Number | Coordinate | Parameter | Derivative | At | Combination | Unary | Binary | Call | Differential | Laplacian
Leaf = Coordinate | Parameter | Derivative | At | Combination


def constant(tree: Expression) -> float:
    """The value of a tree that is a number; raises `InputError` for any other (substitute first: that folds constants)."""
    if not isinstance(tree, Number):
        names = sorted(node.name for node in leaves_in(tree) if isinstance(node, Coordinate | Parameter))
        raise InputError("not-constant", names=", ".join(names) or "unknowns")
    return tree.value


_CHILDREN: Mapping[type, Callable[[Any], tuple[Expression, ...]]] = {
    Binary: lambda node: (node.left, node.right),
    Unary: lambda node: (node.operand,),
    Differential: lambda node: (node.operand,),
    Laplacian: lambda node: (node.operand,),
    Call: lambda node: node.arguments,
}


def children(node: Expression) -> tuple[Expression, ...]:
    """The nodes directly below; an evaluation `u(x, 0)` counts as a leaf."""
    below = _CHILDREN.get(type(node))
    return below(node) if below else ()


def walk(tree: Expression) -> Iterator[Expression]:
    """Every node object once, children before parents."""
    entered: set[int] = set()
    left: set[int] = set()
    stack = [tree]
    while stack:
        node = stack.pop()
        number = id(node)
        if number in left:
            continue
        if number in entered:
            left.add(number)
            yield node
            continue
        entered.add(number)
        below = _CHILDREN.get(type(node))
        if below is None:
            left.add(number)
            yield node
        else:
            stack.append(node)
            stack.extend(reversed(below(node)))


def fold(tree: Expression, rule: Callable[[Expression, tuple[T, ...]], T]) -> T:
    """The result of `rule(node, results of its children)` at the root."""
    results: dict[int, T] = {}
    for node in walk(tree):
        below = _CHILDREN.get(type(node))
        results[id(node)] = rule(node, tuple([results[id(child)] for child in below(node)]) if below else ())
    return results[id(tree)]


def size(tree: Expression) -> int:
    """How many nodes the tree has when shared ones count each time: what writing or comparing it costs."""
    return fold(tree, lambda _, below: 1 + sum(below))


def leaves_in(tree: Expression) -> frozenset[Leaf]:
    """What has to be known to evaluate the tree."""
    return frozenset(node for node in walk(tree) if isinstance(node, Leaf))


def derivatives_in(tree: Expression) -> frozenset[Derivative]:
    """The unknowns and derivatives in the tree, those in evaluations such as `u_x(1, t)` left out."""
    return frozenset(node for node in walk(tree) if isinstance(node, Derivative))
