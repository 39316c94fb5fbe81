"""Steady conduction in a rectangle of two or three layers, with a straight border between them along one side, or slanting."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from benchmarks.cases.interfaces import materials
from benchmarks.tribunal.case import Array, Axes, Case, Solutions, one
from benchmarks.tribunal.draws import Draws, rounded, text
from benchmarks.witnesses.layers import End, Layer, solve


def draw(draws: Draws) -> Case:
    """Parallel to a side in three of four cases."""
    return _slanting(draws) if draws.chance(0.25) else _parallel(draws)


def _parallel(draws: Draws) -> Case:
    """u = X(a)·sin(m·π·b/h) or ·cos: separation leaves an equation with layers for X along the coordinate a."""
    a, b = draws.choice((("x", "y"), ("y", "x")))
    width, height = draws.choice((1.0, draws.scale(0.5, 3))), draws.choice((1.0, draws.scale(0.5, 3)))
    k = materials.draw(draws, materials.borders(draws, 0.0, width, draws.whole(2, 3)), 0.3, 10)
    waves, insulated = draws.whole(0, 2), draws.chance(0.4)
    waves = waves if insulated else max(waves, 1)
    shape = f"{'cos' if insulated else 'sin'}({waves}*pi*{b}/{text(height)})" if waves else "1"
    heat, begin, end = draws.choice((0.0, draws.real(-5, 5))), draws.real(-2, 2), draws.real(-2, 2)

    def place(along: str, across: str) -> str:
        return f"({along}, {across})" if a == "x" else f"({across}, {along})"

    side = f"u_{b}" if insulated else "u"
    table = draws.table(
        coordinates={"x": [0, width if a == "x" else height], "y": [0, height if a == "x" else width]},
        unknowns=["u"],
        definitions={"k": k.write(a, draws.choice(tuple(materials.STEPS)))},
        equations=[f"D(k*u_x, x) + D(k*u_y, y) + {text(heat)}*{shape} = 0"],
        conditions=[
            f"u{place('0', b)} = {text(begin)}*{shape}",
            f"u{place(text(width), b)} = {text(end)}*{shape}",
            f"{side}{place(a, '0')} = 0",
            f"{side}{place(a, text(height))} = 0",
        ],
    )
    square = (waves * math.pi / height) ** 2
    layers = [Layer(low, high, np.array([[0, 1 / value], [value * square, 0]]), np.array([0, -heat])) for low, high, value in k.layers]
    ends = [End(0.0, (1, 0), begin), End(width, (1, 0), end)]

    def truth(axes: Axes) -> Array:
        along, across = axes if a == "x" else axes[::-1]
        factor = np.cos(waves * math.pi * across / height) if insulated else np.sin(waves * math.pi * across / height)
        values = solve(layers, ends, along)[:, 0][:, None] * factor
        return (values if a == "x" else values.T)[:, :, None]

    return Case(table, Solutions((truth,)))


def _slanting(draws: Draws) -> Case:
    """u = s/k₁ + (1/k₂ − 1/k₁)·max(s − c, 0) along s = p·x + q·y, whose flux k·∇u is the same on both sides of s = c."""
    p, q = draws.choice((1.0, 2.0, draws.real(0.5, 2))), draws.choice((1.0, -1.0, draws.real(-2, 2)))
    k = draws.scale(0.3, 3), draws.scale(0.3, 3)
    corners = [0.0, p, q, p + q]
    border = rounded(min(corners) + draws.real(0.3, 0.7) * (max(corners) - min(corners)))
    first, change = rounded(1 / k[0]), rounded(1 / k[1] - 1 / k[0])
    k_first, k_second = 1 / first, 1 / (first + change)
    argument = f"{text(p)}*x + {text(q)}*y - {text(border)}"

    def side(x: str, y: str) -> str:
        along = f"({text(p)}*{x} + {text(q)}*{y})"
        return f"{text(first)}*{along} + {text(change)}*max({along} - {text(border)}, 0)"

    table = draws.table(
        coordinates={"x": [0, 1], "y": [0, 1]},
        unknowns=["u"],
        definitions={"k": f"{text(k_first)} + ({text(k_second)} - {text(k_first)})*heaviside({argument})"},
        equations=["D(k*u_x, x) + D(k*u_y, y) = 0"],
        conditions=[
            f"u(0, y) = {side('0', 'y')}",
            f"u(1, y) = {side('1', 'y')}",
            f"u(x, 0) = {side('x', '0')}",
            f"u(x, 1) = {side('x', '1')}",
        ],
    )

    def truth(x: Array, y: Array) -> Any:
        return first * (p * x + q * y) + change * np.maximum(p * x + q * y - border, 0)

    return Case(table, one(truth))
