"""Interfaces: places where a step inside a derivative makes the unknowns bend or jump.

In `D(k*u_x, x) = f` with k = 1 + 9 heaviside(x − 0.5), the derivative of k is zero on either side and a delta between them, which an
expanded equation does not show. What it says there is that the flux k u_x is the same on both sides. In the sense of distributions an
expression E that is smooth on either side of x = c is

    E = {E} + Σ_j [E_j] δ^(j)(x − c),      ∂E/∂x = {∂E/∂x} + [E] δ + Σ_j [E_j] δ^(j+1),

where {E} is its regular part and [E] its jump (Schwartz 1966, Théorie des distributions, chapter II). An equation holds in that sense where
its regular part vanishes on both sides and so does each of its singular parts: these are the jump conditions. A product is defined where
one factor is smooth; elsewhere the singular parts of the other have to vanish by themselves.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from math import comb

import numpy as np

from core.domain import bends
from core.domain.domain import Interval
from core.errors import InputError
from core.expressions import (
    NUMPY,
    Binary,
    Call,
    Coordinate,
    Derivative,
    Differential,
    Expression,
    Laplacian,
    Leaf,
    Number,
    Unary,
    derivatives_in,
    differentiate,
    evaluate,
    expand,
    leaves_in,
    replace,
    to_text,
)
from core.expressions.algebra import ZERO, add, multiply, negate, rebuilt, subtract
from core.expressions.tree import fold, walk

LINES = 20
"""Lines through the domain on which a step's jump is looked for."""
SAME = 1e-9
"""Values that differ by no more, relative to their size, are the same."""


@dataclass(frozen=True)
class Interface:
    """A place across a coordinate where each of the trees `continuous` has the same value on both sides; elsewhere, equations say it all.

    `smooth` is how many derivatives across the place, from the unknown itself on, are continuous for every unknown that is differentiated
    along the coordinate: one where only the unknown is, two where its slope is too. `equation` is the number, from 1, of the first that
    asks for it.
    """

    coordinate: str
    place: float
    continuous: tuple[Expression, ...]
    smooth: int
    equation: int = 1


def possible(equations: tuple[Expression, ...]) -> bool:
    """Whether equations differentiate anything but unknowns, without which there is no interface."""
    return any(isinstance(node, Differential | Laplacian) for tree in equations for node in walk(tree))


def find(
    equations: tuple[Expression, ...], coordinates: tuple[Interval, ...], space: tuple[str, ...], closed: Collection[str] = ()
) -> tuple[tuple[int, InputError] | None, tuple[Interface, ...]]:
    """The interfaces that equations (with D(…) and lap(…) not carried out) have, and the first step that makes none, with its equation.

    Such a step depends on several coordinates, or on unknowns: where its delta lies cannot be said. The ends of coordinates in `closed` are
    one place, where a factor jumps that is not the same at both; the interface there is that at the high end.
    """
    letters = tuple(item.name for item in coordinates)
    found: list[tuple[str, float]] = []
    for number, tree in enumerate(equations):
        for letter, step, operand in _lost(tree, letters, space):
            item = next((item for item in coordinates if item.name == bends.along(bends.argument(step))), None)
            if item is not None and item.name == letter:
                found += [(letter, place) for place in bends.zeros(bends.argument(step), item)]
            elif _jumps(operand, step, coordinates):
                return (number, InputError("step-inside-derivative", step=to_text(step), coordinate=letter)), ()
    interfaces = []
    for item in coordinates:
        ends = [item.high] if item.name in closed and _jumps_at_ends(equations, item, letters, space) else []
        for place in [*bends.distinct(sorted(place for letter, place in found if letter == item.name), item), *ends]:
            interface = _interface(equations, item, place, letters, space)
            if interface is not None:
                interfaces.append(interface)
    return None, tuple(interfaces)


def _lost(tree: Expression, letters: tuple[str, ...], space: tuple[str, ...]) -> Iterator[tuple[str, Call, Expression]]:
    """Each step that is differentiated where it jumps: along which coordinate, and as a part of what."""
    for node in walk(tree):
        match node:
            case Differential(operand, by):
                ways = [by]
            case Laplacian(operand):
                ways = [2 * letter for letter in space]
            case _:
                continue
        for way in ways:
            inner = expand(operand, letters, space)
            for letter in way:
                for step in bends.calls(inner, bends.STEPS):
                    if differentiate(bends.argument(step), letter, letters) != ZERO:
                        yield letter, step, inner
                inner = differentiate(inner, letter, letters)


def _jumps_at_ends(equations: tuple[Expression, ...], item: Interval, letters: tuple[str, ...], space: tuple[str, ...]) -> bool:
    """Whether something that is differentiated along a closed coordinate is not the same at both ends, whatever the unknowns are."""
    random = np.random.default_rng(0)
    for node in (node for tree in equations for node in walk(tree)):
        match node:
            case Differential(operand, by) if item.name in by:
                inner = operand
            case Laplacian(operand) if item.name in space:
                inner = operand
            case _:
                continue
        inner = expand(inner, letters, space)
        known: dict[Leaf, float] = {leaf: random.uniform(0.5, 1.5) for leaf in sorted(leaves_in(inner), key=to_text)}
        low, high = (float(evaluate(inner, {**known, Coordinate(item.name): end}.__getitem__, NUMPY)) for end in (item.low, item.high))
        if not abs(low - high) <= SAME * (abs(low) + abs(high)):
            return True
    return False


def _jumps(tree: Expression, step: Call, coordinates: tuple[Interval, ...]) -> bool:
    """Whether a tree jumps where the step does, whatever the unknowns are; a step that depends on unknowns counts as one that does."""
    argument = bends.argument(step)
    if any(isinstance(leaf, Derivative) for leaf in leaves_in(argument)):
        return True
    random = np.random.default_rng(0)
    leaves: dict[Leaf, float] = {
        leaf: random.uniform(0.5, 1.5) for leaf in sorted(leaves_in(tree), key=to_text) if isinstance(leaf, Derivative)
    }
    item = next(item for item in coordinates if Coordinate(item.name) in leaves_in(argument))
    low, high = (replaced(tree, step, side) for side in bends.sides(step))
    size = 0.0
    for _ in range(LINES):
        others: dict[Leaf, float] = {Coordinate(other.name): random.uniform(other.low, other.high) for other in coordinates}
        with np.errstate(all="ignore"):
            size = max(size, abs(float(evaluate(tree, {**leaves, **others}.__getitem__, NUMPY))))
        fixed: dict[Leaf, Expression] = {leaf: Number(at) for leaf, at in others.items() if leaf != Coordinate(item.name)}
        for x in bends.zeros(replace(argument, fixed), item):
            known: dict[Leaf, float] = {**leaves, **others, Coordinate(item.name): x}
            below, above = (float(evaluate(side, known.__getitem__, NUMPY)) for side in (low, high))
            if not abs(above - below) <= SAME * (abs(above) + abs(below) + size):
                return True
    return False


def replaced(tree: Expression, part: Expression, by: Expression) -> Expression:
    """The tree with a part of it exchanged wherever it stands."""
    return fold(tree, lambda node, below: by if node == part else node if isinstance(node, Leaf | Number) else rebuilt(node, below))


def _interface(
    equations: tuple[Expression, ...], item: Interval, place: float, letters: tuple[str, ...], space: tuple[str, ...]
) -> Interface | None:
    """The interface at the place; None where everything that bends there is smooth enough for the equations."""
    calculus, letter = _Calculus(item, place, letters, space), item.name
    singular = [tree for equation in equations for tree in calculus.singular(equation)]
    first = next((number for number, tree in enumerate(equations, 1) if any(isinstance(node, Differential) for node in walk(tree))), 1)
    continuous = tuple(dict.fromkeys(tree for tree in [*calculus.forced, *singular] if tree != ZERO))
    alone = {tree for tree in continuous if isinstance(tree, Derivative)}
    orders = {leaf.unknown: 0 for tree in continuous for leaf in derivatives_in(tree)}
    for unknown in orders:
        while Derivative(unknown, orders[unknown] * letter) in alone:
            orders[unknown] += 1
    if not continuous:
        return None
    return Interface(letter, place, continuous, min(orders.values(), default=0), first)


@dataclass(frozen=True)
class _Distribution:
    """A regular part, and the trees whose jumps are the factors of δ, δ′ …"""

    regular: Expression
    singular: Mapping[int, Expression] = field(default_factory=dict)


class _Calculus:
    """Distributions with their singular parts at one place; `forced` are trees that must not jump for products to have a meaning."""

    def __init__(self, item: Interval, place: float, letters: tuple[str, ...], space: tuple[str, ...]) -> None:
        self._item, self._letter, self._place, self._letters, self._space = item, item.name, place, letters, space
        self.forced: list[Expression] = []

    def singular(self, equation: Expression) -> list[Expression]:
        """The trees that must not jump for the equation to hold in the sense of distributions."""
        found = self._of(equation)
        return [tree for _, tree in sorted(found.singular.items()) if not self._smooth(tree)]

    def _of(self, tree: Expression) -> _Distribution:
        results: dict[int, _Distribution] = {}
        for node in walk(tree):
            results[id(node)] = self._rule(node, results)
        return results[id(tree)]

    def _rule(self, node: Expression, known: Mapping[int, _Distribution]) -> _Distribution:
        match node:
            case Derivative():
                return self._leaf(node)
            case Unary(_, operand):
                inner = known[id(operand)]
                return _Distribution(negate(inner.regular), {order: negate(tree) for order, tree in inner.singular.items()})
            case Binary("+" | "-" as op, left, right):
                return _sum(op, known[id(left)], known[id(right)])
            case Binary("*", left, right):
                return self._product(known[id(left)], known[id(right)])
            case Binary("/", left, right):
                inverse = rebuilt(Binary("/", Number(1), right), (Number(1), self._made_regular(known[id(right)])))
                return self._product(known[id(left)], _Distribution(inverse)) if known[id(left)].singular else self._plain(node, known)
            case Differential(operand, by):
                return self._along(known[id(operand)], by)
            case Laplacian(operand):
                parts = [self._along(known[id(operand)], 2 * letter) for letter in self._space]
                total = parts[0]
                for part in parts[1:]:
                    total = _sum("+", total, part)
                return total
            case Binary() | Call():
                return self._plain(node, known)
        return _Distribution(node)

    def _plain(self, node: Binary | Call, known: Mapping[int, _Distribution]) -> _Distribution:
        """An operation that has a meaning for functions alone."""
        below = node.arguments if isinstance(node, Call) else (node.left, node.right)
        return _Distribution(rebuilt(node, tuple(self._made_regular(known[id(item)]) for item in below)))

    def _made_regular(self, distribution: _Distribution) -> Expression:
        """The regular part, with what is singular forced to vanish."""
        self.forced += [tree for _, tree in sorted(distribution.singular.items()) if not self._smooth(tree)]
        return distribution.regular

    def _leaf(self, leaf: Derivative) -> _Distribution:
        """∂ᵏu/∂xᵏ = {∂ᵏu/∂xᵏ} + Σ_j [∂^(k−1−j)u] δ^(j)."""
        order = leaf.by.count(self._letter)
        others = leaf.by.replace(self._letter, "")
        below = {
            j: Derivative(leaf.unknown, "".join(sorted(others + (order - 1 - j) * self._letter, key=self._letters.index)))
            for j in range(order)
        }
        return _Distribution(leaf, below)

    def _product(self, left: _Distribution, right: _Distribution) -> _Distribution:
        regular = multiply(left.regular, right.regular)
        if left.singular and right.singular:
            self._made_regular(right)
            self._made_regular(left)
            return _Distribution(regular)
        factor, other = (right.regular, left) if left.singular else (left.regular, right)
        if not other.singular:
            return _Distribution(regular)
        if not self._smooth(factor):
            self._made_regular(other)
            return _Distribution(regular)
        singular: dict[int, Expression] = {}
        slope = factor
        for i in range(max(other.singular) + 1):  # a δ^(j) = Σ_i (−1)^i C(j, i) a^(i)(c) δ^(j−i)
            for j, tree in other.singular.items():
                if i <= j and slope != ZERO:
                    term = multiply(Number((-1) ** i * comb(j, i)), multiply(slope, tree))
                    singular[j - i] = add(singular.get(j - i, ZERO), term)
            slope = differentiate(slope, self._letter, self._letters)
        return _Distribution(regular, singular)

    def _along(self, inner: _Distribution, by: str) -> _Distribution:
        for letter in by:
            regular = differentiate(inner.regular, letter, self._letters)
            if letter == self._letter:
                inner = _Distribution(regular, {0: inner.regular, **{order + 1: tree for order, tree in inner.singular.items()}})
            else:
                singular = {order: differentiate(tree, letter, self._letters) for order, tree in inner.singular.items()}
                inner = _Distribution(regular, singular)
        return inner

    def _smooth(self, tree: Expression) -> bool:
        """Whether the tree holds no unknown, and jumps or bends elsewhere at most."""
        if any(isinstance(leaf, Derivative) for leaf in leaves_in(tree)):
            return False
        if self._place == self._item.high:  # where both ends are one
            return Coordinate(self._letter) not in leaves_in(tree)
        return not any(bends.changes(inner, self._item, self._place) for inner in bends.arguments(tree))


def _sum(op: str, left: _Distribution, right: _Distribution) -> _Distribution:
    combine = add if op == "+" else subtract
    orders = {**left.singular, **right.singular}
    both = {order: combine(left.singular.get(order, ZERO), right.singular.get(order, ZERO)) for order in orders}
    return _Distribution(combine(left.regular, right.regular), {order: tree for order, tree in both.items() if tree != ZERO})
