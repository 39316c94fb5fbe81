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
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from core.domain.stretches import features
from core.errors import InputError, RunError
from core.problem.bound import BoundProblem
from core.references import pieces
from core.references.collocation.answers import Answer, Answers, determined, distance
from core.references.collocation.branches import APART, MODES, Search
from core.references.collocation.corners import corners
from core.references.collocation.expansion import Expansion, Points
from core.references.collocation.freedom import verdict
from core.references.collocation.gauss_newton import SINGULAR
from core.references.collocation.modes import Chebyshev, Fourier
from core.references.collocation.periodicity import periodic
from core.references.common import spectral
from core.references.common.clock import Clock
from core.references.common.refinement import difference
from core.references.common.solution import WORST, Evidence, Solution
from core.references.pieces import Folded, Narrow

Array = NDArray[np.float64]

FIRST = {1: 16, 2: 12, 3: 7}
"""Modes a coordinate to begin with, by the number of coordinates."""
GROWTHS = (1.5, 1.2)
"""The growth of a coordinate's modes from one expansion to the next; the less where the more cannot be afforded."""
GOAL = 3e-9
"""The estimated error with which refinement ends."""
SAFETY = 2.0
"""Two answers differ by no more than the sum of their errors: where rounding is all that is left, both may err alike."""
MOST = {1: 1000, 2: 3200, 3: 3200}
"""Coefficients in all, by the number of coordinates: 3200 are 100 MB, and 3 s a factorisation."""
MOST_WITH_CORNERS = 1500
"""The coefficients beyond which corners are hard to tell from polynomials."""
PATIENCE = 0.6
"""The part of the time left that refinements may take: how long one takes is only foretold."""
ENOUGH = 700
"""Coefficients with which a solution without singular corners is found."""
RESOLVED = 1e-13
"""Relative size of the finest modes along a coordinate that needs no more of them."""
NEGLIGIBLE = 1e-4
"""The size, relative to the finest modes of the coordinate that needs more most, below which another needs no more."""
SUSPECT = 1e-12
"""A reciprocal condition number that may be that of a system which leaves something open."""
OSCILLATING = {1: 180, 2: 27, 3: 10}
"""Modes a coordinate that also resolve what oscillates and could be added to a solution which is zero and needs none itself."""
SAME = 100.0
"""The factor by which the error of one of several solutions may be larger than that of the first."""
NEARLY = 1e-5
"""An error that is small enough whatever that of the first is; solutions with a kink, of equations of first order, have larger ones."""
HUNT = 2.5
"""Seconds for which several solutions are looked for at most, and for which they are refined, unless the first took twice as long."""
LASTS = 0.3
"""How far an answer may be from one with more modes to be taken for the same."""
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
        return Collocation(folded, list(chain.from_iterable(narrow)), axes, clock).solve()


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

    def solve(self) -> Solution:
        """The values of the finest expansion that is needed or can be afforded, with its error; other solutions beside it."""
        answer, error = self._grown(self.answers.of(self.first, None))
        if not answer.root.converged and not self.answers.linear:
            answer, error = self._hunted()
        self._refuse(answer, error)
        unique = self.answers.linear
        others = [] if unique else list(self._others(answer, error))
        error = max([error, *(error for _, error in others)])
        evidence = Evidence(self.answers.looked, "finer")
        return Solution(answer.values, SAFETY * error, evidence, tuple(other.values for other, _ in others))

    def _grown(self, answer: Answer) -> tuple[Answer, float]:
        """The answer that a first one leads to by more modes, and its error."""
        answer, error = self._refined(answer, ENOUGH if self.singular else self.most)
        if error > GOAL and self.singular:
            answer, error = self._with_corners(answer, error) if answer.missed > GOAL else self._refined(answer, self.most, error)
        if error > GOAL:
            error = _judged(error, self._checked(answer))
        return answer, error

    def _search(self, known: Sequence[Answer], seconds: float) -> Search:
        return Search(self.answers, self._coarse, known, self.clock.part(seconds))

    @property
    def _coarse(self) -> Expansion:
        """The expansion with which several solutions are looked for: as fine as is cheap."""
        return self.first.resized([MODES[len(self.first.shape)]] * len(self.first.shape))

    def _hunted(self) -> tuple[Answer, float]:
        """An answer from many more starts; raises `RunError` where none leads to one."""
        search = self._search((), min(HUNT, self.clock.left / 2))
        best = math.inf
        for first in search.found():
            answer, error = self._grown(first)
            if answer.root.converged and error <= WORST / SAFETY:
                return answer, error
            best = min(best, error) if answer.root.converged else best
        if math.isfinite(best):
            raise RunError("reference-unsettled", error=f"{SAFETY * best:.1e}")
        raise RunError("reference-none-found", starts=search.tried, modes=max(self._coarse.shape))

    def _others(self, answer: Answer, best: float) -> Iterator[tuple[Answer, float]]:
        """Further answers with their errors, none much larger than `best`; those that more modes do not confirm were none."""
        seconds = max(HUNT, self.clock.seconds / 2)
        found = [answer]
        firsts = list(self._search((answer,), seconds).found())
        self.end = self.clock.seconds + PATIENCE * self.clock.left
        for first in firsts:
            try:
                if not self._lasts(first, found):
                    continue
                other, error = self._grown(first)
                self._refuse(other, error)
            except RunError:
                continue
            if error < max(SAME * best, NEARLY) and all(difference(other.values, known.values) > APART for known in found):
                found.append(other)
                yield other, error

    def _lasts(self, first: Answer, known: Sequence[Answer]) -> bool:
        """Whether an answer is one with more modes too: not only of the coarse equations, and not about to become a known one."""
        finer = first.expansion.resized([math.ceil(n * GROWTHS[0]) for n in first.expansion.shape])
        fine = self.answers.of(finer, first, alone=True)
        if not fine.root.converged or difference(fine.values, first.values) > LASTS:
            return False
        return all(difference(fine.values, other.values) > difference(first.values, other.values) / 2 for other in known)

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
            sure = self._sure(fine, coarse)
            if coarse.root.converged and not fine.root.converged and self.answers.linear:
                break  # near a resonance more modes only add rounding
            before, error = error, distance(fine, coarse)
            if error > GOAL and fine.missed < GOAL / 100:  # most likely it is the coarser answer that is so far off
                error = min(error, self._checked(fine))
            settled = error > before / 2 and fine.expansion.each < min(GROWTHS) * coarse.expansion.each  # modes are not what is missing
            coarse = fine
            if settled:
                break
        return coarse, error

    def _sure(self, fine: Answer, coarse: Answer) -> bool:
        """Whether nothing that could be added to the answer is left open; raises `RunError` where something is."""
        sure = determined(fine, coarse)
        if fine.root.condition < (SUSPECT if self.answers.linear and not sure else SINGULAR):
            said = verdict(self.answers, fine)
            if said is not None or not self.answers.linear:
                raise said or RunError("reference-undetermined")
        return sure and (bool(fine.values.any()) or fine.expansion.shape >= (OSCILLATING[len(fine.expansion.shape)],))

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
        missed = [
            (self.answers.folded.origin(miss.name), f"{miss.whole:.0e}")
            for miss in answer.misses
            if miss.whole > CONTRADICTION and miss.fine > (GOAL if miss.name.startswith("equations") else WORST)
        ]
        for name, size in missed:
            if name is not None:
                raise RunError("reference-missed", name=name, error=size)
        if missed:
            raise RunError("reference-missed-joint", error=missed[0][1])
        if not self.answers.linear and error > WORST / SAFETY:
            raise RunError("reference-unsettled", error=f"{SAFETY * error:.1e}")

    def _larger(self, answer: Answer, sure: bool, most: int) -> Expansion | None:
        """An expansion with more modes where they are needed, and one more elsewhere; None where that is too much."""
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
