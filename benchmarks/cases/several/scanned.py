"""Nonlinear boundary value problems with one, two, three or more solutions, all found by scanning the start."""

from __future__ import annotations

import math
from functools import partial

import numpy as np

from benchmarks.tribunal.case import Array, Axes, Case, Formula, Solutions
from benchmarks.tribunal.draws import Draws, text
from benchmarks.witnesses.shooting import branches

SLOPES: Array = np.sinh(np.linspace(-7, 7, 6001))


def draw(draws: Draws) -> Case:
    """A convex pair, a source that grows with u, a membrane drawn by a voltage, a bistable rod, or a hot catalyst."""
    return draws.choice((_convex, _source, _membrane, _bistable, _catalyst))(draws)


def _convex(draws: Draws) -> Case:
    """u'' = a·u², both ends above 0."""
    a, begin, end = draws.real(1, 3), draws.real(0.5, 4), draws.real(0.5, 4)
    table = draws.table(
        {"a": a},
        coordinates={"x": [0, 1]},
        unknowns=["u"],
        equations=["u_xx = a*u^2"],
        conditions=[f"u(0) = {text(begin)}", f"u(1) = {text(end)}"],
    )
    return Case(table, Solutions(branches(lambda u, _: a * u**2, lambda s: (begin, s), SLOPES, 1.0, end)))


def _source(draws: Draws) -> Case:
    """u'' + m·(1 + u + u²) = 0 with both ends at 0, below its fold."""
    m = draws.real(0.3, 2.0)
    table = draws.table(
        {"m": m}, coordinates={"x": [0, 1]}, unknowns=["T"], equations=["T_xx + m*(1 + T + T^2) = 0"], conditions=["T(0) = 0", "T(1) = 0"]
    )
    return Case(table, Solutions(branches(lambda u, _: -m * (1 + u + u**2), lambda s: (0.0, s), SLOPES, 1.0, 0.0)))


def _membrane(draws: Draws) -> Case:
    """u'' = m/(1 + u)², the membrane of an electrostatic switch, below the voltage at which it snaps (m = 1.400)."""
    m = draws.real(0.1, 1.3)
    table = draws.table(
        {"m": m}, coordinates={"x": [0, 1]}, unknowns=["w"], equations=["w_xx = m/(1 + w)^2"], conditions=["w(0) = 0", "w(1) = 0"]
    )
    starts: Array = np.linspace(-0.999, 0.0, 6001)  # w in the middle, where the slope is 0
    halves = branches(lambda u, _: m / (1 + u) ** 2, lambda s: (s, 0.0), starts, 0.5, 0.0)
    return Case(table, Solutions(tuple(partial(_mirrored, half) for half in halves)))


def _mirrored(half: Formula, axes: Axes) -> Array:
    """The solution on [0, 1] whose right half is `half`, counted from the middle; a formula wants growing axes."""
    away = np.abs(axes[0] - 0.5)
    order = np.argsort(away)
    values = np.empty((len(away), 1))
    values[order] = half((away[order],))
    return values


def _bistable(draws: Draws) -> Case:
    """u'' + m·(u − u³) = 0 with both ends at 0: one solution, and two more for each half wave that fits."""
    m = (math.pi * draws.choice((draws.real(1.1, 1.9), draws.real(2.1, 2.7)))) ** 2
    m = float(f"{m:.3g}")
    table = draws.table(
        {"m": m}, coordinates={"x": [0, 1]}, unknowns=["u"], equations=["u_xx + m*(u - u^3) = 0"], conditions=["u(0) = 0", "u(1) = 0"]
    )
    starts: Array = np.linspace(-1, 1, 8000) * math.sqrt(m / 2) * (1 - 1e-9)  # an even number: 0 lies between two
    return Case(table, Solutions(branches(lambda u, _: -m * (u - u**3), lambda s: (0.0, s), starts, 1.0, 0.0)))


def _catalyst(draws: Draws) -> Case:
    """u'' = f²·u·exp(g·b·(1 − u)/(1 + b·(1 − u))), u'(0) = 0, u(1) = 1: up to three (Weisz and Hicks 1962)."""
    b, g, f = draws.real(0.25, 0.4), draws.choice((20.0, 25.0, 30.0)), draws.real(0.1, 0.5)
    table = draws.table(
        {"b": b, "g": g, "f": f},
        coordinates={"x": [0, 1]},
        unknowns=["u"],
        equations=["u_xx = f^2*u*exp(g*b*(1 - u)/(1 + b*(1 - u)))"],
        conditions=["u_x(0) = 0", "u(1) = 1"],
    )
    starts: Array = np.sort(np.concatenate([np.geomspace(1e-9, 0.5, 4000), np.linspace(0.5, 1.0, 3000)[1:]]))

    def law(u: Array, _: Array) -> Array:
        return f**2 * u * np.exp(g * b * (1 - u) / (1 + b * (1 - u)))

    return Case(table, Solutions(branches(law, lambda s: (s, 0.0), starts, 1.0, 1.0)))
