"""Bratu's problem u'' + s·exp(u) = 0 between ends at one level: two branches below the fold.

With the ends at 0 and the length 1, u = 2·log(cosh(θ/4)/cosh((x − 1/2)·θ/2)) where θ = √(2s)·cosh(θ/4) (Bratu 1914); the fold lies at
s = 3.5138. A level and a length scale s by exp(level)·length².
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from scipy.optimize import brentq

from benchmarks.tribunal.case import Array, Case, several
from benchmarks.tribunal.draws import Draws

FOLD = 3.513830719
TOP = 4.7987145
"""θ at the fold."""


def draw(draws: Draws) -> Case:
    """A source between 3 % and 95 % of the fold's, at a random level and length."""
    u, x = draws.choice(("u", "T", "y")), draws.choice(("x", "s"))
    length = draws.choice((1.0, draws.scale(0.2, 5)))
    level = draws.choice((0.0, 0.0, draws.real(-1, 1)))
    source = float(f"{draws.real(0.03, 0.95) * FOLD / length**2 / math.exp(level):.3g}")
    table = draws.table(
        {"m": source},
        coordinates={x: [0, length]},
        unknowns=[u],
        equations=[f"{u}_{x}{x} + m*exp({u}) = 0"],
        conditions=[f"{u}(0) = {level:g}", f"{u}({length:g}) = {level:g}"],
    )
    return Case(
        table,
        several(*(branch(theta, level, length) for theta in angles(source * math.exp(level) * length**2))),
    )


def angles(source: float) -> tuple[float, float]:
    """θ on the lower and the upper branch."""

    def off(theta: float) -> float:
        return theta - math.sqrt(2 * source) * math.cosh(theta / 4)

    return brentq(off, 0.0, TOP, xtol=1e-14, rtol=1e-14), brentq(off, TOP, 60.0, xtol=1e-14, rtol=1e-14)


def branch(theta: float, level: float, length: float) -> Callable[[Array], Array]:
    """The solution that belongs to θ."""
    return lambda x: level + 2 * (math.log(math.cosh(theta / 4)) - np.log(np.cosh((x / length - 0.5) * theta / 2)))
