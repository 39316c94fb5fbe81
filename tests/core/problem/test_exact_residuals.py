"""A wrong exact solution shows, in the very equation or condition that it breaks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from core.errors import InputError
from core.experiment.making import experiment_from_json, experiment_of
from core.expressions import Names, Number, parse, substitute
from core.problem import exact_residuals
from core.problem.binding import bind
from core.problem.bound import BoundProblem
from core.problem.problem import Problem
from core.problem.reading.reading import load, problem_from_table
from core.references import solve


def stated(name: str, **changes: Any) -> Problem:
    return problem_from_table({**load(name).table(), **changes})


def with_exact(name: str, exact: str, values: Mapping[str, float] | None = None) -> BoundProblem:
    """A library problem with another formula, which need not be a solution."""
    values = values or {}
    bound = bind(load(name), values)
    letters = tuple(item.name for item in bound.coordinates)
    known = {parameter.name: Number(values.get(parameter.name, parameter.value)) for parameter in load(name).parameters}
    return replace(bound, exact={"u": substitute(parse(exact, Names(letters, (), tuple(known))), known)})


def test_the_residual_is_the_difference_of_both_sides() -> None:
    wrong = with_exact("decay", "u0*exp(-lambda*t) + 0.25", {"lambda": 2})  # u' + λu becomes λ/4, u(0) − u₀ becomes 1/4
    found = exact_residuals.of_exact(wrong)
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
    found = exact_residuals.of_exact(with_exact("heat", exact))
    named = {f"equation-{number}": value for number, value in enumerate(found.equations, 1)}
    named |= {f"condition-{number}": value for number, value in enumerate(found.conditions, 1)}
    assert named[broken] > 1e-3


def test_a_mixed_derivative_and_a_condition_between_two_edges() -> None:
    problem = problem_from_table(
        {
            "coordinates": {"x": [0, "2*pi"], "t": [0, 1]},
            "unknowns": ["u"],
            "equations": ["u_xt = -2*cos(x)*exp(-2*t)"],
            "conditions": ["u(0, t) = u(2*pi, t)", "u_x(0, t) = u_x(2*pi, t)"],
            "exact": {"u": "sin(x)*exp(-2*t)"},
        }
    )
    assert exact_residuals.of_exact(bind(problem, {})).largest < 1e-14


def test_a_formula_without_a_value_is_not_zero() -> None:
    found = exact_residuals.of_exact(with_exact("decay", "sqrt(t - 2)"))
    assert np.isnan(found.equations[0])


PLANE = {"coordinates": {"x": [0, 1], "t": [0, 1]}, "unknowns": ["u", "v"], "equations": ["u_t = v_x", "v_t = u_x"], "conditions": []}


def refusal(name: str, exact: str) -> InputError:
    with pytest.raises(InputError) as caught:
        stated(name, exact={"u": exact})
    return caught.value


def test_a_false_exact_solution_is_refused_with_the_place_where_it_fails() -> None:
    error = refusal("decay", "u0*exp(-2*lambda*t)")
    assert (error.code, error.at.key) == ("exact-misses-equation", "problem.exact.u")
    place = float(error.values["place"].removeprefix("t = "))
    assert float(error.values["gap"]) == pytest.approx(np.exp(-2 * place), rel=0.05)  # λ = 1, u₀ = 1
    assert "`u_t = -lambda*u`" in error.message
    assert refusal("decay", "2*u0*exp(-lambda*t)").code == "exact-misses-condition"


def test_where_several_unknowns_meet_none_is_accused_alone() -> None:
    with pytest.raises(InputError) as caught:
        problem_from_table({**PLANE, "exact": {"u": "sin(x + t)", "v": "cos(x + t)"}})
    assert caught.value.at.key == "problem.exact"
    assert problem_from_table({**PLANE, "exact": {"u": "sin(x + t)", "v": "sin(x + t)"}}).exact


@pytest.mark.parametrize(
    ("equation", "exact"),
    [
        ("u_x = sign(x - 0.5)", "abs(x - 0.5)"),
        ("2*u*u_x = 1", "sqrt(x - 0.25)"),
        ("u_x = 1e9*cos(1e9*x)", "sin(1e9*x)"),
        ("1e-3*u_xx = u", "exp(-x*sqrt(1000)) + exp((x - 1)*sqrt(1000))"),
        ("u_x = 300*u", "exp(300*x)"),
        ("u_xx + u_x/x + u = 0", "j0(x)"),
        ("u_x = 0", "0"),
        ("x*(u_x - u) = 0", "exp(x)"),
        ("(u_x - u)/(1 + x) = 0", "exp(x)"),
        ("sin((u_x - u)*u)^2 = 0", "exp(x)"),
        ("log(u_x/u) = 0", "exp(x)"),
        ("u_xxxx = u", "sin(x)"),
    ],
)
def test_kinks_gaps_and_rounding_are_no_mistakes(equation: str, exact: str) -> None:
    table = {"coordinates": {"x": [0, 1]}, "unknowns": ["u"], "equations": [equation], "conditions": [], "exact": {"u": exact}}
    assert bind(problem_from_table(table), {}).exact


@pytest.mark.parametrize(
    ("equation", "exact"),
    [
        ("1e-3*u_xx + u_x = 1", "exp(-1000*x)"),  # the source is forgotten where nothing else is left
        ("x*(u_x - u) = 0", "exp(1.00001*x)"),
        ("log(u_x/u) = 0", "exp(1.00001*x)"),
        ("u_x = 300*u + 1", "exp(300*(x - 1))"),
        ("2*u*u_x = 1", "sqrt(x - 0.25) + 0.001"),
        ("u_x = sign(x - 0.5)", "max(x - 0.5, 0)"),
    ],
)
def test_a_formula_that_fails_somewhere_is_none(equation: str, exact: str) -> None:
    table = {"coordinates": {"x": [0, 1]}, "unknowns": ["u"], "equations": [equation], "conditions": [], "exact": {"u": exact}}
    with pytest.raises(InputError) as caught:
        problem_from_table(table)
    assert caught.value.code == "exact-misses-equation"


def test_at_values_for_which_the_formula_is_none_there_is_none() -> None:
    table = load("decay").table()
    problem = problem_from_table({**table, "parameters": {"lambda": 1, "u0": 1}, "exact": {"u": "exp(-lambda*t)"}})
    assert bind(problem, {"lambda": 3}).exact and bind(problem, {"u0": 1}).exact
    assert bind(problem, {"u0": 2}).exact == {}
    assert solve(bind(problem, {"u0": 2}), "auto").values.max() == pytest.approx(2)


def test_a_condition_that_is_nearly_met_is_a_warning_and_an_error_of_the_reference() -> None:
    """A pulse on the whole line, which a part of the line cuts off."""
    table = {
        "coordinates": {"x": [-4, 4], "t": [0, 1]},
        "unknowns": ["u"],
        "equations": ["u_t = u_x"],
        "conditions": ["u(x, 0) = exp(-x^2/2)", "u(4, t) = 0"],
        "exact": {"u": "exp(-(x + t)^2/2)"},
    }
    problem = problem_from_table(table)
    (warning,) = experiment_of(problem).warnings
    assert (warning.code, warning.at.key) == ("exact-nearly-meets-condition", "problem.exact.u")
    assert 1e-4 < exact_residuals.unmet(bind(problem, {})) < 1e-3
    assert solve(bind(problem, {}), "exact").error == exact_residuals.unmet(bind(problem, {}))
    with pytest.raises(InputError, match=r"u\(2, t\) = 0"):
        problem_from_table({**table, "coordinates": {"x": [-4, 2], "t": [0, 1]}, "conditions": ["u(x, 0) = exp(-x^2/2)", "u(2, t) = 0"]})
    assert solve(bind(load("heat"), {}), "exact").error == 0


def test_runs_of_before_with_a_false_solution_can_still_be_opened() -> None:
    stored = experiment_of(stated("decay")).to_json().replace("u0*exp(-lambda*t)", "u0*exp(-2*lambda*t)")
    assert experiment_from_json(stored).bound.exact == {}


LINE = {"coordinates": {"x": [0, 1]}, "unknowns": ["u"]}
STRIP = {"coordinates": {"x": [0, 1], "t": [0, 1]}, "unknowns": ["u"]}
PULSES = [
    "heaviside(x - 0.41234) - heaviside(x - 0.41235)",
    "max(0, 1e-5 - abs(x - 0.41234))",
    "exp(-((x - 0.41234)/1e-5)^2)",
    "1e-3*exp(-((x - 0.41234)/1e-6)^2)",
    "1/(1 + ((x - 0.41234)/1e-6)^2)",
    "exp(-abs(x - 0.41234)/1e-7)",
    "sech((x - 0.3)/1e-5)",
    "heaviside(sin(300*x) - 0.999999)",
]
MOVING = [
    "heaviside(x - 0.4 - 0.1*t) - heaviside(x - 0.40001 - 0.1*t)",
    "exp(-((x - 0.4 - 0.1*t)/1e-5)^2)",
    "exp(-((x - 0.4)^2 + (t - 0.5)^2)/1e-9)",
    "1e10*max(0, 1e-10 - (x - 0.4)^2 - (t - 0.5)^2)",
]


@pytest.mark.parametrize("pulse", PULSES)
def test_a_pulse_between_random_points_is_found(pulse: str) -> None:
    with pytest.raises(InputError, match="not a solution"):
        problem_from_table({**LINE, "equations": ["u_x = u"], "conditions": ["u(0) = 1"], "exact": {"u": f"exp(x) + {pulse}"}})


@pytest.mark.parametrize("pulse", MOVING)
def test_a_pulse_in_the_plane_is_found(pulse: str) -> None:
    conditions = ["u(x, 0) = sin(pi*x)", "u(0, t) = 0", "u(1, t) = 0"]
    with pytest.raises(InputError, match="not a solution"):
        problem_from_table(
            {**STRIP, "equations": ["u_t = u_xx"], "conditions": conditions, "exact": {"u": f"exp(-pi^2*t)*sin(pi*x) + {pulse}"}}
        )


@pytest.mark.parametrize(
    ("equation", "conditions", "exact"),
    [
        ("u_x = u", ["u(0) = 1"], "exp(x)*(1 + heaviside(x - 0.5))"),
        ("u_xx = 0", ["u(0) = 0", "u(1) = 0.5"], "max(0, x - 0.5)"),
        ("u_x = u + heaviside(x - 0.41234) - heaviside(x - 0.41235)", ["u(0) = 1"], "exp(x)"),
    ],
)
def test_a_formula_that_jumps_or_bends_by_itself_or_misses_a_pulse_is_no_solution(equation: str, conditions: list[str], exact: str) -> None:
    with pytest.raises(InputError, match="not a solution"):
        problem_from_table({**LINE, "equations": [equation], "conditions": conditions, "exact": {"u": exact}})


@pytest.mark.parametrize(
    ("table", "equation", "conditions", "exact"),
    [
        (LINE, "u_xx = 2*heaviside(x - 0.5)", ["u(0) = 0", "u(1) = 0.25"], "max(0, x - 0.5)^2"),
        (LINE, "u_x = 1.5*abs(x - 0.5)^0.5*sign(x - 0.5)", ["u(0) = 0.5^1.5"], "abs(x - 0.5)^1.5"),
        (LINE, "D((1 + heaviside(x - 0.5))*u_x, x) = 0", ["u(0) = 0", "u(1) = 0.75"], "min(x, 0.5) + max(0, x - 0.5)/2"),
        (LINE, "u_x = -2*(x - 0.4)/1e-8*u", ["u(0.4) = 1"], "exp(-((x - 0.4)/1e-4)^2)"),
        (STRIP, "u_t + u_x = 0", ["u(x, 0) = heaviside(x - 0.3)", "u(0, t) = 0"], "heaviside(x - 0.3 - t)"),
        (STRIP, "u_t = -u", ["u(x, 0) = heaviside(x - 0.3)"], "heaviside(x - 0.3)*exp(-t)"),
    ],
)
def test_a_formula_that_may_jump_or_bend_is_a_solution(table: dict[str, Any], equation: str, conditions: list[str], exact: str) -> None:
    problem = problem_from_table({**table, "equations": [equation], "conditions": conditions, "exact": {"u": exact}})
    assert exact_residuals.unmet(bind(problem, {})) == 0
