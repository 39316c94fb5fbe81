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
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from core.errors import InputError, RunError
from core.expressions import Derivative
from core.references import WORST
from core.references.clock import Clock
from core.references.collocation import gauss_newton, pieces
from core.references.collocation.corners import corners
from core.references.collocation.expansion import Expansion, Points
from core.references.collocation.gauss_newton import FEW_STEPS, SINGULAR, SMALLEST, Root
from core.references.collocation.least_squares import Speed
from core.references.collocation.modes import Chebyshev, Fourier
from core.references.collocation.periodicity import ends_of, periodic
from core.references.collocation.residuals import Miss, System, Term, terms
from core.references.collocation.starts import starts
from core.references.refinement import difference

if TYPE_CHECKING:
    from core.problem import BoundProblem

Array = NDArray[np.float64]

FIRST = {1: 16, 2: 12, 3: 7}
"""Modes a coordinate to begin with, by the number of coordinates."""
GROWTHS = (1.5, 1.2)
"""Of the modes of a coordinate, from one expansion to the next; the less where the more cannot be afforded."""
GOAL = 3e-9
"""The estimated error with which refinement ends."""
MOST = {1: 1000, 2: 3200, 3: 3200}
"""Coefficients in all, by the number of coordinates: 3200 are 100 MB, and 3 s a factorisation."""
MOST_WITH_CORNERS = 1500
"""With more, corners are hard to tell from polynomials."""
PATIENCE = 0.6
"""Of the time that is left, what refinements may take: how long one takes is only foretold."""
ROUNDED = 1e-12
"""Size beside the largest unknown below which one is zero but for rounding."""
RESOLVED = 1e-13
"""Relative size of the finest modes along a coordinate that needs no more of them."""
NEGLIGIBLE = 1e-4
"""The same beside those of the coordinate that needs more most."""
CHECK = 0.85
"""Modes of an expansion that a last one is compared with, beside its own."""
CHANCE = 30
"""Ratio of two distances that is more than chance."""
USUAL_STEPS = 4
"""Of Newton's method, from a coarser answer."""
CONTRADICTION = 0.3
"""A residual beside the parts of its term that no fit should leave."""
MOST_TRIED = 150
"""Coefficients with which several starts are tried, should one fail."""
ENOUGH = 700
"""Coefficients with which a solution without singular corners is found."""
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
        """Of several answers by one expansion the least is the best."""
        return self.root.condition < SINGULAR, not self.root.converged, self.missed


def solve(problem: BoundProblem, axes: Points, clock: Clock) -> tuple[Array, float]:
    """The solution on the grid of `axes`, (*shape, unknowns), and its estimated error.

    Raises `InputError` where equations or conditions are missing or the problem is too large, `RunError` where no solution is found, or no
    single one.
    """
    inside = pieces.places(problem)
    if inside:
        return pieces.values(problem, inside, axes[0], lambda smooth, points: _solve(smooth, (points,), clock))
    return _solve(problem, axes, clock)


def _solve(problem: BoundProblem, axes: Points, clock: Clock) -> tuple[Array, float]:
    with np.errstate(all="ignore"):  # what is not finite is judged where it comes from
        return Collocation(problem, axes, clock).solve()


class Collocation:
    """One problem's solution, by expansions that grow until two agree."""

    def __init__(self, problem: BoundProblem, axes: Points, clock: Clock) -> None:
        self.problem, self.axes, self.clock, self.speed = problem, axes, clock, Speed()
        self.end = clock.seconds + PATIENCE * clock.left
        self.between = tuple((axis[1:] + axis[:-1]) / 2 for axis in axes)
        self.most = MOST[len(axes)]
        wrapped = periodic(problem)
        self.first = _first(problem, wrapped)
        self.singular = () if wrapped else corners(problem)
        self.terms = tuple(term for term in terms(problem) if not _kept(term, problem, wrapped))
        self.conditions = tuple(term for term in self.terms if term.name.startswith("conditions"))
        if len(problem.equations) < len(problem.unknowns) or not problem.conditions:
            raise InputError("reference-undetermined")
        if self.first.resized([n + 2 for n in self.first.shape]).size > self.most:
            raise InputError("reference-too-many", unknowns=len(problem.unknowns), coordinates=len(axes))

    def solve(self) -> tuple[Array, float]:
        """The values of the finest expansion that is needed or can be afforded, and its error."""
        answer, error = self._refined(self._answer(self.first, None), ENOUGH if self.singular else self.most)
        if error > GOAL and self.singular:
            answer, error = self._with_corners(answer, error) if answer.missed > GOAL else self._refined(answer, self.most, error)
        if error > GOAL:
            error = _judged(error, self._checked(answer))
        self._refuse(answer, error)
        return answer.values, error

    def _with_corners(self, plain: Answer, error: float) -> tuple[Answer, float]:
        """The answer with what corners may add; where they add nothing, with more modes instead."""
        shape = [math.ceil(n * GROWTHS[0]) for n in self.first.shape]
        answer = self._answer(replace(self.first.resized(shape), corners=self.singular), plain)
        answer, smaller = self._refined(answer, MOST_WITH_CORNERS)
        return (answer, smaller) if smaller < WORST else self._refined(plain, self.most, error)

    def _refined(self, coarse: Answer, most: int, error: float = math.inf) -> tuple[Answer, float]:
        """The answer of the finest expansion, of at most so many coefficients, and its error; `error` is that of `coarse`."""
        determined = True
        while error > GOAL or not determined:
            larger = self._larger(coarse, determined, most)
            if larger is None:
                break
            fine = self._answer(larger, coarse)
            before, error, determined = error, _error(fine, coarse), _determined(fine, coarse)
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
        if not fine.root.converged or self._seconds(coarser) > self.clock.left:
            return math.inf
        return _error(fine, self._answer(coarser, fine))

    def _refuse(self, answer: Answer, error: float) -> None:
        """Raise `RunError` for an answer that is none."""
        if not answer.root.converged:
            raise RunError("reference-no-convergence")
        if not math.isfinite(error):
            raise RunError("reference-too-slow", limit=f"{self.clock.limit:g}")
        for miss in answer.misses:
            if miss.whole > CONTRADICTION and miss.fine > (GOAL if miss.name.startswith("equations") else WORST):
                raise RunError("reference-missed", name=miss.name, error=f"{miss.whole:.0e}")

    def _answer(self, expansion: Expansion, coarse: Answer | None) -> Answer:
        """By Newton's method from the coarser answer; from elsewhere too where that was none."""
        system = System(self.terms, expansion)
        best: Answer | None = None
        for start in self._starts(system, coarse):
            answer = self._judged(expansion, gauss_newton.solve(system, start, self.clock, self.speed), system)
            if answer.root.converged and answer.missed < FAR:
                return answer
            if best is None or answer.rank < best.rank:
                best = answer
        assert best is not None
        return best

    def _starts(self, system: System, coarse: Answer | None) -> Iterator[Array]:
        if system.linear:
            yield np.zeros(system.expansion.size)
            return
        if coarse is not None:
            yield coarse.expansion.padded(coarse.root.coefficients, system.expansion)
        if coarse is None or (not coarse.root.converged and system.expansion.size <= MOST_TRIED):
            yield from starts(self.problem, self.conditions, system.expansion, self.clock, self.speed)

    def _judged(self, expansion: Expansion, root: Root, system: System) -> Answer:
        values = np.stack([expansion.value(root.coefficients, Derivative(name), self.axes) for name in self.problem.unknowns], axis=-1)
        sizes = np.sqrt(np.mean(values**2, axis=tuple(range(values.ndim - 1))))
        largest = float(sizes.max())
        values[..., sizes <= ROUNDED * largest] = 0.0
        known = {name: max(float(size), SMALLEST * largest) or 1.0 for name, size in zip(self.problem.unknowns, sizes, strict=True)}
        misses = tuple(system.missed(root.coefficients, self.between, known))
        return Answer(expansion, root, values, misses)

    def _larger(self, answer: Answer, determined: bool, most: int) -> Expansion | None:
        """More modes along the coordinates that need them, and one more along others, to be sure; None where that is too much."""
        tails = answer.expansion.tails(answer.root.coefficients)
        limit = max(RESOLVED, NEGLIGIBLE * max(tails)) if determined and answer.root.converged else -1.0
        for growth in GROWTHS:
            shape = [math.ceil(n * growth) if tail > limit else n + 1 for n, tail in zip(answer.expansion.shape, tails, strict=True)]
            larger = answer.expansion.resized(shape)
            if larger.size <= most and self.clock.seconds + self._seconds(larger, answer.root.converged) <= self.end:
                return larger
        return None

    def _seconds(self, expansion: Expansion, converged: bool = True) -> float:
        """What an answer will take: a factorisation a step of Newton's method, and half as long again for the matrix."""
        system = System(self.terms, expansion)
        steps = 1 if system.linear else USUAL_STEPS if converged else FEW_STEPS
        return steps * 1.5 * self.speed.seconds(system.rows, expansion.size)


def _judged(error: float, checked: float) -> float:
    """The error from its distances to a coarser answer and to one that is little coarser.

    The latter is far less where modes converge fast; else both are about as large as the error, and one may be small by chance.
    """
    return checked if checked < error / CHANCE else max(error, checked) if math.isfinite(checked) else error


def _error(fine: Answer, coarse: Answer) -> float:
    return max(difference(fine.values, coarse.values), fine.missed)


def _determined(fine: Answer, coarse: Answer) -> bool:
    """Whether the system's condition worsens as it should, as a power of the number of modes, and not as if something were left open.

    What is left open are functions, and more modes resolve these exponentially. Raises `RunError` where they do to rounding.
    """
    if fine.root.condition < SINGULAR:
        raise RunError("reference-undetermined")
    ratio = math.prod(coarse.expansion.shape) / math.prod(fine.expansion.shape)
    return bool(fine.root.condition > coarse.root.condition * ratio ** (8 / len(fine.expansion.shape)))


def _first(problem: BoundProblem, wrapped: frozenset[int]) -> Expansion:
    n = FIRST[len(problem.coordinates)]
    modes = tuple(
        Fourier(n | 1, item.low, item.high) if axis in wrapped else Chebyshev(n, item.low, item.high)
        for axis, item in enumerate(problem.coordinates)
    )
    return Expansion(problem.unknowns, tuple(item.name for item in problem.coordinates), modes)


def _kept(term: Term, problem: BoundProblem, wrapped: frozenset[int]) -> bool:
    """Whether the modes of periodic coordinates meet the condition by themselves."""
    ends = ends_of(term.tree, problem)
    return ends is not None and ends[0] in wrapped
