"""Equations of first order that allow two slopes at the start: Clairaut's, quadratic ones, and products."""

from __future__ import annotations

import math

import numpy as np

from benchmarks.tribunal.case import Array, Case, several
from benchmarks.tribunal.draws import Draws, rounded, text


def draw(draws: Draws) -> Case:
    """Each range ends before the slopes meet, so that no solution changes from one to the other."""
    return draws.choice((_clairaut, _square, _root, _circle, _product))(draws)


def _clairaut(draws: Draws) -> Case:
    """x·y' + g·y'² = y: lines, which touch their envelope at x = −2·g·slope."""
    begin, g, level = draws.real(0.5, 2), draws.choice((1.0, draws.real(0.5, 2))), draws.real(0.5, 4)
    root = math.sqrt(begin**2 + 4 * g * level)
    slopes = ((-begin + root) / (2 * g), (-begin - root) / (2 * g))
    end = rounded(begin + draws.real(0.4, 0.8) * (root - begin))
    table = draws.table(
        {"g": g},
        coordinates={"x": [begin, end]},
        unknowns=["y"],
        equations=["x*y_x + g*y_x^2 = y"],
        conditions=[f"y({text(begin)}) = {text(level)}"],
    )
    return Case(table, several(*(lambda x, slope=slope: level + slope * (x - begin) for slope in slopes)))


def _square(draws: Draws) -> Case:
    """u'² = (a·exp(r·x))² or (a + b·x)², from a given value: up or down."""
    level, a, rate = draws.real(-1, 1), draws.real(0.3, 2), draws.real(0.3, 2)
    grows = draws.chance(0.5)
    square = "a^2*exp(2*r*x)" if grows else "(a + r*x)^2"
    table = draws.table(
        {"a": a, "r": rate},
        coordinates={"x": [0, 1]},
        unknowns=["u"],
        equations=[f"u_x^2 = {square}"],
        conditions=[f"u(0) = {text(level)}"],
    )

    def rise(x: Array) -> Array:
        return a * np.expm1(rate * x) / rate if grows else a * x + rate * x**2 / 2

    return Case(table, several(lambda x: level + rise(x), lambda x: level - rise(x)))


def _root(draws: Draws) -> Case:
    """u'² = 4·a·u, from c: (√c ± √a·t)², until the falling one touches 0."""
    a, level = draws.choice((1.0, draws.real(0.5, 3))), draws.real(0.5, 4)
    end = rounded(draws.real(0.3, 0.8) * math.sqrt(level / a))
    table = draws.table(
        {"a": a}, coordinates={"t": [0, end]}, unknowns=["h"], equations=["h_t^2 = 4*a*h"], conditions=[f"h(0) = {text(level)}"]
    )
    return Case(table, several(*(lambda t, side=side: (math.sqrt(level) + side * math.sqrt(a) * t) ** 2 for side in (1, -1))))


def _circle(draws: Draws) -> Case:
    """u'² + w²·u² = w²: sin(w·x + shift), rising or falling, until it turns."""
    w, level = draws.choice((1.0, draws.real(0.5, 3))), draws.real(-0.6, 0.6)
    shift = math.asin(level)
    end = rounded(draws.real(0.3, 0.8) * (math.pi / 2 - abs(shift)) / w)
    table = draws.table(
        {"w": w}, coordinates={"x": [0, end]}, unknowns=["u"], equations=["u_x^2 + w^2*u^2 = w^2"], conditions=[f"u(0) = {text(level)}"]
    )
    return Case(table, several(lambda x: np.sin(shift + w * x), lambda x: np.sin(shift - w * x)))


def _product(draws: Draws) -> Case:
    """(u' − a)·(u' + r·u) = 0, from above 0: a line or a decay, whose slopes never agree."""
    a, rate, level = draws.real(0.3, 2), draws.real(0.3, 2), draws.real(0.5, 2)
    table = draws.table(
        {"a": a, "r": rate},
        coordinates={"t": [0, 1]},
        unknowns=["u"],
        equations=["(u_t - a)*(u_t + r*u) = 0"],
        conditions=[f"u(0) = {text(level)}"],
    )
    return Case(table, several(lambda t: level + a * t, lambda t: level * np.exp(-rate * t)))
