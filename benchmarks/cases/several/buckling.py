"""A bent column, u'' + w²·sin(u) = 0, and the cubic u'' + a·u³ = 0, both with ends at 0: elliptic functions."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy.optimize import brentq
from scipy.special import ellipj, ellipk

from benchmarks.tribunal.case import Array, Case, several
from benchmarks.tribunal.draws import Draws, rounded, text

WAVES = 30
"""Half waves of the cubic's solutions that are listed: there is one pair for every number."""


def draw(draws: Draws) -> Case:
    """One or the other."""
    return _column(draws) if draws.chance(0.6) else _cubic(draws)


def _column(draws: Draws) -> Case:
    """sin(u/2) = k·sn(w·x) with 2·n·K(k) = w·length, for every n below w·length/π."""
    u, length = draws.choice(("u", "y", "v")), draws.choice((1.0, draws.scale(0.5, 5)))
    load = draws.choice((draws.real(1.1, 1.8), draws.real(2.15, 2.8)))
    w = rounded(load * np.pi / length)
    table = draws.table(
        {"w": w},
        coordinates={"x": [0, length]},
        unknowns=[u],
        equations=[f"{u}_xx + w^2*sin({u}) = 0"],
        conditions=[f"{u}(0) = 0", f"{u}({text(length)}) = 0"],
    )

    def bent(waves: int, side: int) -> Callable[[Array], Array]:
        square = brentq(lambda m: ellipk(m) - w * length / (2 * waves), 0.0, 1 - 1e-14, xtol=1e-16)
        return lambda x: side * 2 * np.arcsin(np.sqrt(square) * ellipj(w * x, square)[0])

    pairs = [bent(waves, side) for waves in range(1, int(w * length / np.pi) + 1) for side in (1, -1)]
    return Case(table, several(np.zeros_like, *pairs))


def _cubic(draws: Draws) -> Case:
    """u = A·cn(√a·A·x + K) with the modulus 1/√2 and √a·A·length = 2·n·K."""
    length, a = draws.choice((1.0, draws.scale(0.5, 3))), draws.choice((1.0, draws.scale(0.3, 5)))
    table = draws.table(
        coordinates={"x": [0, length]},
        unknowns=["u"],
        equations=[f"u_xx + {text(a)}*u^3 = 0"],
        conditions=["u(0) = 0", f"u({text(length)}) = 0"],
    )
    quarter = ellipk(0.5)

    def wave(waves: int, side: int) -> Callable[[Array], Array]:
        size = 2 * waves * quarter / (np.sqrt(a) * length)
        return lambda x: side * size * ellipj(np.sqrt(a) * size * x + quarter, 0.5)[1]

    return Case(table, several(np.zeros_like, *(wave(waves, side) for waves in range(1, WAVES + 1) for side in (1, -1))))
