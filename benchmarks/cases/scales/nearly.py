"""Problems that are regular, but nearly not: close to resonance, on it in time, or ended shortly before they blow up."""

from __future__ import annotations

import math

import numpy as np

from benchmarks.tribunal.case import Array, Case, one
from benchmarks.tribunal.draws import Draws, rounded, text


def draw(draws: Draws) -> Case:
    """Each kind as often."""
    return draws.choice((_string, _plate, _forced, _beats, _blow, _feeding))(draws)


def _string(draws: Draws) -> Case:
    """u'' + k²·u = 1 with both ends at 0, k beside a multiple of π."""
    waves, away = draws.whole(1, 3), draws.sign() * draws.scale(1e-5, 0.1)
    square = float(f"{((waves + away) * math.pi) ** 2:.10g}")
    k = math.sqrt(square)
    table = draws.table(
        coordinates={"x": [0, 1]}, unknowns=["u"], equations=[f"u_xx + {square!r}*u = 1"], conditions=["u(0) = 0", "u(1) = 0"]
    )
    return Case(table, one(lambda x: (1 - np.cos(k * (x - 0.5)) / math.cos(k / 2)) / square))


def _plate(draws: Draws) -> Case:
    """lap(u) + c·u = f·sin(m·pi·x)·sin(n·pi·y) with c beside (m² + n²)·π²."""
    m, n, away = draws.whole(1, 2), draws.whole(1, 2), draws.sign() * draws.scale(1e-4, 0.1)
    resonance = (m**2 + n**2) * math.pi**2
    c = float(f"{resonance * (1 + away):.10g}")
    table = draws.table(
        coordinates={"x": [0, 1], "y": [0, 1]},
        unknowns=["u"],
        equations=[f"lap(u) + {c!r}*u = sin({m}*pi*x)*sin({n}*pi*y)"],
        conditions=["u(boundary) = 0"],
    )
    return Case(table, one(lambda x, y: np.sin(m * np.pi * x) * np.sin(n * np.pi * y) / (c - resonance)))


def _forced(draws: Draws) -> Case:
    """u'' + w²·u = cos(w·t) from rest: t·sin(w·t)/(2·w)."""
    w, end = draws.real(1, 20), draws.choice((5.0, 10.0, 20.0))
    table = draws.table(
        {"w": w}, coordinates={"t": [0, end]}, unknowns=["u"], equations=["u_tt + w^2*u = cos(w*t)"], conditions=["u(0) = 0", "u_t(0) = 0"]
    )
    return Case(table, one(lambda t: t * np.sin(w * t) / (2 * w)))


def _beats(draws: Draws) -> Case:
    """An oscillator that is forced at a frequency beside its own."""
    w = draws.real(3, 15)
    v = rounded(w * (1 + draws.sign() * draws.scale(0.01, 0.1)))
    table = draws.table(
        {"w": w, "v": v},
        coordinates={"t": [0, 20]},
        unknowns=["u"],
        equations=["u_tt + w^2*u = cos(v*t)"],
        conditions=["u(0) = 0", "u_t(0) = 0"],
    )
    return Case(table, one(lambda t: 2 * np.sin((w - v) * t / 2) * np.sin((w + v) * t / 2) / (w**2 - v**2)))


def _blow(draws: Draws) -> Case:
    """u' = u^2 or 1 + u², ended between 80 % and 99.9 % of the time at which it blows up."""
    near, a = 1 - draws.scale(1e-3, 0.2), draws.real(0.5, 3)
    square = draws.chance(0.5)
    end = float(f"{near * (1 / a if square else math.pi / (2 * a)):.6g}")
    start, law = (1.0, f"{text(a)}*u^2") if square else (0.0, f"{text(a)}*(1 + u^2)")
    table = draws.table(coordinates={"t": [0, end]}, unknowns=["u"], equations=[f"u_t = {law}"], conditions=[f"u(0) = {text(start)}"])

    def truth(t: Array) -> Array:
        return 1 / (1 - a * t) if square else np.tan(a * t)

    return Case(table, one(truth))


def _feeding(draws: Draws) -> Case:
    """Heat whose end feeds itself moderately, started in its growing mode: sinh(q·x)·exp(q²·t), with h = q·coth(q)."""
    q = draws.real(1.2, 3)
    h = q / math.tanh(q)
    table = draws.table(
        coordinates={"x": [0, 1], "t": [0, 1]},
        unknowns=["u"],
        equations=["u_t = u_xx"],
        conditions=[f"u(x, 0) = sinh({text(q)}*x)", "u(0, t) = 0", f"u_x(1, t) = {h!r}*u(1, t)"],
    )
    return Case(table, one(lambda x, t: np.sinh(q * x) * np.exp(q**2 * t)))
