"""Reaction and diffusion without a closed solution: finite differences and SciPy's LSODA are the witness."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from benchmarks.tribunal.case import Array, Case
from benchmarks.tribunal.draws import Draws, rounded, text
from benchmarks.witnesses.differences import Reaction, Reactor


def draw(draws: Draws) -> Case:
    """Fisher, Nagumo, Allen and Cahn, the Brusselator, and Gray and Scott."""
    return draws.choice((_fisher, _nagumo, _allen_cahn, _brusselator, _gray_scott))(draws)


def _case(
    draws: Draws,
    diffusion: Sequence[float],
    equations: Sequence[str],
    reaction: Reaction,
    levels: Sequence[tuple[float, float]],
    end: float,
    waves: int,
) -> Case:
    """Each unknown starts from level + size·cos(waves·π·x), or, held at both ends, from level + size·sin(waves·π·x)."""
    held = draws.chance(0.5)
    names = ("u", "v")[: len(levels)]
    wave = f"{'sin' if held else 'cos'}({waves}*pi*x)"
    starts = [f"{name}(x, 0) = {text(level)} + {text(size)}*{wave}" for name, (level, size) in zip(names, levels, strict=True)]
    ends = [
        f"{name}({place}, t) = {text(level)}" if held else f"{name}_x({place}, t) = 0"
        for name, (level, _) in zip(names, levels, strict=True)
        for place in (0, 1)
    ]
    table = draws.table(
        coordinates={"x": [0, 1], "t": [0, end]}, unknowns=list(names), equations=list(equations), conditions=[*starts, *ends]
    )

    def start(x: Array) -> Array:
        shape = np.sin(waves * np.pi * x) if held else np.cos(waves * np.pi * x)
        return np.stack([level + size * shape for level, size in levels])

    return Case(table, Reactor(diffusion, reaction, start, held).solutions())


def _fisher(draws: Draws) -> Case:
    k, r = draws.scale(0.005, 0.1), draws.real(1, 8)
    return _case(
        draws, (k,), [f"u_t = {text(k)}*u_xx + {text(r)}*u*(1 - u)"], lambda u: r * u * (1 - u), [(0.3, 0.2)], draws.choice((1.0, 2.0)), 2
    )


def _nagumo(draws: Draws) -> Case:
    k, a = draws.scale(0.005, 0.1), draws.real(0.1, 0.4)
    equation = f"u_t = {text(k)}*u_xx + u*(1 - u)*(u - {text(a)})"
    return _case(draws, (k,), [equation], lambda u: u * (1 - u) * (u - a), [(0.4, 0.3)], 5.0, draws.whole(1, 2))


def _allen_cahn(draws: Draws) -> Case:
    k, m = draws.scale(0.002, 0.05), draws.real(1, 5)
    return _case(
        draws, (k,), [f"u_t = {text(k)}*u_xx + {text(m)}*(u - u^3)"], lambda u: m * (u - u**3), [(0.0, 0.5)], 2.0, draws.whole(1, 3)
    )


def _brusselator(draws: Draws) -> Case:
    k, b = draws.scale(0.005, 0.05), draws.real(1.5, 3)
    equations = [f"u_t = 1 + u^2*v - {text(rounded(b + 1))}*u + {text(k)}*u_xx", f"v_t = {text(b)}*u - u^2*v + {text(k)}*v_xx"]
    lost = rounded(b + 1)

    def reaction(w: Array) -> Array:
        u, v = w
        return np.stack([1 + u**2 * v - lost * u, b * u - u**2 * v])

    return _case(draws, (k, k), equations, reaction, [(1.0, 0.5), (b, 0.3)], draws.choice((2.0, 5.0)), 2)


def _gray_scott(draws: Draws) -> Case:
    feed, kill = draws.real(0.02, 0.06), draws.real(0.05, 0.065)
    equations = [f"u_t = 0.01*u_xx - u*v^2 + {text(feed)}*(1 - u)", f"v_t = 0.005*v_xx + u*v^2 - {text(rounded(feed + kill))}*v"]
    lost = rounded(feed + kill)

    def reaction(w: Array) -> Array:
        u, v = w
        return np.stack([-u * v**2 + feed * (1 - u), u * v**2 - lost * v])

    return _case(draws, (0.01, 0.005), equations, reaction, [(0.7, 0.2), (0.3, 0.2)], 10.0, 2)
