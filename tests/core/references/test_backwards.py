"""Problems that are given at their last time are solved as evolutions that run backwards."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from core import references
from core.domain import grids
from core.problem.binding import bind
from core.problem.bound import BoundProblem
from core.problem.reading.reading import problem_from_table
from core.references import exact
from core.references.lines.evolution import backwards


def bound(equations: list[str], conditions: list[str], coordinates: dict[str, Any] | None = None, **solution: str) -> BoundProblem:
    table = {
        "coordinates": coordinates or {"x": [0, 1], "t": [0, 1]},
        "unknowns": ["u"],
        "equations": equations,
        "conditions": conditions,
        "exact": solution,
    }
    return bind(problem_from_table(table), {})


PROBLEMS = {
    "heat": bound(["u_t + 0.1*u_xx = 0"], ["u(x, 1) = sin(pi*x)", "u(boundary) = 0"], u="exp(0.1*pi^2*(t - 1))*sin(pi*x)"),
    "heat with a source": bound(
        ["u_t + u_xx = t*x"],
        ["u(x, 3) = 4.5*x", "u(0, t) = 0", "u(1, t) = t^2/2"],
        {"x": [0, 1], "t": [1, 3]},
        u="x*t^2/2",
    ),
    "wave": bound(
        ["u_tt = u_xx"],
        ["u(t, 0) = 0", "u(t, 1) = 0", "u(2, x) = sin(pi*x)", "u_t(2, x) = pi*sin(pi*x)"],
        {"t": [0, 2], "x": [0, 1]},
        u="sin(pi*x)*(cos(pi*t) + sin(pi*t))",
    ),
    "convection": bound(
        ["u_t + u_x = 0"],
        ["u(x, 1) = sin(x - 1)", "u(0, t) = u(2*pi, t)"],
        {"x": [0, "2*pi"], "t": [0, 1]},
        u="sin(x - t)",
    ),
}


@pytest.mark.parametrize("name", PROBLEMS)
def test_a_problem_given_at_its_end_is_solved_backwards(name: str) -> None:
    problem = PROBLEMS[name]
    reference = references.solve(problem, "lines")
    expected = exact.at(problem, grids.points(grids.axes(problem.coordinates, grids.FULL))).reshape(reference.values.shape)
    assert np.abs(reference.values - expected).max() < 1e-7


def test_black_and_scholes_price_a_call() -> None:
    """The call is at the money: strike and price 1, rate 0.05, volatility 0.2, a year ahead (Black and Scholes 1973)."""
    reference = references.solve(
        bound(
            ["u_t + 0.02*s^2*u_ss + 0.05*s*u_s - 0.05*u = 0"],
            ["u(s, 1) = max(s - 1, 0)", "u(0, t) = 0", "u(3, t) = 3 - exp(-0.05*(1 - t))"],
            {"s": [0, 3], "t": [0, 1]},
        ),
        "lines",
    )
    assert np.interp(1.0, np.linspace(0, 3, 101), reference.values[:, 0, 0]) == pytest.approx(0.1045058, abs=3e-4)


def test_turning_twice_changes_nothing() -> None:
    for problem in PROBLEMS.values():
        assert backwards.given_at_the_end(problem)
        once = backwards.turned(problem)
        assert not backwards.given_at_the_end(once)
        assert backwards.given_at_the_end(backwards.turned(once))
