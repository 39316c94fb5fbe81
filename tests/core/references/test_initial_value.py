"""Initial-value problems: the solution, the error that is claimed for it, and what is refused."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.special import j0, j1, sici

from core import references
from core.domain import grids
from core.errors import InputError, RunError
from core.problem.binding import bind
from core.problem.bound import BoundProblem
from core.problem.reading.reading import problem_from_table
from core.references import Reference
from core.references.common.clock import Clock
from core.references.ordinary.initial_value import solve

Array = NDArray[np.float64]


def stated(ends: list[Any], equations: list[str], conditions: list[str], unknowns: str = "u", name: str = "t") -> BoundProblem:
    table = {"coordinates": {name: ends}, "unknowns": unknowns.split(), "equations": equations, "conditions": conditions}
    return bind(problem_from_table(table), {})


def solved(problem: BoundProblem) -> Reference:
    return references.solve(problem, "initial-value")


def axis_of(problem: BoundProblem) -> Array:
    return grids.axes(problem.coordinates, grids.FULL)[0]


def check(problem: BoundProblem, *exact: Callable[[Array], Array]) -> Reference:
    """The true error is no more than ten times the claimed one, and that is small."""
    x = axis_of(problem)
    truth = np.stack([np.broadcast_to(function(x), x.shape) for function in exact], axis=1)
    reference = solved(problem)
    assert reference.values.shape == truth.shape
    size = np.sqrt(np.mean(truth**2, axis=0))
    error = np.sqrt(np.mean((reference.values - truth) ** 2, axis=0)) / np.where(size > 0, size, 1)
    assert error.max() <= 10 * reference.error + 1e-13
    assert 0 < reference.error < 1e-6
    return reference


OMEGA = np.sqrt(20.0**2 - 2**2)
SOLVED: dict[str, tuple[BoundProblem, tuple[Callable[[Array], Array], ...]]] = {
    "decay": (stated([0, 5], ["u_t = -2*u"], ["u(0) = 3"]), (lambda t: 3 * np.exp(-2 * t),)),
    "from the far end": (stated([0, 5], ["u_t = -2*u"], ["u(5) = 3"]), (lambda t: 3 * np.exp(10 - 2 * t),)),
    "from within": (stated([0, 5], ["u_t = -2*u"], ["u(2.1) = 3"]), (lambda t: 3 * np.exp(4.2 - 2 * t),)),
    "oscillator": (
        stated([0, 1], ["u_tt + 4*u_t + 400*u = 0"], ["u(0) = 1", "u_t(0) = 0"]),
        (lambda t: np.exp(-2 * t) * (np.cos(OMEGA * t) + 2 / OMEGA * np.sin(OMEGA * t)),),
    ),
    "system": (stated([0, 10], ["u_t = v", "v_t = -u"], ["u(0) = 0", "v(0) = 1"], "u v"), (np.sin, np.cos)),
    "its equations swapped": (stated([0, 10], ["v_t = -u", "u_t = v"], ["v(0) = 1", "u(0) = 0"], "u v"), (np.sin, np.cos)),
    "mixed orders": (
        stated([0, 3], ["u_tt = -v", "v_t = u_t"], ["u(0) = 0", "u_t(0) = 1", "v(0) = 0"], "u v"),
        (np.sin, np.sin),
    ),
    "coupled highest derivatives": (
        stated([0, 2], ["u_t + v_t = 2*v", "u_t - v_t = 0"], ["u(0) = 1", "v(0) = 1"], "u v"),
        (np.exp, np.exp),
    ),
    "an algebraic unknown": (stated([0, 10], ["u_t = v", "v = cos(t)"], ["u(0) = 0"], "u v"), (np.sin, np.cos)),
    "an implicit derivative": (stated([0, 1], ["u_t^3 + u_t = 8*t^3 + 2*t"], ["u(0) = 0"]), (lambda t: t**2,)),
    "fourth order": (
        stated([0, 3], ["u_tttt = u"], ["u(0) = 1", "u_t(0) = 0", "u_tt(0) = -1", "u_ttt(0) = 0"]),
        (np.cos,),
    ),
    "conditions that are equations": (
        stated([0, 1], ["u_tt = u"], ["u(0) + u_t(0) = 1", "u_t(0) - 2*u(0) = 0"]),
        (lambda t: np.cosh(t) / 3 + 2 * np.sinh(t) / 3,),
    ),
    "a nonlinear condition": (stated([0, 1], ["u_t = u"], ["u(0)^3 = 8"]), (lambda t: 2 * np.exp(t),)),
    "a condition on the highest derivative": (stated([0, 1], ["u_tt = u"], ["u_tt(0) = 1", "u_t(0) = 0"]), (np.cosh,)),
    "a growing solution": (stated([0, 10], ["u_t = 3*u"], ["u(0) = 1"]), (lambda t: np.exp(3 * t),)),
    "an unstable one": (stated([0, 10], ["u_t = u - cos(t) - sin(t)"], ["u(0) = 1"]), (np.cos,)),
    "a stiff one": (stated([0, 10], ["u_t = -1e5*(u - cos(t)) - sin(t)"], ["u(0) = 1"]), (np.cos,)),
    "a kink": (stated([0, 2], ["u_t = heaviside(t - 1)"], ["u(0) = 0"]), (lambda t: np.maximum(t - 1, 0),)),
    "tiny values": (stated([0, 1], ["u_t = 1e-9*cos(t)"], ["u(0) = 0"]), (lambda t: 1e-9 * np.sin(t),)),
    "nothing": (stated([0, 1], ["u_t = u"], ["u(0) = 0"]), (np.zeros_like,)),
    "Lane-Emden": (
        stated([0, 6], ["u_xx + 2/x*u_x + u^5 = 0"], ["u(0) = 1", "u_x(0) = 0"], name="x"),
        (lambda x: 1 / np.sqrt(1 + x**2 / 3),),
    ),
    "a singularity written as a factor": (
        stated([0, 3], ["x*u_xx + 2*u_x + x*u = 0"], ["u(0) = 1", "u_x(0) = 0"], name="x"),
        (lambda x: np.sinc(x / np.pi),),
    ),
    "a singularity within": (
        stated([-2, 3], ["u_xx + 2/x*u_x + u = 0"], ["u(0) = 1", "u_x(0) = 0"], name="x"),
        (lambda x: np.sinc(x / np.pi),),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", SOLVED)
def test_solutions_are_as_good_as_they_claim(name: str) -> None:
    problem, exact = SOLVED[name]
    check(problem, *exact)


@given(st.floats(-5, 5), st.floats(-5, 5), st.floats(-3, 3), st.floats(-3, 3), st.floats(0.5, 8))
@settings(max_examples=25, deadline=None)
def test_linear_oscillators_of_every_kind(damping: float, stiffness: float, value: float, slope: float, end: float) -> None:
    """u'' + d u' + k u = 0, whose solution the matrix exponential gives."""
    problem = stated([0, end], [f"u_tt + ({damping})*u_t + ({stiffness})*u = 0"], [f"u(0) = {value}", f"u_t(0) = {slope}"])
    x = axis_of(problem)
    values, vectors = np.linalg.eig(np.array([[0, 1], [-stiffness, -damping]], dtype=complex))
    if np.linalg.cond(vectors) > 1e3:  # the formula loses the digits that the test is about
        return
    parts = np.linalg.solve(vectors, [value, slope])
    check(problem, lambda t: ((vectors[0] * parts) @ np.exp(np.outer(values, t))).real)
    assert len(x) == 401


def test_the_van_der_pol_oscillator_at_mu_1000_takes_the_stiff_method() -> None:
    problem = stated([0, 2000], ["u_tt = 1000*(1 - u^2)*u_t - u"], ["u(0) = 2", "u_t(0) = 0"])
    begun = time.process_time()
    reference = solved(problem)
    assert time.process_time() - begun < 5  # 0.5 s
    assert reference.error < 1e-6
    # Test set for initial value problem solvers (Mazzia and Magherini 2008), problem VDPOL, whose time is t/mu.
    assert reference.values[-1, 0] == pytest.approx(1.706167732170469, abs=1e-7)


def test_robertsons_reaction() -> None:
    equations = ["u_t = -0.04*u + 1e4*v*w", "v_t = 0.04*u - 1e4*v*w - 3e7*v^2", "w_t = 3e7*v^2"]
    reference = solved(stated([0, 40], equations, ["u(0) = 1", "v(0) = 0", "w(0) = 0"], "u v w"))
    # Hairer and Wanner 1996, section IV.1.
    assert reference.values[-1] == pytest.approx([0.7158270688, 9.185534765e-6, 0.2841637457], rel=1e-8)
    assert reference.values.sum(axis=1) == pytest.approx(1.0, abs=1e-9)
    assert reference.error < 1e-6


def lorenz(end: float, rho: float) -> BoundProblem:
    equations = ["u_t = 10*(v - u)", f"v_t = u*({rho} - w) - v", "w_t = u*v - 8/3*w"]
    return stated([0, end], equations, ["u(0) = -8", "v(0) = 7", "w(0) = 27"], "u v w")


def test_chaos_is_followed_for_a_while_and_then_refused() -> None:
    assert solved(lorenz(3, 15)).error < 1e-8
    with pytest.raises(RunError) as caught:
        solved(lorenz(50, 28))
    assert caught.value.code == "reference-inaccurate"


@pytest.mark.parametrize(
    ("equation", "place"),
    [("u_t = u^2", 1.0), ("u_t = -1/u", 0.5), ("u_t = 1000*u", 0.7), ("u_t = exp(u)", np.exp(-1)), ("u_t = sqrt(1.5 - t)", 1.5)],
)
def test_solutions_that_end_inside_the_domain_are_refused_with_the_place(equation: str, place: float) -> None:
    with pytest.raises(RunError) as caught:
        solved(stated([0, 2], [equation], ["u(0) = 1"]))
    assert caught.value.code == "reference-ends"
    assert float(str(caught.value.values["place"]).removeprefix("t = ")) == pytest.approx(place, rel=0.05)


@pytest.mark.parametrize(
    ("problem", "code"),
    [
        (stated([0, 1], ["u_tt = u"], ["u(0) = 0", "u(1) = 1"]), "reference-not-initial"),
        (stated([0, 1], ["u_tt = u"], ["u(0) = 0"]), "reference-conditions"),
        (stated([0, 1], ["u_t = u"], ["u(0) = 0", "u_t(0) = 0"]), "reference-conditions"),
        (stated([0, 1], ["u_t = u"], ["u_tt(0) = 1"]), "reference-condition-order"),
        (stated([0, 1], ["u_tt = u"], ["u(0) = 1", "3*u(0) - u(0) = 2"]), "reference-no-start"),
        (stated([0, 1], ["u_t = u"], ["u(0)^2 = -4"]), "reference-no-start"),
        (stated([0, 1], ["u_t = v", "u = sin(t)"], ["u(0) = 0"], "u v"), "reference-not-explicit"),
        (stated([0, 1], ["u_t = u", "u_t = 2*u"], ["u(0) = 0"]), "reference-not-square"),
        (stated([0, 1], ["u_t^2 = -1 - u^2"], ["u(0) = 0"]), "reference-no-slope"),
    ],
)  # fmt: skip
def test_other_problems_are_refused_at_once(problem: BoundProblem, code: str) -> None:
    begun = time.process_time()
    with pytest.raises(InputError) as caught:
        solved(problem)
    assert caught.value.code == code
    assert str(caught.value)
    assert time.process_time() - begun < 0.5


def test_several_coordinates_are_refused() -> None:
    table = {"coordinates": {"x": [0, 1], "t": [0, 1]}, "unknowns": ["u"], "equations": ["u_t = u_xx"], "conditions": ["u(x, 0) = 0"]}
    with pytest.raises(InputError) as caught:
        solved(bind(problem_from_table(table), {}))
    assert caught.value.code == "reference-one-coordinate"


def test_a_singular_start_without_a_smooth_solution_is_refused() -> None:
    with pytest.raises(RunError) as caught:
        solved(stated([0, 3], ["u_xx + 2/x*u_x + u = 0"], ["u(0) = 1", "u_x(0) = 1"], name="x"))
    assert caught.value.code == "reference-singular"


@pytest.mark.timed
def test_the_clock_stops_it() -> None:
    problem = lorenz(3, 15)
    with pytest.raises(RunError) as caught:
        solve(problem, grids.axes(problem.coordinates, grids.FULL), Clock(0.01))
    assert caught.value.code == "reference-too-slow"
    stiff = stated([0, 1e6], ["u_t = -1e5*(u - cos(t)) - sin(t)"], ["u(0) = 1"])
    with pytest.raises(RunError) as caught:
        solve(stiff, grids.axes(stiff.coordinates, grids.FULL), Clock(0.3))
    assert caught.value.code == "reference-too-slow"


# what is narrow


def dose(t: Array, at: float, rate: float, decay: float, length: float) -> Array:
    """What one dose of a rate over a length leaves, by formula."""
    during = np.clip(t - at, 0, length)
    after = np.maximum(t - at - length, 0)
    return np.where(t > at, rate / decay * (1 - np.exp(-decay * during)) * np.exp(-decay * after), 0.0)


def test_a_pulse_from_rest_is_not_stepped_over() -> None:
    reference = solved(stated([0, 10], ["u_t = -u + heaviside(t - 5) - heaviside(t - 5.2)"], ["u(0) = 0"]))
    t = np.linspace(0, 10, len(reference.values))
    expected = dose(t, 5, 1, 1, 0.2)
    assert expected.max() > 0.18
    assert np.abs(reference.values[:, 0] - expected).max() < 1e-10
    assert reference.evidence.points > 3000


def test_doses_come_one_after_the_other() -> None:
    equation = "u_t = -0.3*u + 20*(heaviside(t - 12) - heaviside(t - 12.1)) + 20*(heaviside(t - 24) - heaviside(t - 24.1))"
    reference = solved(stated([0, 48], [equation], ["u(0) = 1"]))
    t = np.linspace(0, 48, len(reference.values))
    expected = np.exp(-0.3 * t) + dose(t, 12, 20, 0.3, 0.1) + dose(t, 24, 20, 0.3, 0.1)
    assert np.abs(reference.values[:, 0] - expected).max() < 1e-9


@pytest.mark.parametrize("width", [1e-2, 1e-4, 1e-7])
def test_a_narrow_bell_is_seen(width: float) -> None:
    reference = solved(stated([0, 1], [f"u_t = exp(-((t - 0.5)/{width})^2)/{width}"], ["u(0) = 0"]))
    assert reference.values[-1, 0] == pytest.approx(np.sqrt(np.pi), abs=1e-9)


def test_a_bell_before_the_start_is_seen_backwards_in_time() -> None:
    reference = solved(stated([0, 1], ["u_t = exp(-((t - 0.5)/1e-4)^2)/1e-4"], ["u(1) = 0"]))
    assert reference.values[0, 0] == pytest.approx(-np.sqrt(np.pi), abs=1e-9)


# several solutions


@pytest.mark.parametrize(
    ("problem", "exact"),
    [
        pytest.param(
            stated([1, 5], ["x*u_x + u_x^2 = u"], ["u(1) = 2"], name="x"), (lambda x: x + 1, lambda x: 4 - 2 * x), id="Clairaut's equation"
        ),
        pytest.param(stated([0, 1], ["u_t = u"], ["u(0)^2 = 4"]), (lambda t: 2 * np.exp(t), lambda t: -2 * np.exp(t)), id="two starts"),
        pytest.param(stated([0, 1], ["u_t^2 = 1 - u^2"], ["u(0) = 0"]), (np.sin, lambda t: -np.sin(t)), id="two slopes"),
        pytest.param(
            stated([0, 1], ["u_t^2 = u^2"], ["u(0)^2 = 1"]),
            (np.exp, lambda t: np.exp(-t), lambda t: -np.exp(t), lambda t: -np.exp(-t)),
            id="two starts with two slopes each",
        ),
    ],
)
def test_each_solution_that_leaves_the_start_is_followed(problem: BoundProblem, exact: tuple[Callable[[Array], Array], ...]) -> None:
    reference = references.solve(problem, "auto")
    axis = axis_of(problem)
    assert reference.method == "initial-value"
    assert len(reference.solutions) == len(exact)
    for expected in exact:
        errors = [np.abs(values[:, 0] - expected(axis)).max() / np.abs(expected(axis)).max() for values in reference.solutions]
        assert min(errors) < 10 * reference.error


@pytest.mark.parametrize(
    ("problem", "code"),
    [
        (stated([0, 2], ["u_t = sqrt(u)"], ["u(0) = 0"]), "reference-leaves"),
        (stated([0, 1], ["t*u_t = u"], ["u(0) = 0"]), "reference-leaves"),
        (stated([0, 1], ["u_t = 2*u/t"], ["u(0) = 0"]), "reference-leaves"),
        (stated([0, 1], ["t*u_t = 2*sin(u)"], ["u(0) = 0"]), "reference-leaves"),
        (stated([0, 1], ["t*u_tt = u_t"], ["u(0) = 0", "u_t(0) = 0"]), "reference-leaves"),
        (stated([2, 3], ["(t - 2)*u_t = u"], ["u(2) = 0"]), "reference-leaves"),
        (stated([0, 1], ["t*u_t = 1.5*u"], ["u(0) = 0"]), "reference-leaves"),
        (stated([0, 2], ["u_t = 3*abs(u)^(2/3)"], ["u(0) = 0"]), "reference-leaves"),
        (stated([0, 2], ["u_t^2 = u"], ["u(0) = 0"]), "reference-leaves"),
        (stated([1, 5], ["x*u_x + u_x^2 = u"], ["u(1) = -0.25"], name="x"), "reference-leaves"),
        (stated([0, 3], ["u_t^2 = u"], ["u(0) = 1"]), "reference-branch-lost"),
    ],
)
def test_starts_that_infinitely_many_solutions_leave_are_refused(problem: BoundProblem, code: str) -> None:
    with pytest.raises(RunError) as caught:
        references.solve(problem, "auto")
    assert caught.value.code == code
    assert str(caught.value)


def test_a_slope_that_is_infinite_may_let_one_solution_leave() -> None:
    """u' = 1 + √u from u = 0: t = 2√u − 2 log(1 + √u)."""
    problem = stated([0, 2], ["u_t = sqrt(u) + 1"], ["u(0) = 0"])
    reference = references.solve(problem, "auto")
    root = np.sqrt(reference.values[:, 0])
    assert 2 * root - 2 * np.log1p(root) == pytest.approx(axis_of(problem), abs=1e-8)


@pytest.mark.parametrize(
    ("problem", "place"),
    [
        (stated([0, 4], ["u_t = -sqrt(abs(u))"], ["u(0) = 1"]), 2.0),
        (stated([0, 5], ["u_t = -abs(u)^0.3"], ["u(0) = 1"]), 1 / 0.7),
        (stated([0, 5], ["u_t = -abs(u)^0.1"], ["u(0) = 1"]), 1 / 0.9),
        (stated([0, 4], ["u_t = 3*abs(u)^(2/3)"], ["u(0) = -1"]), 1.0),
        (stated([0, 4], ["u_t = sqrt(abs(u - t^2)) + 2*t"], ["u(0) = -1"]), 2.0),
        (stated([0, 6], ["u_t = sqrt(abs(1 - u^2))"], ["u(0) = 0"]), 1.5708),
        (stated([0, 4], ["u_t = v", "v_t = -sqrt(abs(v))"], ["u(0) = 0", "v(0) = 1"], "u v"), 2.0),
        (stated([-4, 0], ["u_t = sqrt(abs(u))"], ["u(0) = 1"]), -2.0),
        (stated([-1, 1], ["t*u_t = 2*u"], ["u(-1) = 1"]), 0.0),
        (stated([-1, 1], ["t*u_t = u"], ["u(1) = 1"]), 0.0),
        (stated([-1, 1], ["u_t = 2*u/t"], ["u(-1) = 1"]), 0.0),
        (stated([-1, 1], ["t^2*u_tt - 2*u = 0"], ["u(-1) = 1", "u_t(-1) = -2"]), 0.0),
        (stated([-1, 1], ["(t - 0.123)*u_t = 0.5*u"], ["u(-1) = 1"]), 0.123),
        (stated([-1, 1], ["sin(t)*u_t = 2*u"], ["u(-1) = 1"]), 0.0),
        (stated([0, 1], ["(heaviside(0.2 - t) + heaviside(t - 0.2)*(t - 0.5))*u_t = 2*u"], ["u(0) = 1"]), 0.5),
    ],
)
def test_a_way_on_which_solutions_part_is_refused_with_the_place(problem: BoundProblem, place: float) -> None:
    with pytest.raises(RunError) as caught:
        references.solve(problem, "auto")
    assert caught.value.code == "reference-parts"
    assert float(str(caught.value.values["place"]).split("=")[1]) == pytest.approx(place, abs=1e-5)


@pytest.mark.parametrize(
    ("problem", "expected"),
    [
        (stated([0, 1.5], ["u_t = -sqrt(abs(u))"], ["u(0) = 1"]), lambda t: (1 - t / 2) ** 2),
        (stated([0, 4], ["u_t = abs(u)"], ["u(0) = -1"]), lambda t: -np.exp(-t)),
        (stated([0, 3], ["u_t = -abs(u - 1) - 1"], ["u(0) = 2"]), lambda t: np.where(t < np.log(2), 2 * np.exp(-t), 2 - np.exp(t) / 2)),
        (stated([-1, 1], ["t*u_t = sin(t)"], ["u(-1) = 0"]), lambda t: sici(t)[0] + sici(1.0)[0]),
        (stated([-1, 1], ["t*u_tt + u_t + t*u = 0"], ["u(-1) = " + repr(float(j0(1.0))), "u_t(-1) = " + repr(float(j1(1.0)))]), j0),
        (stated([0.5, 1], ["t*u_t = 2*u"], ["u(1) = 1"]), lambda t: t**2),
    ],
)
def test_a_way_past_kinks_and_places_at_which_no_solutions_part_is_followed(
    problem: BoundProblem, expected: Callable[[Array], Array]
) -> None:
    reference = references.solve(problem, "auto")
    truth = expected(axis_of(problem))
    assert np.abs(reference.values[:, 0] - truth).max() < 10 * max(reference.error, 1e-10) * np.abs(truth).max()


@pytest.mark.parametrize(("begin", "end", "place"), [(-1, 1, "0"), (-2e-6, 2e-6, "0"), (1, 3, "2")])
def test_where_a_solution_ends_is_said_to_the_digits_that_are_known(begin: float, end: float, place: str) -> None:
    """u = 1/(t − p) is −∞ at t = p."""
    value = 1 / (begin - float(place))
    problem = problem_from_table(
        {"coordinates": {"t": [begin, end]}, "unknowns": ["u"], "equations": ["u_t = -u^2"], "conditions": [f"u({begin}) = {value}"]}
    )
    with pytest.raises(RunError) as caught:
        references.solve(bind(problem, {}), "initial-value")
    assert (caught.value.code, caught.value.values) == ("reference-ends", {"place": f"t = {place}"})
