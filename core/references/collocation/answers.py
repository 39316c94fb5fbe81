"""The answer of one expansion, and how two answers compare."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.expressions import Derivative
from core.problem.bound import BoundProblem
from core.references.collocation import gauss_newton
from core.references.collocation.expansion import Expansion, Points
from core.references.collocation.gauss_newton import FEW_STEPS, SINGULAR, SMALLEST, Root
from core.references.collocation.least_squares import Speed
from core.references.collocation.periodicity import ends_of
from core.references.collocation.residuals import Miss, System, Term, terms
from core.references.collocation.starts import starts
from core.references.common.clock import Clock
from core.references.common.refinement import difference
from core.references.pieces import Folded, shared

Array = NDArray[np.float64]

ROUNDED = 1e-12
"""Size beside the largest unknown below which one is zero but for rounding."""
USUAL_STEPS = 4
"""The steps that Newton's method usually takes from a coarser answer."""
MOST_TRIED = 150
"""Coefficients with which several starts are tried, should one fail."""
FAR = 0.1
"""Relative residual with which a root is taken for one of the coarse system only."""


@dataclass(frozen=True)
class Answer:
    """What one expansion gave: `values` (*shape of the axes, unknowns), and by how much it misses each term."""

    expansion: Expansion
    root: Root
    values: Array
    misses: tuple[Miss, ...]

    @property
    def missed(self) -> float:
        """The largest residual, as what it is in the unknowns."""
        return max(miss.fine for miss in self.misses)

    @property
    def rank(self) -> tuple[bool, bool, float]:
        """The rank among several answers by one expansion: the least is the best."""
        return self.root.condition < SINGULAR, not self.root.converged, self.missed


class Answers:
    """The answers of expansions to one problem, in cells, on the grid of `axes`; the coordinates in `wrapped` are periodic."""

    def __init__(self, folded: Folded, axes: Points, clock: Clock, wrapped: frozenset[int]) -> None:
        problem = folded.problem
        self.folded, self.problem, self.axes, self.clock, self.speed = folded, problem, axes, clock, Speed()
        self.points = folded.points(axes)
        self.between = tuple((axis[1:] + axis[:-1]) / 2 for axis in self.points)
        self.terms = tuple(term for term in terms(problem) if not _kept(term, problem, wrapped))
        self.linear = all(term.linear for term in self.terms)
        self.conditions = tuple(term for term in self.terms if term.name.startswith("conditions"))

    @property
    def looked(self) -> int:
        """The number of points, between those of the grid, at which each answer's terms are looked at."""
        return sum(math.prod(map(len, term.grid(self.between))) for term in self.terms)

    def of(self, expansion: Expansion, coarse: Answer | None, *, alone: bool = False) -> Answer:
        """The answer by Newton's method from the coarser one; from elsewhere too where that was none, unless `alone`."""
        system = System(self.terms, expansion)
        best: Answer | None = None
        for start in self._starts(system, coarse, alone):
            answer = self.judged(expansion, gauss_newton.solve(system, start, self.clock, self.speed), system)
            if answer.root.converged and answer.missed < FAR:
                return answer
            if best is None or answer.rank < best.rank:
                best = answer
        assert best is not None
        return best

    def _starts(self, system: System, coarse: Answer | None, alone: bool) -> Iterator[Array]:
        if system.linear:
            yield np.zeros(system.expansion.size)
            return
        if coarse is not None:
            yield coarse.expansion.padded(coarse.root.coefficients, system.expansion)
        if coarse is None or (not alone and not coarse.root.converged and system.expansion.size <= MOST_TRIED):
            yield from starts(self.problem, self.conditions, system.expansion, self.clock, self.speed)

    def judged(self, expansion: Expansion, root: Root, system: System) -> Answer:
        """The answer that coefficients are, with its values and by how much it misses each term."""
        values = np.stack([expansion.value(root.coefficients, Derivative(name), self.points) for name in self.problem.unknowns], axis=-1)
        sizes = np.sqrt(np.mean(values**2, axis=tuple(range(values.ndim - 1))))
        sizes = shared(self.problem.unknowns, sizes)
        largest = float(sizes.max())
        values[..., sizes <= ROUNDED * largest] = 0.0
        known = {name: max(float(size), SMALLEST * largest) or 1.0 for name, size in zip(self.problem.unknowns, sizes, strict=True)}
        values = self.on_grid(values)
        misses = tuple(system.missed(root.coefficients, self.between, known))
        return Answer(expansion, root, values, misses)

    def on_grid(self, values: Array) -> Array:
        """Values of the cells, on `points`, as those of the whole domain on the grid of `axes`."""
        return self.folded.gathered(values, self.axes) if self.folded.pieces else values

    def seconds(self, expansion: Expansion, converged: bool = True) -> float:
        """What an answer will take: a factorisation a step of Newton's method, and half as long again for the matrix."""
        system = System(self.terms, expansion)
        steps = 1 if system.linear else USUAL_STEPS if converged else FEW_STEPS
        return steps * 1.5 * self.speed.seconds(system.rows, expansion.size)


def distance(fine: Answer, coarse: Answer) -> float:
    """What the finer answer knows of its error: how far the coarser one is, or how far the terms are from being met."""
    return max(difference(fine.values, coarse.values), fine.missed)


def determined(fine: Answer, coarse: Answer) -> bool:
    """Whether the system's condition worsens as it should, as a power of the number of modes, and not as if something were left open.

    What is left open are functions, and more modes resolve these exponentially.
    """
    ratio = math.prod(coarse.expansion.shape) / math.prod(fine.expansion.shape)
    return bool(fine.root.condition > coarse.root.condition * ratio ** (8 / len(fine.expansion.shape)))


def _kept(term: Term, problem: BoundProblem, wrapped: frozenset[int]) -> bool:
    """Whether the modes of periodic coordinates meet the condition by themselves."""
    ends = ends_of(term.tree, problem)
    return ends is not None and ends[0] in wrapped
