"""Reference solutions agree with the equations they solve, and with other ways to compute them."""

from __future__ import annotations

import time
from typing import Any

import numpy as np
import pytest
from numpy.polynomial.hermite import hermgauss
from numpy.typing import NDArray

from core import references
from core.domain import grids
from core.errors import InputError
from core.problem.binding import bind
from core.problem.problem import Problem
from core.problem.reading.reading import load, problem_from_table
from core.references import exact
from core.references.cole_hopf import burgers, viscosity

Array = NDArray[np.float64]

NU = 0.01 / np.pi
# Central differences of order 8 (Fornberg 1988), for offsets −4 … 4.
FIRST = np.array([1 / 280, -4 / 105, 1 / 5, -4 / 5, 0, 4 / 5, -1 / 5, 4 / 105, -1 / 280])
SECOND = np.array([-1 / 560, 8 / 315, -1 / 5, 8 / 5, -205 / 72, 8 / 5, -1 / 5, 8 / 315, -1 / 560])


def stated(**changes: Any) -> Problem:
    return problem_from_table({**load("burgers").table(), "reference": "auto", **changes})


def trapezoid(x: float, t: float, nu: float) -> float:
    """The quotient of integrals over y itself, with 200,000 nodes."""
    y = np.linspace(x - 1 - 40 * np.sqrt(nu * t), x + 1 + 40 * np.sqrt(nu * t), 200_001)
    exponents = -np.cos(np.pi * y) / (2 * np.pi * nu) - (x - y) ** 2 / (4 * nu * t)
    factors = np.exp(exponents - exponents.max())
    return -float((np.sin(np.pi * y) * factors).sum() / factors.sum())


def gauss_hermite(x: Array, t: Array, nu: float) -> Array:
    nodes, weights = hermgauss(100)
    y = np.pi * (x[:, None] - np.sqrt(4 * nu * t)[:, None] * nodes)
    exponents = np.cos(y) / (-2 * np.pi * nu)
    factors = weights * np.exp(exponents - exponents.max(axis=1, keepdims=True))
    quotient: Array = -(np.sin(y) * factors).sum(axis=1) / factors.sum(axis=1)
    return quotient


@pytest.mark.parametrize("nu", [1e-5, 1e-4, 1e-3, NU, 0.03, 0.3, 3.0, 30.0])
@pytest.mark.parametrize("t", [1e-4, 0.03, 0.3, 1.0, 4.0])
def test_cole_hopf_agrees_with_a_finer_quadrature(nu: float, t: float) -> None:
    x = np.array([-0.97, -0.4, -0.03, 0.001, 0.2, 0.9])
    expected = [trapezoid(position, t, nu) for position in x]
    assert burgers(x, np.full(6, t), nu) == pytest.approx(expected, abs=1e-12)


def test_cole_hopf_agrees_with_gauss_hermite_quadrature() -> None:
    x, t = np.random.default_rng(0).uniform([[-1], [0]], [[1], [1]], (2, 500))
    assert burgers(x, t, NU) == pytest.approx(gauss_hermite(x, t, NU), abs=1e-12)


@pytest.mark.parametrize(("nu", "latest", "step"), [(0.05, 1.0, 4e-3), (NU, 0.25, 2e-3)])
def test_cole_hopf_satisfies_burgers_equation(nu: float, latest: float, step: float) -> None:
    x, t = np.random.default_rng(0).uniform([[-1], [0.05]], [[1], [latest]], (2, 200))
    offsets = step * np.arange(-4, 5)
    along_x = np.stack([burgers(x + offset, t, nu) for offset in offsets], axis=1)  # (n, 9)
    along_t = np.stack([burgers(x, t + offset, nu) for offset in offsets], axis=1)
    residual = along_t @ FIRST / step + along_x[:, 4] * (along_x @ FIRST) / step - nu * (along_x @ SECOND) / step**2
    assert np.abs(residual).max() < 1e-6


def test_cole_hopf_starts_at_minus_sine_and_vanishes_at_the_ends() -> None:
    x, t = np.linspace(-1, 1, 101), np.linspace(0, 1, 101)
    assert burgers(x, np.zeros(101), NU) == pytest.approx(-np.sin(np.pi * x), abs=1e-14)
    for end in (-1.0, 0.0, 1.0):
        assert burgers(np.full(101, end), t, NU) == pytest.approx(np.zeros(101), abs=1e-13)
    assert burgers(x, np.full(101, 0.7), NU) == pytest.approx(-burgers(-x, np.full(101, 0.7), NU), abs=1e-13)


def test_cole_hopf_is_fast_enough_to_be_drawn() -> None:
    bound = bind(load("burgers"), {})
    durations = []
    for _ in range(3):
        start = time.perf_counter()
        references.solve(bound, "cole-hopf")
        durations.append(time.perf_counter() - start)
    assert min(durations) < 0.3  # 0.06 s; slow machines are shared


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"equations": ["u_t = nu*u_xx - u*u_x"]},
        {"equations": ["2*u_t/nu + D(u^2, x)/nu = 2*lap(u)"]},
        {"conditions": ["u(x, 0) = -sin(pi*x)", "u(boundary) = 0"]},
        {"conditions": ["u(x, 0) + sin(pi*x) = 0", "u(-1, t) = u(1, t)", "u_x(-1, t) = u_x(1, t)"]},
        {"coordinates": {"t": [0, 1], "x": [-1, 1]}, "conditions": ["u(0, x) = -sin(pi*x)", "u(t, -1) = 0", "u(t, 1) = 0"]},
        {
            "coordinates": {"y": [-1, 1], "t": [0, 2]},
            "equations": ["u_t + u*u_y = nu*u_yy"],
            "conditions": ["u(y, 0) = -sin(pi*y)", "u(-1, t) = 0", "u(1, t) = 0"],
        },
    ],
)  # fmt: skip
def test_auto_recognises_burgers_equation(changes: dict[str, Any]) -> None:
    bound = bind(stated(**changes), {"nu": 0.02})
    assert viscosity(bound) == pytest.approx(0.02)
    points = grids.points(grids.axes(bound.coordinates, grids.FULL))[::37]
    time_axis = [item.name for item in bound.coordinates].index("t")
    reference = references.solve(bound, "auto")
    assert reference.method == "cole-hopf"
    expected = gauss_hermite(points[:, 1 - time_axis], points[:, time_axis], 0.02)
    assert reference.values.reshape(-1, 1)[::37, 0] == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize(
    "changes",
    [
        {"equations": ["u_t + 2*u*u_x = nu*u_xx"]},
        {"equations": ["u_t + u*u_x = nu*u_xx + x"]},
        {"equations": ["u_t + u*u_x = nu*x^2*u_xx"]},
        {"equations": ["u_t + u*u_x + nu*u_xx = 0"]},
        {"equations": ["u*u_x = nu*u_xx"]},
        {"equations": ["u_tt + u*u_x = nu*u_xx"]},
        {"conditions": ["u(x, 0) = sin(pi*x)", "u(-1, t) = 0", "u(1, t) = 0"]},
        {"conditions": ["u(x, 0) = -sin(pi*x)", "u(-1, t) = 0"]},
        {"conditions": ["u(x, 0) = -sin(pi*x)", "u(-1, t) = 0", "u(1, t) = 0.1"]},
        {"conditions": ["u(-1, t) = 0", "u(1, t) = 0"]},
        {"conditions": ["u(0, 0) = 0", "u(boundary) = 0"]},
        {"conditions": ["u(x, 0) = -sin(pi*x)", "u_x(-1, t) = 0", "u_x(1, t) = 0"]},
        {"conditions": ["u(x, 0) = -sin(pi*x)", "u(boundary) = 0", "u_xx(0, t) = 0"]},
        {"coordinates": {"x": [-1, 2], "t": [0, 1]}, "conditions": ["u(x, 0) = -sin(pi*x)", "u(boundary) = 0"]},
        {"coordinates": {"x": [-1, 1], "t": [0, 1], "y": [0, 1]}, "conditions": ["u(x, 0, y) = -sin(pi*x)"]},
        {"equations": ["u_t + u*u_x = nu*u_xx", "u_t = u_xx"]},
    ],
)  # fmt: skip
def test_cole_hopf_refuses_other_problems(changes: dict[str, Any]) -> None:
    bound = bind(stated(**changes), {})
    with pytest.raises(InputError) as caught:
        references.solve(bound, "cole-hopf")
    assert caught.value.code == "not-burgers"


def test_cole_hopf_refuses_a_viscosity_that_would_take_too_long() -> None:
    with pytest.raises(InputError) as caught:
        references.solve(bind(load("burgers"), {"nu": 1e-9}), "cole-hopf")
    assert caught.value.code == "reference-too-costly"
    with pytest.raises(InputError, match="Cole"):
        references.solve(bind(load("burgers"), {"nu": 0}), "cole-hopf")


def test_exact_evaluates_every_unknown() -> None:
    x = np.linspace(0, 3, 401)
    reference = references.solve(bind(load("lagaris-4"), {}), "exact")
    assert (reference.method, reference.error) == ("exact", 0.0)
    assert reference.values == pytest.approx(np.stack([np.sin(x), 1 + x**2], axis=1))


def test_none_does_without_a_reference() -> None:
    with pytest.raises(InputError) as caught:
        references.solve(bind(load("decay"), {}), "none")
    assert caught.value.code == "reference-off"


def test_a_formula_that_holds_nowhere_here_is_no_reference() -> None:
    bound = bind(load("damped-oscillator"), {"delta": 50.0})
    assert bound.exact == {}
    assert "exact" not in references.candidates(bound)
    with pytest.raises(InputError) as caught:
        references.solve(bound, "exact")
    assert caught.value.code == "reference-unknown"


def test_an_exact_solution_that_is_infinite_somewhere_is_no_reference() -> None:
    table = {"coordinates": {"x": [0, 1]}, "unknowns": ["u"], "equations": ["u_x = -u^2"], "conditions": [], "exact": {"u": "1/x"}}
    bound = bind(problem_from_table(table), {})
    assert exact.at(bound, np.array([[0.5]])) == pytest.approx(2.0)
    with pytest.raises(InputError) as caught:
        references.solve(bound, "exact")
    assert caught.value.code == "reference-not-finite"
