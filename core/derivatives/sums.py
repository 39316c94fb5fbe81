"""Derivatives that equations only ever ask for in one and the same sum, as one: u_t − ν u_xx costs a jet no more than u_t alone.

Known for the Laplacian as forward Laplacian: R. Li et al., "A computational framework for neural network-based variational Monte Carlo with
forward Laplacian", Nature Machine Intelligence 6 (2024) 209. Here for any sum with numbers as factors, of whatever orders.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from core.expressions import Binary, Combination, Derivative, Expression, Number, Unary, derivatives_in
from core.expressions.algebra import ZERO, add, multiply

Parts = tuple[tuple[str, float], ...]
"""The letters of derivatives and their factors."""


def combined(equations: Sequence[Expression]) -> tuple[Expression, ...]:
    """The equations with a `Combination` in the place of each sum that saves a derivative; unchanged where none does."""
    split = [_Split.of(tree) for tree in equations]
    if any(item is None for item in split):
        return tuple(equations)
    linear = [item for item in split if item is not None]
    fixed = {derivative.by for item in linear for tree in item.rest for derivative in derivatives_in(tree)} | {""}
    below = {inner for item in linear for derivative in item.factors for inner in _proper(derivative.by)}
    free = (
        {derivative.by for item in linear for derivative in item.factors} - fixed - {inner for by in fixed for inner in _proper(by)} - below
    )
    sums = {_scaled(parts)[0] for item in linear for parts in item.sums(free).values()}
    if len(sums) >= len(free):
        return tuple(equations)
    return tuple(item.written(free) for item in linear)


@dataclass(frozen=True)
class _Split:
    """An equation as Σ factor · derivative + Σ rest."""

    factors: Mapping[Derivative, float]
    rest: list[Expression] = field(default_factory=list)

    @classmethod
    def of(cls, tree: Expression) -> _Split | None:
        """Split an equation; None where a factor is too large or too small to be written."""
        factors: dict[Derivative, float] = {}
        rest: list[Expression] = []
        stack: list[tuple[Expression, float]] = [(tree, 1.0)]
        while stack:
            node, scale = stack.pop()
            if not math.isfinite(scale) or scale == 0:
                return None
            match node:
                case Derivative():
                    factors[node] = factors.get(node, 0.0) + scale
                case Unary(_, operand):
                    stack.append((operand, -scale))
                case Binary("+", left, right):
                    stack += [(right, scale), (left, scale)]
                case Binary("-", left, right):
                    stack += [(right, -scale), (left, scale)]
                case Binary("*", Number(value), other) | Binary("*", other, Number(value)) if value:
                    stack.append((other, scale * value))
                case Binary("/", other, Number(value)) if value:
                    stack.append((other, scale / value))
                case _:
                    rest.append(multiply(Number(scale), node))
        return cls({derivative: factor for derivative, factor in factors.items() if factor}, rest)

    def sums(self, free: set[str]) -> dict[str, Parts]:
        """The part of the equation that is made of derivatives by the `free` letters alone, for each unknown."""
        unknowns = sorted({derivative.unknown for derivative in self.factors if derivative.by in free})
        return {
            unknown: tuple(
                sorted((item.by, factor) for item, factor in self.factors.items() if item.unknown == unknown and item.by in free)
            )
            for unknown in unknowns
        }

    def written(self, free: set[str]) -> Expression:
        """The equation again, with sums of derivatives by the `free` letters as one leaf each."""
        terms: list[Expression] = []
        for unknown, parts in self.sums(free).items():
            scaled, scale = _scaled(parts)
            leaf = Derivative(unknown, scaled[0][0]) if len(scaled) == 1 else Combination(unknown, scaled)
            terms.append(multiply(Number(scale), leaf))
        terms += [multiply(Number(factor), item) for item, factor in self.factors.items() if item.by not in free]
        total: Expression = ZERO
        for term in [*terms, *self.rest]:
            total = add(total, term)
        return total


def _scaled(parts: Parts) -> tuple[Parts, float]:
    """A sum over its first factor, so that multiples of it are the same, and that factor."""
    first = parts[0][1]
    return tuple((by, factor / first) for by, factor in parts), first


def _proper(by: str) -> Iterator[str]:
    """The derivatives by some of a derivative's letters, but not all: it builds on them."""
    for place in range(len(by)):
        inner = by[:place] + by[place + 1 :]
        yield inner
        yield from _proper(inner)
