"""Sources that jump in space: the solution bends, its slope is continuous."""

from __future__ import annotations

import math
from functools import partial

import numpy as np

from benchmarks.tribunal.case import Array, Axes, Case, Solutions
from benchmarks.tribunal.draws import Draws, rounded, text
from benchmarks.witnesses.elements import Held, Rod
from benchmarks.witnesses.layers import End, Layer, solve
from benchmarks.witnesses.responses import Constant


def draw(draws: Draws) -> Case:
    """Heat along a rod, steady or from rest, or in a rectangle."""
    return draws.choice((_steady, _steady, _transient, _plane))(draws)


def _box(draws: Draws, length: float) -> tuple[float, float, float, str]:
    """Where the source is on, how strong it is, and its text in x."""
    low, high = (rounded(place * length) for place in draws.ordered(2, 0.13, 0.87, 0.2))
    size = draws.real(1, 8)
    way = draws.choice(
        (f"heaviside(x - {text(low)}) - heaviside(x - {text(high)})", f"heaviside(x - {text(low)})*heaviside({text(high)} - x)")
    )
    return low, high, size, f"{text(size)}*({way})"


def _steady(draws: Draws) -> Case:
    u, length = draws.choice(("u", "T", "phi")), draws.choice((1.0, 2.0, draws.scale(0.2, 5)))
    low, high, size, source = _box(draws, length)
    loss, drift = rounded(draws.choice((0.0, draws.scale(0.5, 30))) / length**2), rounded(draws.choice((0.0, draws.real(-5, 5))) / length)
    table = draws.table(
        coordinates={"x": [0, length]},
        unknowns=[u],
        equations=[f"{u}_xx - {text(loss)}*{u} + {text(drift)}*{u}_x + {source} = 0"],
        conditions=[f"{u}(0) = 0", f"{u}({text(length)}) = 0"],
    )

    def truth(axes: Axes) -> Array:
        matrix = np.array([[0, 1], [loss, -drift]])
        layers = [
            Layer(begin, end, matrix, np.array([0, -on])) for begin, end, on in ((0.0, low, 0.0), (low, high, size), (high, length, 0.0))
        ]
        return solve(layers, [End(0.0, (1, 0), 0.0), End(length, (1, 0), 0.0)], axes[0])[:, :1]

    return Case(table, Solutions((truth,)))


def _transient(draws: Draws) -> Case:
    spreading = draws.scale(0.05, 1)
    low, high, size, source = _box(draws, 1.0)
    table = draws.table(
        {"k": spreading},
        coordinates={"x": [0, 1], "t": [0, 1]},
        unknowns=["u"],
        equations=[f"u_t = k*u_xx + {source}"],
        conditions=["u(x, 0) = 0", "u(0, t) = 0", "u(1, t) = 0"],
    )
    held = Held(Constant(0.0))

    def on(x: Array) -> Array:
        return np.where((x > low) & (x < high), size, 0.0)

    rod = partial(Rod, (0.0, low, high, 1.0), held, held, lambda x: np.full_like(x, spreading), sources=((on, Constant(1.0)),))

    def truth(axes: Axes, degree: int) -> Array:
        return rod(degree=degree).diffuse(np.zeros_like, *axes)[:, :, None]

    return Case(table, Solutions((partial(truth, degree=12),), partial(truth, degree=9)))


def _plane(draws: Draws) -> Case:
    """lap(u) + f(x)·sin(m·π·y) = 0, all sides at 0."""
    low, high, size, source = _box(draws, 1.0)
    waves = draws.whole(1, 3)
    table = draws.table(
        coordinates={"x": [0, 1], "y": [0, 1]},
        unknowns=["u"],
        equations=[f"lap(u) + {source}*sin({waves}*pi*y) = 0"],
        conditions=["u(boundary) = 0"],
    )
    matrix = np.array([[0, 1], [(waves * math.pi) ** 2, 0]])
    layers = [Layer(begin, end, matrix, np.array([0, -on])) for begin, end, on in ((0.0, low, 0.0), (low, high, size), (high, 1.0, 0.0))]

    def truth(axes: Axes) -> Array:
        along = solve(layers, [End(0.0, (1, 0), 0.0), End(1.0, (1, 0), 0.0)], axes[0])[:, 0]
        return (along[:, None] * np.sin(waves * np.pi * axes[1]))[:, :, None]

    return Case(table, Solutions((truth,)))
