"""Any problem on a box, all coordinates alike, by spectral collocation in the sense of least squares.

The unknowns are sums of Chebyshev polynomials, of trigonometric functions along a periodic coordinate. Equations are asked to hold at as
many points inside as there are modes, conditions at points of their edges: more rows than coefficients, so that no row has to make room
for another, whatever mixture of conditions there is, and nothing is asked twice at a corner. Newton's method takes care of nonlinearity.

Every row is divided by what it makes of the finest modes. So weighted, −Δu = f and u = g are ‖Δu + f‖/n² and ‖u − g‖/√n in mean squares,
just the norms in which the two together bound u's error for functions of n modes (Bochev and Gunzburger 2009, Least-Squares Finite Element
Methods, chapter 4), and so for other orders. Where the solution is smooth the residuals vanish to rounding and weights no longer
matter: with as many equations as unknowns it would be the rectangular collocation of Driscoll and Hale 2016 (IMA Journal of Numerical
Analysis 36: 108).

What the conditions leave open shows as a matrix without full rank; conditions that contradict each other, as residuals that stay.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from itertools import chain
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from core.errors import InputError, RunError
from core.references import WORST, pieces, spectral
from core.references.clock import Clock
from core.references.collocation.answers import Answer, Answers, determined, distance
from core.references.collocation.corners import corners
from core.references.collocation.expansion import Expansion, Points
from core.references.collocation.modes import Chebyshev, Fourier
from core.references.collocation.periodicity import periodic
from core.references.pieces import Folded, Narrow
from core.references.solution import Evidence, Solution
from core.references.stretches import features

if TYPE_CHECKING:
    from core.problem import BoundProblem

Array = NDArray[np.float64]

FIRST = {1: 16, 2: 12, 3: 7}
"""Modes a coordinate to begin with, by the number of coordinates."""
GROWTHS = (1.5, 1.2)
"""Of the modes of a coordinate, from one expansion to the next; the less where the more cannot be afforded."""
GOAL = 3e-9
"""The estimated error with which refinement ends."""
SAFETY = 2.0
"""Two answers differ by no more than the sum of their errors: where rounding is all that is left, both may err alike."""
MOST = {1: 1000, 2: 3200, 3: 3200}
"""Coefficients in all, by the number of coordinates: 3200 are 100 MB, and 3 s a factorisation."""
MOST_WITH_CORNERS = 1500
"""With more, corners are hard to tell from polynomials."""
PATIENCE = 0.6
"""Of the time that is left, what refinements may take: how long one takes is only foretold."""
ENOUGH = 700
"""Coefficients with which a solution without singular corners is found."""
RESOLVED = 1e-13
"""Relative size of the finest modes along a coordinate that needs no more of them."""
NEGLIGIBLE = 1e-4
"""The same beside those of the coordinate that needs more most."""
CHECK = 0.85
"""Modes of an expansion that a last one is compared with, beside its own."""
CHANCE = 30
"""Ratio of two distances that is more than chance."""
CONTRADICTION = 0.3
"""A residual beside the parts of its term that no fit should leave."""


def solve(problem: BoundProblem, axes: Points, clock: Clock) -> Solution:
    """The solution on the grid of `axes`, (*shape, unknowns), and its estimated error.

    Raises `InputError` where equations or conditions are missing or the problem is too large, `RunError` where no solution is found, or no
    single one.
    """
    trees = (*problem.equations, *(condition.residual for condition in problem.conditions))
    folded = Folded(problem, pieces.cuts(trees, problem.coordinates, problem.interfaces))
    narrow = [
        folded.within(item, feature)
        for item in problem.coordinates
        for feature in features(trees, item, [other for other in problem.coordinates if other != item])
    ]
    with np.errstate(all="ignore"):  # what is not finite is judged where it comes from
        values, error = Collocation(folded, list(chain.from_iterable(narrow)), axes, clock).solve()
    return Solution(values, error, Evidence(second="finer"))


class Collocation:
    """One problem's solution, by expansions that grow until two agree."""

    def __init__(self, folded: Folded, narrow: Sequence[Narrow], axes: Points, clock: Clock) -> None:
        problem = folded.problem
        if len(problem.equations) < len(problem.unknowns) or not problem.conditions:
            raise InputError("reference-undetermined")
        wrapped = periodic(problem)
        self.clock, self.end, self.most = clock, clock.seconds + PATIENCE * clock.left, MOST[len(axes)]
        self.first = _first(problem, wrapped, narrow)
        self.singular = () if wrapped else corners(problem)
        self.answers = Answers(folded, axes, clock, wrapped)
        if self.first.resized([n + 2 for n in self.first.shape]).size > self.most and narrow:
            raise RunError("reference-narrow", width=f"{min(feature.width for _, feature in narrow):.1g}")
        if self.first.resized([n + 2 for n in self.first.shape]).size > self.most:
            raise InputError("reference-too-many", unknowns=len(problem.unknowns), coordinates=len(axes))

    def solve(self) -> tuple[Array, float]:
        """The values of the finest expansion that is needed or can be afforded, and its error."""
        answer, error = self._refined(self.answers.of(self.first, None), ENOUGH if self.singular else self.most)
        if error > GOAL and self.singular:
            answer, error = self._with_corners(answer, error) if answer.missed > GOAL else self._refined(answer, self.most, error)
        if error > GOAL:
            error = _judged(error, self._checked(answer))
        self._refuse(answer, error)
        return answer.values, SAFETY * error

    def _with_corners(self, plain: Answer, error: float) -> tuple[Answer, float]:
        """The answer with what corners may add; where they add nothing, with more modes instead."""
        shape = [math.ceil(n * GROWTHS[0]) for n in self.first.shape]
        answer = self.answers.of(replace(self.first.resized(shape), corners=self.singular), plain)
        answer, smaller = self._refined(answer, MOST_WITH_CORNERS)
        return (answer, smaller) if smaller < WORST else self._refined(plain, self.most, error)

    def _refined(self, coarse: Answer, most: int, error: float = math.inf) -> tuple[Answer, float]:
        """The answer of the finest expansion, of at most so many coefficients, and its error; `error` is that of `coarse`."""
        sure = True
        while error > GOAL or not sure:
            larger = self._larger(coarse, sure, most)
            if larger is None:
                break
            fine = self.answers.of(larger, coarse)
            before, error, sure = error, distance(fine, coarse), determined(fine, coarse)
            if error > GOAL and fine.missed < GOAL / 100:  # most likely it is the coarser answer that is so far off
                error = min(error, self._checked(fine))
            settled = error > before / 2 and fine.expansion.each < min(GROWTHS) * coarse.expansion.each  # modes are not what is missing
            coarse = fine
            if settled:
                break
        return coarse, error

    def _checked(self, fine: Answer) -> float:
        """The error of an answer beside one that is little coarser, for much less work than beside a finer one."""
        coarser = fine.expansion.resized([math.floor(CHECK * n) for n in fine.expansion.shape])
        if not fine.root.converged or self.answers.seconds(coarser) > self.clock.left:
            return math.inf
        return distance(fine, self.answers.of(coarser, fine))

    def _refuse(self, answer: Answer, error: float) -> None:
        """Raise `RunError` for an answer that is none."""
        if not answer.root.converged:
            raise RunError("reference-no-convergence")
        if not math.isfinite(error):
            raise RunError("reference-too-slow", limit=f"{self.clock.limit:g}")
        for miss in answer.misses:
            if miss.whole > CONTRADICTION and miss.fine > (GOAL if miss.name.startswith("equations") else WORST):
                raise RunError("reference-missed", name=miss.name, error=f"{miss.whole:.0e}")

    def _larger(self, answer: Answer, sure: bool, most: int) -> Expansion | None:
        """More modes along the coordinates that need them, and one more along others, to be sure; None where that is too much."""
        tails = answer.expansion.tails(answer.root.coefficients)
        limit = max(RESOLVED, NEGLIGIBLE * max(tails)) if sure and answer.root.converged else -1.0
        for growth in GROWTHS:
            shape = [math.ceil(n * growth) if tail > limit else n + 1 for n, tail in zip(answer.expansion.shape, tails, strict=True)]
            larger = answer.expansion.resized(shape)
            if larger.size <= most and self.clock.seconds + self.answers.seconds(larger, answer.root.converged) <= self.end:
                return larger
        return None


def _judged(error: float, checked: float) -> float:
    """The error from its distances to a coarser answer and to one that is little coarser.

    The latter is far less where modes converge fast; else both are about as large as the error, and one may be small by chance.
    """
    return checked if checked < error / CHANCE else max(error, checked) if math.isfinite(checked) else error


def _first(problem: BoundProblem, wrapped: frozenset[int], narrow: Sequence[Narrow]) -> Expansion:
    """The coarsest expansion: one that sees all that is narrow."""
    counts = [FIRST[len(problem.coordinates)]] * len(problem.coordinates)
    for axis, item in enumerate(problem.coordinates):
        spacing = spectral.even if axis in wrapped else spectral.denser_at_ends
        for own, feature in narrow:
            while own.name == item.name and spacing(item, feature.place, counts[axis]) > feature.width and counts[axis] < MOST[1]:
                counts[axis] = math.ceil(GROWTHS[0] * counts[axis])
    modes = tuple(
        Fourier(n | 1, item.low, item.high) if axis in wrapped else Chebyshev(n, item.low, item.high)
        for axis, (item, n) in enumerate(zip(problem.coordinates, counts, strict=True))
    )
    return Expansion(problem.unknowns, tuple(item.name for item in problem.coordinates), modes)
