"""Nonlinear waves known in closed form, typed as they stand in the books."""

from __future__ import annotations

import math

from benchmarks.cases.smooth import manufactured
from benchmarks.tribunal.case import Case
from benchmarks.tribunal.draws import Draws, text


def draw(draws: Draws) -> Case:
    """Burgers, Fisher, Korteweg and de Vries, Allen and Cahn, sine-Gordon, Liouville."""
    return draws.choice((_burgers, _fisher, _soliton, _allen_cahn, _kink, _liouville, _logistic))(draws)


def _burgers(draws: Draws) -> Case:
    """A front that moves on unchanged."""
    nu, speed, size = draws.scale(0.02, 0.5), draws.real(0.2, 1), draws.real(0.3, 1)
    wave = f"{text(speed)} - {text(size)}*tanh({text(size)}*(x - {text(speed)}*t)/(2*{text(nu)}))"
    return manufactured.stated(
        draws, {"x": (-1.0, 1.0), "t": (0.0, 1.0)}, {"u": wave}, [f"u_t + u*u_x = {text(nu)}*u_xx"], ["u(x, 0)", "u(-1, t)", "u(1, t)"]
    )


def _fisher(draws: Draws) -> Case:
    """Ablowitz and Zeppetella 1979, of speed 5/√6."""
    shift = text(draws.real(-2, 2))
    wave = f"1/(1 + exp((x - {shift} - 5*t/sqrt(6))/sqrt(6)))^2"
    return manufactured.stated(
        draws,
        {"x": (-10.0, 10.0), "t": (0.0, draws.choice((1.0, 2.0)))},
        {"u": wave},
        ["u_t = u_xx + u*(1 - u)"],
        ["u(x, 0)", "u(-10, t)", "u(10, t)"],
    )


def _soliton(draws: Draws) -> Case:
    """One soliton of u_t + 6·u·u_x + u_xxx = 0, narrow on a wide range."""
    c = draws.real(0.5, 3)
    wave = f"{text(c)}/2/cosh(sqrt({text(c)})/2*(x - {text(c)}*t))^2"
    far = text(float(math.ceil(18 / math.sqrt(c) + 2 * c)))
    ranges = {"x": (-float(far), float(far)), "t": (0.0, 1.0)}
    return manufactured.stated(
        draws, ranges, {"u": wave}, ["u_t + 6*u*u_x + u_xxx = 0"], ["u(x, 0)", f"u(-{far}, t)", f"u({far}, t)", f"u_x({far}, t)"]
    )


def _allen_cahn(draws: Draws) -> Case:
    """A front at rest, or driven."""
    width = draws.scale(0.05, 0.5)
    wave = f"tanh(x/(sqrt(2)*{text(width)}))"
    return manufactured.stated(
        draws,
        {"x": (-1.0, 1.0), "t": (0.0, 1.0)},
        {"u": wave},
        [f"u_t = {text(width)}^2*u_xx + u - u^3"],
        ["u(x, 0)", "u(-1, t)", "u(1, t)"],
    )


def _kink(draws: Draws) -> Case:
    v = draws.real(-0.8, 0.8)
    wave = f"4*atan(exp((x - {text(v)}*t)/sqrt(1 - {text(v)}^2)))"
    return manufactured.stated(
        draws,
        {"x": (-6.0, 6.0), "t": (0.0, 2.0)},
        {"u": wave},
        ["u_tt - u_xx + sin(u) = 0"],
        ["u(x, 0)", "u_t(x, 0)", "u(-6, t)", "u(6, t)"],
    )


def _liouville(draws: Draws) -> Case:
    """u'' = exp(u), whose right side grows with u."""
    a = draws.real(0.5, 2)
    wave = f"log({text(a)}^2/2/cos({text(a)}*x/2)^2)"
    return manufactured.stated(draws, {"x": (-1.0, 1.0)}, {"u": wave}, ["u_xx = exp(u)"], ["u(-1)", "u(1)"])


def _logistic(draws: Draws) -> Case:
    """Growth to a limit of any size."""
    limit, rate = draws.scale(1, 1e6), draws.real(0.5, 2)
    start = text(float(f"{limit / draws.real(5, 50):.3g}"))
    wave = f"{text(limit)}/(1 + ({text(limit)}/{start} - 1)*exp(-{text(rate)}*t))"
    return manufactured.stated(draws, {"t": (0.0, 10.0)}, {"P": wave}, [f"P_t = {text(rate)}*P*(1 - P/{text(limit)})"], ["P(0)"])
