"""Waves and currents along characteristics: exact for what is rough, and refused for what is something else."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from core import references
from core.domain import grids
from core.errors import InputError
from core.problem.binding import bind
from core.problem.bound import BoundProblem
from core.problem.reading.reading import problem_from_table
from core.references.common.integrals import Integral

Array = NDArray[np.float64]


def stated(equation: str, conditions: list[str], coordinates: dict[str, Any] | None = None) -> BoundProblem:
    table = {"coordinates": coordinates or {"x": [0, 1], "t": [0, 2]}, "unknowns": ["u"], "equations": [equation], "conditions": conditions}
    return bind(problem_from_table(table), {})


def solved(problem: BoundProblem) -> tuple[Array, Array, Array]:
    """x, t and u, (points of x, points of t)."""
    x, t = np.meshgrid(*grids.axes(problem.coordinates, grids.FULL), indexing="ij")
    return x, t, references.solve(problem, "characteristics").values[..., 0]


def agrees(problem: BoundProblem, most: float) -> None:
    """Two methods that share nothing give the same."""
    other = references.solve(problem, "lines")
    found = references.solve(problem, "characteristics")
    assert np.linalg.norm(found.values - other.values) <= max(most, 10 * other.error) * np.linalg.norm(other.values)


WAVE = "u_tt = 4*u_xx"
REST = "u_t(x, 0) = 0"


@pytest.mark.timed
@pytest.mark.parametrize(
    "conditions",
    [
        ["u(x, 0) = sin(pi*x)^4", REST, "u(0, t) = 0", "u(1, t) = 0"],
        ["u(x, 0) = sin(pi*x)^4", "u_t(x, 0) = sin(2*pi*x)^4", "u_x(0, t) = 0", "u_x(1, t) = 0"],
        ["u(x, 0) = 0", "u_t(x, 0) = 0", "u(0, t) = t^4*exp(-t)", "u_x(1, t) = t^4"],
        ["u(x, 0) = exp(-100*(x - 0.5)^2)", REST, "u_t(0, t) = 2*u_x(0, t)", "u_t(1, t) = -2*u_x(1, t)"],
        ["u(x, 0) = exp(-100*(x - 0.5)^2)", REST, "u_t(0, t) = 2*u_x(0, t)", "u(1, t) = 0"],
        ["u(x, 0) = sin(2*pi*x)", "u_t(x, 0) = 3 + cos(2*pi*x)", "u(0, t) = u(1, t)"],
    ],
)
def test_smooth_waves_are_those_of_another_method(conditions: list[str]) -> None:
    agrees(stated(WAVE, conditions, {"x": [0, 1], "t": [0, 0.8]}), 1e-6)


@pytest.mark.parametrize("speed", [1.5, -0.7])
def test_smooth_currents_are_those_of_another_method(speed: float) -> None:
    end = 0 if speed > 0 else 1
    agrees(stated(f"u_t + {speed}*u_x + 0.3*u = 0", ["u(x, 0) = sin(pi*x)^6", f"u({end}, t) = t^6"]), 1e-6)


def test_a_plucked_string_keeps_its_corners() -> None:
    problem = stated("u_tt = u_xx", ["u(x, 0) = min(x, 1 - x)", REST, "u(0, t) = 0", "u(1, t) = 0"])
    x, t, u = solved(problem)

    def odd(y: Array) -> Array:
        y = np.mod(y + 1, 2) - 1
        return np.sign(y) * np.minimum(np.abs(y), 1 - np.abs(y))

    assert np.abs(u - (odd(x - t) + odd(x + t)) / 2).max() < 1e-14


def test_a_box_goes_round_a_ring() -> None:
    problem = stated("u_t + u_x = 0", ["u(x, 0) = heaviside(x - 0.205) - heaviside(x - 0.405)", "u(0, t) = u(1, t)"])
    x, t, u = solved(problem)
    place = np.mod(x - t + 1e-12, 1)
    assert np.array_equal(u > 0.5, (place > 0.205) & (place < 0.405))


def test_a_step_at_an_end_is_given_back_by_the_other() -> None:
    problem = stated("u_tt = u_xx", ["u(x, 0) = 0", REST, "u(0, t) = heaviside(t - 0.505)", "u(1, t) = 0"])
    x, t, u = solved(problem)
    expected = np.heaviside(t - x - 0.505, 0.5) - np.heaviside(t + x - 2.505, 0.5)
    assert np.abs(u - expected).max() < 1e-12


@pytest.mark.parametrize(
    ("equation", "conditions"),
    [
        ("u_tt = u_xx + u", ["u(x, 0) = 0", REST, "u(0, t) = 1", "u(1, t) = 0"]),
        ("u_tt = x*u_xx", ["u(x, 0) = 0", REST, "u(0, t) = 1", "u(1, t) = 0"]),
        ("u_tt + u_xx = 0", ["u(x, 0) = 0", REST, "u(0, t) = 1", "u(1, t) = 0"]),
        ("u_tt = u_xx + 1", ["u(x, 0) = 0", REST, "u(0, t) = 1", "u(1, t) = 0"]),
        ("u_tt = u_xx", ["u(x, 0) = 0", "u(0, t) = 1", "u(1, t) = 0"]),
        ("u_tt = u_xx", ["u(x, 0) = 0", REST, "u(0, t) = 1", "u_x(1, t) = u(1, t)"]),
        ("u_tt = u_xx", ["u(x, 0) = 0", REST, "u(0, t) = 1"]),
        ("u_tt = u_xx", ["u(x, 0) = 0", REST, "u(0, t) = 1", "u_x(0, t) = 0", "u(1, t) = 0"]),
        ("u_t + u*u_x = 0", ["u(x, 0) = x", "u(0, t) = 0"]),
        ("u_t + u_x = 0", ["u(x, 0) = x", "u(1, t) = 0"]),
        ("u_t + u_x = 0", ["u(x, 0) = x", "u(0, t) = 0", "u(1, t) = 0"]),
        ("u_t = u_xx", ["u(x, 0) = x", "u(0, t) = 0", "u(1, t) = 0"]),
    ],
)
def test_what_is_something_else_is_refused(equation: str, conditions: list[str]) -> None:
    with pytest.raises(InputError) as caught:
        references.solve(stated(equation, conditions), "characteristics")
    assert caught.value.code == "not-characteristic"


@settings(deadline=None, max_examples=40)
@given(place=st.floats(0.05, 0.95), exponent=st.floats(-6, 0))
def test_integrals_see_what_is_narrow(place: float, exponent: float) -> None:
    width = 10.0**exponent
    integral = Integral(
        lambda x: np.exp(-(((x - place) / width) ** 2)), [0.0, max(place - 8 * width, 1e-9), min(place + 8 * width, 1 - 1e-9), 1.0]
    )
    from math import erf, pi, sqrt

    def truth(x: float) -> float:
        return width * sqrt(pi) / 2 * (erf((x - place) / width) + erf(place / width))

    for x in (0.0, place, 0.97, 1.0):
        assert float(integral(np.array([x]))[0]) == pytest.approx(truth(x), abs=1e-13)


@pytest.mark.parametrize("function", [np.sqrt, np.abs, lambda x: np.sign(x - 0.3)])
def test_integrals_know_how_good_they_are(function: Callable[[Array], Array]) -> None:
    integral = Integral(function, [0.0, 1.0])
    whole = float(integral(np.array([1.0]))[0])
    truth = {np.sqrt: 2 / 3, np.abs: 0.5}.get(function, 0.4)
    assert abs(whole - truth) <= 10 * integral.error + 1e-14
