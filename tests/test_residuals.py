"""A wrong exact solution shows, in the very equation or condition that it breaks."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from core import residuals
from core.problem import Problem, load


def stated(name: str, **changes: Any) -> Problem:
    return Problem.from_table({**load(name).table(), **changes})


def test_the_residual_is_the_difference_of_both_sides() -> None:
    wrong = stated("decay", exact={"u": "u0*exp(-lambda*t) + 0.25"})  # u' + λu becomes λ/4, u(0) − u₀ becomes 1/4
    found = residuals.of_exact(wrong.bind({"lambda": 2}))
    assert found.equations == pytest.approx((0.5,)) and found.conditions == pytest.approx((0.25,))
    assert found.largest == pytest.approx(0.5)


@pytest.mark.parametrize(
    ("exact", "broken"),
    [
        ("exp(-alpha*pi^2*t)*sin(pi*x)*(1 + t)", "equation-1"),
        ("exp(-4*alpha*pi^2*t)*sin(2*pi*x)", "condition-1"),
        ("exp(-alpha*pi^2*t/4)*sin(pi*x/2)", "condition-2"),
        ("exp(-alpha*pi^2*t)*sin(pi*x) + 0.01*(x - x^2)*sin(t)", "equation-1"),
    ],
)
def test_what_is_broken_is_what_shows(exact: str, broken: str) -> None:
    found = residuals.of_exact(stated("heat", exact={"u": exact}).bind({}))
    named = {f"equation-{number}": value for number, value in enumerate(found.equations, 1)}
    named |= {f"condition-{number}": value for number, value in enumerate(found.conditions, 1)}
    assert named[broken] > 1e-3


def test_a_mixed_derivative_and_a_condition_between_two_edges() -> None:
    problem = Problem.from_table(
        {
            "coordinates": {"x": [0, "2*pi"], "t": [0, 1]},
            "unknowns": ["u"],
            "equations": ["u_xt = -2*cos(x)*exp(-2*t)"],
            "conditions": ["u(0, t) = u(2*pi, t)", "u_x(0, t) = u_x(2*pi, t)"],
            "exact": {"u": "sin(x)*exp(-2*t)"},
        }
    )
    assert residuals.of_exact(problem.bind({})).largest < 1e-14


def test_a_formula_without_a_value_is_not_zero() -> None:
    found = residuals.of_exact(stated("decay", exact={"u": "sqrt(t - 2)"}).bind({}))
    assert np.isnan(found.equations[0])
