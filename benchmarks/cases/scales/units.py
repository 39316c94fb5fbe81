"""Problems in the units of daily life: seconds and hours, metres and nanometres, kelvins, volts and millions of people."""

from __future__ import annotations

import math

import numpy as np

from benchmarks.tribunal.case import Case, one
from benchmarks.tribunal.draws import Draws, rounded, text


def draw(draws: Draws) -> Case:
    """Each kind as often."""
    return draws.choice((_rod, _film, _circuit, _orbit, _growth, _cooling, _fall, _deflection))(draws)


def _rod(draws: Draws) -> Case:
    """A steel rod in kelvins that cools between cold ends."""
    length, spread = draws.choice((0.1, 0.5, 2.0)), draws.choice((1.2e-5, 1.1e-4, 1.4e-7))
    cold, warm = draws.choice((273.15, 293.0, 0.0)), draws.choice((50.0, 1000.0))
    end = rounded(draws.real(0.1, 1) * length**2 / spread / 5)
    table = draws.table(
        {"alpha": spread},
        coordinates={"x": [0, length], "t": [0, end]},
        unknowns=["T"],
        equations=["T_t = alpha*T_xx"],
        conditions=[
            f"T(x, 0) = {text(cold)} + {text(warm)}*sin(pi*x/{text(length)})",
            f"T(0, t) = {text(cold)}",
            f"T({text(length)}, t) = {text(cold)}",
        ],
    )
    k = math.pi / length
    return Case(table, one(lambda x, t: cold + warm * np.sin(k * x) * np.exp(-spread * k**2 * t)))


def _film(draws: Draws) -> Case:
    """Diffusion through a film of nanometres within nanoseconds, concentrations being tiny."""
    length, size = draws.choice((1e-9, 1e-7, 1e-6)), draws.choice((1e-9, 1e-6, 1.0))
    spread = draws.choice((1e-9, 1e-10))
    end = float(f"{draws.real(0.02, 0.2) * length**2 / spread:.3g}")
    table = draws.table(
        {"D": spread},
        coordinates={"x": [0, length], "t": [0, end]},
        unknowns=["c"],
        equations=["c_t = D*c_xx"],
        conditions=[f"c(x, 0) = {text(size)}*sin(pi*x/{text(length)})", "c(0, t) = 0", f"c({text(length)}, t) = 0"],
    )
    k = math.pi / length
    return Case(table, one(lambda x, t: size * np.sin(k * x) * np.exp(-spread * k**2 * t)))


def _circuit(draws: Draws) -> Case:
    """A resonant circuit of microhenrys and picofarads that rings."""
    inductance, capacity = draws.scale(1e-7, 1e-3), draws.scale(1e-12, 1e-6)
    w = 1 / math.sqrt(inductance * capacity)
    resistance = float(f"{draws.real(0.05, 0.5) * inductance * w:.3g}")
    voltage, end = draws.choice((5.0, 230.0, 1e-3)), float(f"{draws.real(5, 30) / w:.3g}")
    d = resistance / (2 * inductance)
    fast = math.sqrt(1 / (inductance * capacity) - d**2)
    table = draws.table(
        {"L": inductance, "R": resistance, "C": capacity},
        coordinates={"t": [0, end]},
        unknowns=["V"],
        equations=["L*C*V_tt + R*C*V_t + V = 0"],
        conditions=[f"V(0) = {text(voltage)}", "V_t(0) = 0"],
    )
    return Case(table, one(lambda t: voltage * np.exp(-d * t) * (np.cos(fast * t) + d / fast * np.sin(fast * t))))


def _orbit(draws: Draws) -> Case:
    """A satellite on a circle around the earth, in metres and seconds."""
    radius, mu = draws.choice((6.7e6, 7e6, 4.2164e7)), 3.986e14
    w = math.sqrt(mu / radius**3)
    end = float(f"{draws.real(0.3, 1.5) * 2 * math.pi / w:.3g}")
    start = radius * w
    table = draws.table(
        coordinates={"t": [0, end]},
        unknowns=["x", "y"],
        definitions={"mu": "3.986e14"},  # too large for a slider
        equations=["x_tt = -mu*x/(x^2 + y^2)^1.5", "y_tt = -mu*y/(x^2 + y^2)^1.5"],
        conditions=[f"x(0) = {text(radius)}", "y(0) = 0", "x_t(0) = 0", f"y_t(0) = {start!r}"],
    )
    return Case(table, one(lambda t: (radius * np.cos(w * t), radius * np.sin(w * t))))


def _growth(draws: Draws) -> Case:
    """A population from thousands to billions."""
    limit, rate, start = draws.scale(1e3, 1e10), draws.real(0.02, 1), draws.scale(1e-3, 0.3)
    first = float(f"{limit * start:.3g}")
    table = draws.table(
        {"r": rate, "K": limit},
        coordinates={"t": [0, rounded(12 / rate)]},
        unknowns=["N"],
        equations=["N_t = r*N*(1 - N/K)"],
        conditions=[f"N(0) = {text(first)}"],
    )
    return Case(table, one(lambda t: limit / (1 + (limit / first - 1) * np.exp(-rate * t))))


def _cooling(draws: Draws) -> Case:
    """A body that only radiates: T' = −a·T⁴."""
    start, a = draws.choice((300.0, 1000.0, 6000.0)), draws.scale(1e-14, 1e-12)
    end = float(f"{draws.real(0.3, 5) / (3 * a * start**3):.3g}")
    table = draws.table(
        {"a": a}, coordinates={"t": [0, end]}, unknowns=["T"], equations=["T_t = -a*T^4"], conditions=[f"T(0) = {text(start)}"]
    )
    return Case(table, one(lambda t: start / np.cbrt(1 + 3 * a * start**3 * t)))


def _fall(draws: Draws) -> Case:
    """A fall with the drag of air: v' = g − k·v²."""
    drag = draws.scale(1e-4, 1)
    steady = math.sqrt(9.81 / drag)
    end = float(f"{draws.real(0.5, 4) * steady / 9.81:.3g}")
    table = draws.table(
        {"g": 9.81, "k": drag}, coordinates={"t": [0, end]}, unknowns=["v"], equations=["v_t = g - k*v^2"], conditions=["v(0) = 0"]
    )
    return Case(table, one(lambda t: steady * np.tanh(9.81 * t / steady)))


def _deflection(draws: Draws) -> Case:
    """A steel beam on two hinges in newtons and metres: it sags by millimetres, its stiffness is millions."""
    length, stiff, load = draws.choice((2.0, 5.0, 10.0)), draws.scale(1e5, 1e8), draws.scale(100, 1e4)
    table = draws.table(
        {"B": stiff, "q": load},
        coordinates={"x": [0, length]},
        unknowns=["w"],
        equations=["B*w_xxxx = q"],
        conditions=["w(0) = 0", "w_xx(0) = 0", f"w({text(length)}) = 0", f"w_xx({text(length)}) = 0"],
    )
    return Case(table, one(lambda x: load / (24 * stiff) * x * (length**3 - 2 * length * x**2 + x**3)))
