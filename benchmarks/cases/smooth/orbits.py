"""Nonlinear systems from textbooks without a closed solution: SciPy's integrator at two tolerances is the witness."""

from __future__ import annotations

from typing import Any

import numpy as np

from benchmarks.tribunal.case import Array, Case
from benchmarks.tribunal.draws import Draws, text
from benchmarks.witnesses.integration import witness


def draw(draws: Draws) -> Case:
    """Predators, epidemics, pendulums, reactions; chaos for a short while."""
    return draws.choice((_predators, _epidemic, _pendulum, _brusselator, _lorenz, _duffing))(draws)


def _case(
    draws: Draws, unknowns: str, equations: list[str], rates: Any, start: list[float], end: float, constants: dict[str, float]
) -> Case:
    names = unknowns.split()
    table = draws.table(
        constants,
        coordinates={"t": [0, end]},
        unknowns=names,
        equations=equations,
        conditions=[f"{name}(0) = {text(value)}" for name, value in zip(names, start, strict=True)],
    )
    return Case(table, witness(rates, start))


def _predators(draws: Draws) -> Case:
    a, b, c, d = draws.real(0.5, 1.5), draws.real(0.2, 0.8), draws.real(0.5, 1.5), draws.real(0.2, 0.8)
    size = draws.choice((1.0, 1000.0))
    b, d = b / size, d / size
    equations = [f"u_t = a*u - {text(b)}*u*v", f"v_t = {text(d)}*u*v - c*v"]
    return _case(
        draws,
        "u v",
        equations,
        lambda _, y: np.array([a * y[0] - b * y[0] * y[1], d * y[0] * y[1] - c * y[1]]),
        [size * draws.real(1, 4), size * draws.real(0.5, 2)],
        10.0,
        {"a": a, "c": c},
    )


def _epidemic(draws: Draws) -> Case:
    people, beta, gamma = draws.choice((1.0, 1000.0, 1e6)), draws.real(0.3, 0.6), draws.real(0.05, 0.2)
    first = people / draws.choice((100.0, 1000.0))
    equations = [f"S_t = -beta*S*I/{text(people)}", f"I_t = beta*S*I/{text(people)} - gamma*I"]
    return _case(
        draws,
        "S I",
        equations,
        lambda _, y: np.array([-beta * y[0] * y[1] / people, beta * y[0] * y[1] / people - gamma * y[1]]),
        [people - first, first],
        60.0,
        {"beta": beta, "gamma": gamma},
    )


def _pendulum(draws: Draws) -> Case:
    w, damping = draws.real(0.5, 4), draws.choice((0.0, draws.real(0.05, 0.5)))
    start = draws.real(0.3, 3)
    table = draws.table(
        {"w": w},
        coordinates={"t": [0, 10]},
        unknowns=["theta"],
        equations=[f"theta_tt + {text(damping)}*theta_t + w^2*sin(theta) = 0"],
        conditions=[f"theta(0) = {text(start)}", "theta_t(0) = 0"],
    )

    def rates(_: float, y: Array) -> Any:
        return np.array([y[1], -damping * y[1] - w**2 * np.sin(y[0])])

    return Case(table, witness(rates, (start, 0.0), keep=1))


def _brusselator(draws: Draws) -> Case:
    a, b = 1.0, draws.real(1.5, 3.2)
    equations = ["u_t = a + u^2*v - (b + 1)*u", "v_t = b*u - u^2*v"]
    return _case(
        draws,
        "u v",
        equations,
        lambda _, y: np.array([a + y[0] ** 2 * y[1] - (b + 1) * y[0], b * y[0] - y[0] ** 2 * y[1]]),
        [draws.real(0.5, 2), draws.real(1, 3)],
        20.0,
        {"a": a, "b": b},
    )


def _lorenz(draws: Draws) -> Case:
    r = draws.real(10, 28)
    equations = ["x_t = 10*(y - x)", "y_t = x*(r - z) - y", "z_t = x*y - 8/3*z"]
    return _case(
        draws,
        "x y z",
        equations,
        lambda _, y: np.array([10 * (y[1] - y[0]), y[0] * (r - y[2]) - y[1], y[0] * y[1] - 8 / 3 * y[2]]),
        [draws.real(0.5, 2), 1.0, draws.real(1, 20)],
        3.0,
        {"r": r},
    )


def _duffing(draws: Draws) -> Case:
    a, force, w = draws.real(0.2, 1), draws.real(0.1, 0.5), draws.real(0.8, 1.5)
    table = draws.table(
        {"a": a, "f": force, "w": w},
        coordinates={"t": [0, 10]},
        unknowns=["u"],
        equations=["u_tt + 0.2*u_t - u + a*u^3 = f*cos(w*t)"],
        conditions=["u(0) = 1", "u_t(0) = 0"],
    )

    def rates(t: float, y: Array) -> Any:
        return np.array([y[1], force * np.cos(w * t) - 0.2 * y[1] + y[0] - a * y[0] ** 3])

    return Case(table, witness(rates, (1.0, 0.0), keep=1))
