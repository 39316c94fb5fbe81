"""What equations and conditions leave open, and what they then demand: how many solutions there are where there is not one.

The linearised equations may take no notice of some functions: their null space. The matrix shows them as singular values that vanish, to
rounding, once modes resolve these functions, and as no more of them with more modes; where there are more and more, a function of
some coordinate is left open. A linear problem with a null space has a family of solutions or none (Fredholm's alternative: Kress 2014,
Linear Integral Equations, chapter 4), and which of the two the residual tells that no coefficients take away. A problem that is not linear
has a family if its solutions can be moved along the null space.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.errors import RunError
from core.expressions import Derivative
from core.references.collocation.answers import Answer, Answers
from core.references.collocation.expansion import Expansion
from core.references.collocation.gauss_newton import Root
from core.references.collocation.least_squares import Factors
from core.references.collocation.residuals import Miss, System
from core.references.common.naming import family

Array = NDArray[np.float64]

FREE = 1e-15
"""The singular value of a function that is left open and resolved, beside the largest. Near a resonance, none is so small."""
DETERMINED = 1e-6
"""The singular value of a function that is not left open; in between it may be one that is not resolved yet."""
FALLS = 0.3
"""What is left of a singular value, from one look to the next, if it is that of such a function."""
MOST = 6
"""Functions that may be left open; with more, a function of some coordinate is."""
GROWTH = 1.25
"""The growth of each coordinate's modes, from one look to the next."""
LOOKS = 4
MET = 1e-7
"""Residuals, as what they are in the unknowns, that are none."""
STAYS = 0.85
"""What is left of a residual, from one look to the next, that will never vanish."""
ROUNDED = 1e-10
"""The length of a column, beside the typical one, that is rounding."""
STEPS = 30
REST = 1e-9
"""A step, relative to the unknowns, with which Newton's method is at rest."""
HEAVY = 1e4
"""How much more a condition counts than an equation where it is to be met."""
MOVED = 0.05
"""How far a solution is moved along what may be a family, beside its size."""


@dataclass(frozen=True)
class Look:
    """A solution by one expansion, as far as there is one: `functions` (size, count) are left open there.

    `values` are the smallest singular values, rising, beside the largest.
    """

    answer: Answer
    functions: Array
    values: Array

    @property
    def count(self) -> int:
        return int(self.functions.shape[1])

    @property
    def worst(self) -> Miss:
        """The term that is missed most, beside its parts."""
        return max(self.answer.misses, key=lambda miss: miss.whole)


def verdict(answers: Answers, found: Answer) -> RunError | None:
    """How many solutions a problem has whose matrix is, or is nearly, singular at an answer; None where that is one after all.

    Raises `RunError` where there is no time left to find out.
    """
    looks: list[Look] = []
    expansion, coefficients = found.expansion, found.root.coefficients
    for _ in range(LOOKS):
        look = _look(answers, expansion, coefficients)
        if look is None:
            return RunError("reference-undetermined")
        looks.append(look)
        if len(looks) > 1 and not look.count and not _fall(looks):
            return None
        said = _said(answers, looks)
        if said is not None:
            return said
        expansion = expansion.resized([max(n + 2, round(GROWTH * n)) for n in expansion.shape])
        coefficients = look.answer.expansion.padded(look.answer.root.coefficients, expansion)
    return RunError("reference-undetermined")


def _look(answers: Answers, expansion: Expansion, coefficients: Array) -> Look | None:
    """The solution from these coefficients on that is nearest to zero, or to them; None where Newton's method does not come to rest."""
    system = System(answers.terms, expansion)
    start = np.zeros(expansion.size) if system.linear else coefficients
    reached = _settled(answers, system, start)
    if reached is None:
        return None
    root, functions, values = reached
    return Look(answers.judged(expansion, Root(root, True, 0.0), system), functions, values)


def _fall(looks: list[Look]) -> bool:
    """Whether singular values that are not as small as rounding still fall as those of functions do that more modes resolve."""
    before, now = looks[-2].values, looks[-1].values
    return bool(((now > FREE) & (now < DETERMINED) & (now < FALLS * before)).any())


def _settled(answers: Answers, system: System, coefficients: Array) -> tuple[Array, Array, Array] | None:
    """Coefficients that no step without a part along the null space improves, that null space, and the smallest singular values."""
    for _ in range(STEPS):
        answers.clock.check()
        residuals, matrix, _scales = system.linearised(coefficients)
        if not (np.isfinite(residuals).all() and np.isfinite(matrix).all()):
            return None
        lengths = np.sqrt(np.einsum("ij,ij->j", matrix, matrix))
        values, vectors = Factors.of(matrix.copy(order="F"), answers.clock, answers.speed).weakest(MOST + 1)
        values = values / np.sqrt(system.expansion.size)
        functions = vectors[:, values <= FREE]
        typical = float(np.median(lengths)) or 1.0  # modes that are left open have columns of rounding alone
        held = functions * np.where(lengths > ROUNDED * typical, lengths, typical)[:, None] ** 2  # so that steps have no part along these
        bordered = np.asfortranarray(np.concatenate([matrix, held.T]))
        step, _remains = Factors.of(bordered, answers.clock, answers.speed).fit(-np.concatenate([residuals, np.zeros(held.shape[1])]))
        coefficients = coefficients + step
        sizes = system.expansion.sizes(coefficients)
        if system.linear or (system.expansion.sizes(step) <= REST * (sizes.max() or 1.0)).all():
            return coefficients, functions, values
    return None


def _said(answers: Answers, looks: list[Look]) -> RunError | None:
    """The verdict of the looks so far; None where another one is needed."""
    last = looks[-1]
    if last.count > MOST or (len(looks) > 2 and looks[-3].count < looks[-2].count < last.count):
        return RunError("reference-open")
    if len(looks) < 2 or not last.count or looks[-2].count != last.count or _fall(looks):
        return None
    system = System(answers.terms, last.answer.expansion)
    if last.answer.missed > MET:
        before = next((miss.whole for miss in looks[-2].answer.misses if miss.name == last.worst.name), 0.0)
        return _none(answers, last) if last.worst.whole > max(STAYS * before, MET) else None
    if not system.linear:
        return _moved(answers, system, last)
    homogeneous = not system.linearised(np.zeros(system.expansion.size))[0].any()
    return _family(answers, last, "reference-family" if homogeneous else "reference-family-added")


def _family(answers: Answers, look: Look, code: str) -> RunError:
    return RunError(code, functions=family(_values(answers, look), answers.axes, answers.folded.whole))


def _none(answers: Answers, look: Look) -> RunError:
    """The contradiction, with the term that stands out and by how much it is missed where all is met as well as can be."""
    functions = family(_values(answers, look), answers.axes, answers.folded.whole)
    named = {miss: name for miss in _with_conditions(answers, look) if (name := answers.folded.origin(miss.name))}
    worst = max(named, key=lambda miss: miss.whole)
    return RunError("reference-contradiction", functions=functions, name=named[worst], error=f"{100 * worst.whole:.3g} %")


def _with_conditions(answers: Answers, look: Look) -> tuple[Miss, ...]:
    """The misses of each equation where the conditions are met; of each term, where those contradict one another."""
    system = System(answers.terms, look.answer.expansion)
    residuals, matrix, _scales = system.linearised(look.answer.root.coefficients)
    inside = math.prod(look.answer.expansion.shape) * len(answers.problem.equations)
    weights = np.where(np.arange(system.rows) < inside, 1.0, HEAVY)
    bordered = np.asfortranarray(np.concatenate([weights[:, None] * matrix, look.functions.T]))
    right = np.concatenate([weights * residuals, np.zeros(look.count)])
    step, _remains = Factors.of(bordered, answers.clock, answers.speed).fit(-right)
    misses = answers.judged(system.expansion, Root(look.answer.root.coefficients + step, True, 0.0), system).misses
    return tuple(miss for miss in misses if miss.name.startswith("equations") and miss.whole > MET) or misses


def _moved(answers: Answers, system: System, look: Look) -> RunError | None:
    """Whether the solution of a problem that is not linear can be moved: a family; else it is a double solution, as at a fold."""
    root = look.answer.root.coefficients
    for function in look.functions.T:
        sizes = system.expansion.sizes(function)
        length = MOVED * (system.expansion.sizes(root).max() or 1.0) / (sizes.max() or 1.0)
        reached = _settled(answers, system, root + length * function)
        if reached is None:
            return RunError("reference-double")
        moved = system.expansion.sizes(reached[0] - root).max()
        missed = answers.judged(system.expansion, Root(reached[0], True, 0.0), system).missed
        if missed > MET or moved < length * sizes.max() / 2:
            return RunError("reference-double")
    return _family(answers, look, "reference-family-curved")


def _values(answers: Answers, look: Look) -> Array:
    """What is left open on the grid, (count, *shape, unknowns)."""
    expansion = look.answer.expansion
    fields = [[expansion.value(function, Derivative(name), answers.points) for name in expansion.unknowns] for function in look.functions.T]
    return np.stack([answers.on_grid(np.moveaxis(np.array(field), 0, -1)) for field in fields])
