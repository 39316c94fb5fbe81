"""Equations split into a linear part, which exponentials solve exactly, and the rest."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from core.domain.domain import TIME
from core.expressions import Binary, Coordinate, Derivative, Expression, Leaf, Number, Unary, derivatives_in, leaves_in, partial, replace
from core.expressions.algebra import MINUS_ONE, ONE, ZERO, add, divide, multiply
from core.references.lines.evolution.evolution import Evolution


@dataclass(frozen=True)
class Splitting:
    """The residuals without their rates: Σ factor · derivative + rest, an entry an equation."""

    linear: tuple[Mapping[Derivative, Expression], ...]
    rest: tuple[Expression, ...]

    @property
    def leaves(self) -> tuple[Derivative, ...]:
        """What the rest depends on."""
        found = {leaf for tree in self.rest for leaf in derivatives_in(tree)}
        return tuple(sorted(found, key=lambda leaf: (leaf.unknown, leaf.by)))

    @property
    def milder(self) -> bool:
        """Whether the rest differentiates less in space than the linear part, so that explicit steps can follow it."""
        linear = max((_order(leaf) for factors in self.linear for leaf in factors), default=-1)
        return max((_order(leaf) for leaf in self.leaves), default=-1) < linear

    @property
    def moves(self) -> bool:
        """Whether the rest depends on time or the solution."""
        return bool(self.leaves) or any(Coordinate(TIME) in leaves_in(tree) for tree in self.rest)


def split(evolution: Evolution, constant: bool) -> Splitting:
    """The split; factors of the linear part are numbers if `constant`, else they may depend on the place."""
    allowed = set() if constant else {Coordinate(item.name) for item in evolution.space}
    resting: dict[Leaf, Expression] = dict.fromkeys(evolution.rates, ZERO)
    parts = [_split(replace(tree, resting), allowed) for tree in evolution.equations]
    return Splitting(tuple(linear for linear, _ in parts), tuple(rest for _, rest in parts))


def _split(tree: Expression, allowed: set[Coordinate]) -> tuple[dict[Derivative, Expression], Expression]:
    linear: dict[Derivative, Expression] = {}
    rest: Expression = ZERO
    for factor, term in _terms(tree, ONE):
        leaves = derivatives_in(term)
        slopes = {leaf: partial(term, leaf) for leaf in sorted(leaves, key=lambda leaf: (leaf.unknown, leaf.by))}
        if all(leaves_in(slope) <= allowed for slope in slopes.values()):
            for leaf, slope in slopes.items():
                linear[leaf] = add(linear.get(leaf, ZERO), multiply(factor, slope))
            term = replace(term, dict.fromkeys(leaves, ZERO))
        rest = add(rest, multiply(factor, term))
    return {leaf: factor for leaf, factor in linear.items() if factor != ZERO}, rest


def _terms(tree: Expression, factor: Expression) -> Iterator[tuple[Expression, Expression]]:
    """The tree as a sum of factor · term, the factors numbers."""
    stack = [(factor, tree)]
    while stack:
        factor, node = stack.pop()
        match node:
            case Unary(_, operand):
                stack.append((multiply(MINUS_ONE, factor), operand))
            case Binary("+", left, right):
                stack += [(factor, right), (factor, left)]
            case Binary("-", left, right):
                stack += [(multiply(MINUS_ONE, factor), right), (factor, left)]
            case Binary("*", Number() as number, operand) | Binary("*", operand, Number() as number):
                stack.append((multiply(factor, number), operand))
            case Binary("/", operand, Number() as number):
                stack.append((divide(factor, number), operand))
            case _:
                yield factor, node


def _order(leaf: Derivative) -> int:
    return len(leaf.by.replace(TIME, ""))
