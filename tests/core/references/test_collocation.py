"""Collocation solves problems of every kind to the error that it claims, and refuses those without a single solution."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from numpy.polynomial import Chebyshev as Polynomial
from numpy.typing import NDArray
from scipy.optimize import brentq
from scipy.sparse import diags_array, eye_array, kron
from scipy.sparse.linalg import spsolve

from core import references
from core.domain import grids
from core.errors import InputError, RunError
from core.problem.binding import bind
from core.problem.bound import BoundProblem
from core.problem.reading.reading import problem_from_table
from core.references import collocation, exact
from core.references.collocation.corners import Corner, corners
from core.references.collocation.modes import Chebyshev, Fourier
from core.references.common.clock import Clock
from core.references.common.refinement import difference
from core.references.pieces import Folded, cuts

Array = NDArray[np.float64]

pytestmark = pytest.mark.timed  # how many modes and branches are tried depends on how long each takes

SQUARE = {"x": [0, 1], "y": [0, 1]}
CUBE = {"x": [0, 1], "y": [0, 1], "z": [0, 1]}
SPACE_TIME = {"x": [0, 1], "t": [0, 1]}
DECAY = repr(10 - math.sqrt(100 + 4 * math.pi**2))  # of Kovasznay's flow at Re = 20
NAVIER_STOKES = ("u*u_x + v*u_y + p_x = lap(u)/20", "u*v_x + v*v_y + p_y = lap(v)/20", "u_x + v_y = 0")


def bound(coordinates: dict[str, Any], equations: Any, conditions: Any, unknowns: Any = ("u",), **exact: str) -> BoundProblem:
    table = {
        "coordinates": coordinates,
        "unknowns": list(unknowns),
        "equations": [equations] if isinstance(equations, str) else list(equations),
        "conditions": list(conditions),
        "exact": exact,
    }
    return bind(problem_from_table(table), {})


def kovasznay(*conditions: str) -> BoundProblem:
    return bound(
        {"x": [-0.5, 1], "y": [-0.5, 1.5]},
        NAVIER_STOKES,
        [f"u(boundary) = 1 - exp({DECAY}*x)*cos(2*pi*y)", f"v(boundary) = {DECAY}/(2*pi)*exp({DECAY}*x)*sin(2*pi*y)", *conditions],
        ("u", "v", "p"),
        u=f"1 - exp({DECAY}*x)*cos(2*pi*y)",
        v=f"{DECAY}/(2*pi)*exp({DECAY}*x)*sin(2*pi*y)",
        p=f"0.5*(1 - exp(2*{DECAY}*x))",
    )


def layer(epsilon: float) -> BoundProblem:
    solution = f"x - (exp((x - 1)/{epsilon}) - exp(-1/{epsilon}))/(1 - exp(-1/{epsilon}))"
    return bound({"x": [0, 1]}, f"-{epsilon}*u_xx + u_x = 1", ["u(0) = 0", "u(1) = 0"], u=solution)


PROBLEMS = {
    "two-point": bound({"x": [0, 1]}, "u_xx = exp(x)", ["u(0) = 1", "u(1) = e"], u="exp(x)"),
    "layer": layer(0.01),
    "thin-layer": layer(0.002),
    "beam": bound({"x": [0, 1]}, "u_xxxx = -1", ["u(0) = 0", "u_x(0) = 0", "u_xx(1) = 0", "u_xxx(1) = 0"], u="-x^4/24 + x^3/6 - x^2/4"),
    "lane-emden": bound({"x": [0, 3]}, "u_xx + 2/x*u_x + u^5 = 0", ["u(0) = 1", "u_x(0) = 0"], u="(1 + x^2/3)^(-0.5)"),
    "inside": bound({"x": [0, 1]}, "u_xx = 6*x", ["u(0.5) = 0.125", "u(0) = 0"], u="x^3"),
    "poisson": bound(SQUARE, "-lap(u) = 2*pi^2*sin(pi*x)*sin(pi*y)", ["u(boundary) = 0"], u="sin(pi*x)*sin(pi*y)"),
    "helmholtz": bound(SQUARE, "lap(u) + u = (1 - 32*pi^2)*sin(4*pi*x)*sin(4*pi*y)", ["u(boundary) = 0"], u="sin(4*pi*x)*sin(4*pi*y)"),
    "lagaris-5": bound(
        SQUARE,
        "lap(u) = exp(-x)*(x - 2 + y^3 + 6*y)",
        ["u(0, y) = y^3", "u(1, y) = (1 + y^3)*exp(-1)", "u(x, 0) = x*exp(-x)", "u(x, 1) = exp(-x)*(x + 1)"],
        u="exp(-x)*(x + y^3)",
    ),
    "lagaris-8": bound(
        SQUARE,
        "lap(u) + u*u_y = sin(pi*x)*(2 - pi^2*y^2 + 2*y^3*sin(pi*x))",
        ["u(0, y) = 0", "u(1, y) = 0", "u(x, 0) = 0", "u_y(x, 1) = 2*sin(pi*x)"],
        u="y^2*sin(pi*x)",
    ),
    "minimal-surface": bound(
        SQUARE,
        "(1 + u_y^2)*u_xx - 2*u_x*u_y*u_xy + (1 + u_x^2)*u_yy = 0",
        ["u(boundary) = log(cos(x - 0.5)/cos(y - 0.5))"],
        u="log(cos(x - 0.5)/cos(y - 0.5))",
    ),
    "plate": bound(
        SQUARE,
        "u_xxxx + 2*u_xxyy + u_yyyy = 16*pi^4*(4*cos(2*pi*x)*cos(2*pi*y) - cos(2*pi*x) - cos(2*pi*y))",
        ["u(boundary) = 0", "u_x(0, y) = 0", "u_x(1, y) = 0", "u_y(x, 0) = 0", "u_y(x, 1) = 0"],
        u="(1 - cos(2*pi*x))*(1 - cos(2*pi*y))",
    ),
    "robin": bound(
        SQUARE,
        "-lap(u) = -2*exp(x + y)",
        ["u_x(0, y) = exp(y)", "u_x(1, y) + u(1, y) = 2*exp(1 + y)", "u_y(x, 0) - 3*u(x, 0) = -2*exp(x)", "u_y(x, 1) = exp(x + 1)"],
        u="exp(x + y)",
    ),
    "inflow": bound(SQUARE, "u_x + u_y = 2*cos(x + y)", ["u(x, 0) = sin(x)", "u(0, y) = sin(y)"], u="sin(x + y)"),
    "channel": bound(
        {"x": [0, "2*pi"], "y": [0, 1]},
        "lap(u) = 0",
        ["u(0, y) = u(2*pi, y)", "u(x, 0) = 0", "u(x, 1) = sin(x)"],
        u="sin(x)*sinh(y)/sinh(1)",
    ),
    "convection": bound(
        {"x": [0, "2*pi"], "t": [0, 1]},
        "u_t + 30*u_x = 0",
        ["u(x, 0) = sin(x)", "u(0, t) = u(2*pi, t)"],
        u="sin(x - 30*t)",
    ),
    "heat": bound(SPACE_TIME, "u_t = 0.4*u_xx", ["u(x, 0) = sin(pi*x)", "u(boundary) = 0"], u="sin(pi*x)*exp(-0.4*pi^2*t)"),
    "wave-between": bound(
        SPACE_TIME,
        "u_tt = 2*u_xx",
        ["u(x, 0) = sin(pi*x)", "u(boundary) = 0", "u(x, 1) = cos(sqrt(2)*pi)*sin(pi*x)"],
        u="sin(pi*x)*cos(sqrt(2)*pi*t)",
    ),
    "klein-gordon": bound(
        {"x": [-1, 1], "t": [0, 2]},
        "u_tt - u_xx + u^2 = -x*cos(t) + x^2*cos(t)^2",
        ["u(x, 0) = x", "u_t(x, 0) = 0", "u(-1, t) = -cos(t)", "u(1, t) = cos(t)"],
        u="x*cos(t)",
    ),
    "kovasznay": kovasznay(f"p(-0.5, -0.5) = 0.5*(1 - exp(-{DECAY}))"),
    "poiseuille": bound(
        {"x": [0, 2], "y": [0, 1]},
        NAVIER_STOKES,
        ["u(boundary) = 4*y*(1 - y)", "v(boundary) = 0", "p(2, 0.5) = 0"],
        ("u", "v", "p"),
        u="4*y*(1 - y)",
        v="0",
        p="0.4*(2 - x)",
    ),
    "poisson-3d": bound(CUBE, "-lap(u) = 3*sin(x)*sin(y)*cos(z)", ["u(boundary) = sin(x)*sin(y)*cos(z)"], u="sin(x)*sin(y)*cos(z)"),
}


def solved(problem: BoundProblem, limit: float = 60.0) -> tuple[Any, float]:
    found = collocation.solve(problem, grids.axes(problem.coordinates, grids.FULL), Clock(limit))
    return found.values, found.error


@pytest.mark.parametrize("name", PROBLEMS)
def test_the_error_is_small_and_no_larger_than_claimed(name: str) -> None:
    problem = PROBLEMS[name]
    axes = grids.axes(problem.coordinates, grids.FULL)
    found = collocation.solve(problem, axes, Clock(60.0))
    values, error = found.values, found.error
    expected = exact.at(problem, grids.points(axes)).reshape(values.shape)
    assert error < 1e-8
    assert difference(expected, values) <= 10 * error + 1e-12


def laplace_series(x: Array, y: Array) -> Array:
    """Δu = 0 on the unit square, u = 1 on y = 1 and 0 elsewhere, (m, n), by separation of variables; for y < 1."""
    odd = np.arange(1, 2000, 2) * np.pi
    heights = np.exp(odd * (y[:, None] - 1)) * (1 - np.exp(-2 * odd * y[:, None])) / (1 - np.exp(-2 * odd))  # sinh(ky)/sinh(k)
    return np.sin(odd * x[:, None]) * 4 / odd @ heights.T


def torsion_series(x: Array, y: Array) -> Array:
    """−Δu = 1 on the unit square, u = 0 on its edges, (m, n) (Timoshenko and Goodier 1970, section 109)."""
    odd = np.arange(1, 4000, 2) * np.pi
    heights = 1 - (np.exp(-odd * y[:, None]) + np.exp(odd * (y[:, None] - 1))) / (1 + np.exp(-odd))  # 1 − cosh(k(y − ½))/cosh(k/2)
    return np.sin(odd * x[:, None]) * 4 / odd**3 @ heights.T


def test_values_that_jump_at_corners_cost_no_accuracy() -> None:
    values, error = solved(bound(SQUARE, "lap(u) = 0", ["u(0, y) = 0", "u(1, y) = 0", "u(x, 0) = 0", "u(x, 1) = 1"]))
    axis = np.linspace(0, 1, 101)
    assert error < 1e-8
    assert values[:, :95, 0] == pytest.approx(laplace_series(axis, axis[:95]), abs=10 * error)
    assert values[50, 50, 0] == pytest.approx(0.25, abs=1e-10)


def test_corners_that_are_only_weakly_singular_cost_none_either() -> None:
    values, error = solved(bound(SQUARE, "-lap(u) = 1", ["u(boundary) = 0"]))
    axis = np.linspace(0, 1, 101)
    assert error < 1e-8
    assert values[..., 0] == pytest.approx(torsion_series(axis, axis), abs=1e-10)


def test_corners_of_an_equation_that_spreads_unevenly() -> None:
    stretched, _ = solved(
        bound({"x": [0, 1], "y": [0, 3]}, "u_xx + 9*u_yy = 0", ["u(0, y) = 0", "u(1, y) = 0", "u(x, 0) = 0", "u(x, 3) = 1"])
    )
    axis = np.linspace(0, 1, 101)
    assert stretched[:, :95, 0] == pytest.approx(laplace_series(axis, axis[:95]), abs=1e-8)


def test_bratu_has_the_known_maximum() -> None:
    values, error = solved(bound(SQUARE, "lap(u) + 6*exp(u) = 0", ["u(boundary) = 0"]))
    assert error < 1e-8
    assert values[50, 50, 0] == pytest.approx(bratu_by_differences(6.0), abs=1e-6)


def bratu_by_differences(strength: float) -> float:
    """The maximum of the lower solution of −Δu = λ exp(u), by five-point differences, Newton's method and Richardson's extrapolation."""
    coarse, fine = (_bratu(strength, n) for n in (32, 64))
    return fine + (fine - coarse) / 3


def _bratu(strength: float, n: int) -> float:
    second = diags_array([np.ones(n - 2), np.full(n - 1, -2.0), np.ones(n - 2)], offsets=[-1, 0, 1]) * n**2
    laplacian = kron(second, eye_array(n - 1)) + kron(eye_array(n - 1), second)
    u = np.zeros((n - 1) ** 2)
    for _ in range(10):
        slope = (laplacian + diags_array([strength * np.exp(u)], offsets=[0])).tocsc()
        u -= spsolve(slope, laplacian @ u + strength * np.exp(u))
    return float(u.reshape(n - 1, n - 1)[n // 2 - 1, n // 2 - 1])


@pytest.mark.parametrize("corner", corners(bound({"x": [0, 2], "y": [-1, 0]}, "u_xx + 4*u_yy = 0", ["u(boundary) = 0"])))
def test_corners_solve_the_principal_part(corner: Corner) -> None:
    points = np.linspace(0.1, 1.9, 9), np.linspace(-0.9, -0.1, 7)
    along_x, along_y = corner.value((2, 0), points), corner.value((0, 2), points)
    assert along_x + 4 * along_y == pytest.approx(0, abs=1e-9)
    assert np.abs(along_x).max() > 1e-3 or corner.power == 1
    step = 1e-5
    shifted = [corner.value((0, 1), (points[0] + side * step, points[1])) for side in (1, -1)]
    assert corner.value((1, 1), points) == pytest.approx((shifted[0] - shifted[1]) / (2 * step), rel=1e-5, abs=1e-5)


@pytest.mark.parametrize("order", range(5))
def test_modes_have_the_right_derivatives(order: int) -> None:
    points = np.linspace(1.0, 4.0, 11)
    polynomials = [Polynomial.basis(k, domain=[1.0, 4.0]).deriv(order)(points) for k in range(12)]
    assert Chebyshev(12, 1.0, 4.0).values(points, order) == pytest.approx(np.stack(polynomials, axis=1), rel=1e-12, abs=1e-9)
    waves = Fourier(7, 1.0, 4.0).values(points, order)
    phase = 2 * np.pi / 3 * (points - 1)
    powers = (2 * np.pi / 3 * np.array([0, 1, 1, 2, 2, 3, 3])) ** order
    turns = order * np.pi / 2
    for column, expected in enumerate([np.cos(turns) * np.ones(11), *(f(k * phase + turns) for k in (1, 2, 3) for f in (np.cos, np.sin))]):
        assert waves[:, column] == pytest.approx(powers[column] * expected, abs=1e-9)


SLOPES = [f"u_{place} = 0" for place in ("x(0, y)", "x(1, y)", "y(x, 0)", "y(x, 1)")]
INTERVAL = {"x": [0, 1]}
ENDS = ["u(0) = 0", "u(1) = 0"]
PERIOD = ["u(0) = u(1)", "u_x(0) = u_x(1)"]


@pytest.mark.parametrize(
    ("problem", "kind", "functions"),
    [
        pytest.param(bound(SQUARE, "lap(u) = 0", SLOPES), "family", "any constant c", id="neumann"),
        pytest.param(bound(SQUARE, "-lap(u) = cos(pi*x)", SLOPES), "family-added", "any constant c", id="neumann, in balance"),
        pytest.param(bound(INTERVAL, "u_xx + pi^2*u = 0", ENDS), "family", "c*sin(pi*x)", id="an eigenvalue"),
        pytest.param(bound(INTERVAL, "u_xx + 400*pi^2*u = 0", ENDS), "family", "c*sin(20*pi*x)", id="a high eigenvalue"),
        pytest.param(bound({"x": [1, 3]}, "u_xx + pi^2*u = 0", ["u(1) = 0", "u(3) = 0"]), "family", "c*sin(pi*(x - 1))", id="elsewhere"),
        pytest.param(bound(INTERVAL, "u_xx + u = 0", ["u(0) = 0", "u(1) = tan(1)*u_x(1)"]), "family", "c*sin(x)", id="robin"),
        pytest.param(
            bound(INTERVAL, "u_xx + 4*pi^2*u = 0", PERIOD), "family", "c*sin(2*pi*x) + a*cos(2*pi*x)", id="an eigenvalue with a period"
        ),
        pytest.param(
            bound(SQUARE, "lap(u) + 5*pi^2*u = 0", ["u(boundary) = 0"]),
            "family",
            "c*sin(pi*x)*sin(2*pi*y) + a*sin(2*pi*x)*sin(pi*y)",
            id="a membrane",
        ),
        pytest.param(bound(INTERVAL, "u_xx + pi^2*u = sin(2*pi*x)", ENDS), "family-added", "c*sin(pi*x)", id="forced beside resonance"),
        pytest.param(bound(INTERVAL, "u_xx = 1", ["u(0) = 0"]), "family-added", "c*x", id="an end is free"),
        pytest.param(kovasznay(), "family-curved", "c*(0, 0, 1) for (u, v, p)", id="the pressure's constant"),
        pytest.param(bound(INTERVAL, "u_xx = u_x^2", ["u_x(0) = 0", "u_x(1) = 0"]), "family-curved", "any constant c", id="not linear"),
        pytest.param(bound(SQUARE, "-lap(u) = 1", SLOPES), "contradiction", "any constant c", id="a source without a way out"),
        pytest.param(bound(SQUARE, "-lap(u) = cos(pi*x) + 0.01", SLOPES), "contradiction", "any constant c", id="a small one"),
        pytest.param(bound(INTERVAL, "u_xx = 1", PERIOD), "contradiction", "any constant c", id="a source with a period"),
        pytest.param(bound(INTERVAL, "u_xx + pi^2*u = sin(pi*x)", ENDS), "contradiction", "c*sin(pi*x)", id="forced at resonance"),
        pytest.param(
            bound(INTERVAL, "u_xx + 36*pi^2*u = cos(6*pi*x)", PERIOD),
            "contradiction",
            "c*sin(6*pi*x) + a*cos(6*pi*x)",
            id="forced at resonance with a period",
        ),
        pytest.param(bound(SQUARE, "lap(u) = 0", ["u(0, y) = 0", "u(1, y) = 0", "u(x, 0) = 0"]), "open", None, id="an edge is free"),
        pytest.param(
            bound(SPACE_TIME, "u_tt = u_xx", ["u(x, 0) = 0", "u(boundary) = 0", "u(x, 1) = 0"]), "open", None, id="standing waves"
        ),
    ],
)
def test_what_is_left_open_is_named_and_no_method_overrules_that(problem: BoundProblem, kind: str, functions: str | None) -> None:
    with pytest.raises(RunError) as caught:
        references.solve(replace(problem, exact={}), "auto")
    assert caught.value.code == f"reference-{kind}"
    assert caught.value.values.get("functions") == functions
    assert str(caught.value)


@pytest.mark.parametrize("distance", [1e-3, 1e-6, 1e-9])
def test_beside_a_resonance_there_is_one_solution_and_its_error_grows(distance: float) -> None:
    """u'' + (π² + δ) u = sin πx has the solution sin(πx)/δ; the same without a force has none but zero."""
    (axis,) = grids.axes(bound(INTERVAL, "u_xx = 1", ENDS).coordinates, grids.FULL)
    reference = references.solve(bound(INTERVAL, f"u_xx + (pi^2 + {distance})*u = sin(pi*x)", ENDS), "auto")
    factor = math.pi**2 + distance - math.pi**2
    error = np.abs(reference.values[:, 0] * factor - np.sin(np.pi * axis)).max()
    assert error <= 10 * reference.error
    assert reference.error > 1e-17 / distance
    assert not references.solve(bound(INTERVAL, f"u_xx + (pi^2 + {distance})*u = 0", ENDS), "auto").values.any()


@pytest.mark.parametrize(
    "problem",
    [
        pytest.param(bound({"x": [0, 1]}, "u_xx = 0", ["u(0) = 0", "u(1) = 1", "u_x(0) = 2"]), id="three for two"),
        pytest.param(bound(SQUARE, "lap(u) = 0", ["u(boundary) = 0", "u_x(0, y) = 1"]), id="value and slope"),
        pytest.param(bound(SQUARE, ["u_x = y", "u_y = -x"], ["u(0, 0) = 0"]), id="equations"),
    ],
)
def test_contradictions_are_noticed(problem: BoundProblem) -> None:
    with pytest.raises(RunError) as caught:
        references.solve(problem, "collocation")
    assert caught.value.code in ("reference-missed", "reference-inaccurate")


@pytest.mark.parametrize(
    ("problem", "expected"),
    [
        pytest.param(
            bound({"x": [0, 1]}, "u_xx = heaviside(x - 0.3)", ["u(0) = 0", "u(1) = 0"]),
            lambda x: np.maximum(x - 0.3, 0) ** 2 / 2 - 0.245 * x,
            id="a jump",
        ),
        pytest.param(
            bound({"x": [-1, 2]}, "u_x = 2*abs(x)", ["u(1) = 1"]),
            lambda x: x * np.abs(x),
            id="a bend",
        ),
        pytest.param(
            bound(
                {"x": [0, 3]},
                "u_xxxx = 24*heaviside(x - 1)*heaviside(2 - x)",
                ["u(0) = 0", "u_x(0) = 0", "u_xx(3) = 0", "u_xxx(3) = 0"],
            ),
            lambda x: np.maximum(x - 1, 0) ** 4 - np.maximum(x - 2, 0) ** 4 - 4 * x**3 + 18 * x**2,
            id="a load on a part of a beam",
        ),
    ],
)
def test_equations_may_jump_at_known_places(problem: BoundProblem, expected: Callable[[Array], Array]) -> None:
    (axis,) = grids.axes(problem.coordinates, grids.FULL)
    values, error = solved(problem)
    assert error < 1e-10
    assert values[:, 0] == pytest.approx(expected(axis), abs=1e-11 * np.abs(values).max())


def test_a_bend_that_depends_on_the_unknown_is_no_known_place() -> None:
    problem = bound({"x": [-1, 1]}, "u_xx = abs(u) + abs(x)", ["u(-1) = 1", "u(1) = 1"])
    assert cuts(problem.equations, problem.coordinates)["x"] == pytest.approx((0.0,), abs=1e-12)


def test_fewer_equations_than_unknowns_are_refused_at_once() -> None:
    problem = bound({"x": [0, 1]}, "u_x + v_x = 0", ["u(0) = 0", "v(0) = 1"], ("u", "v"))
    with pytest.raises(InputError) as caught:
        solved(problem)
    assert caught.value.code == "reference-undetermined"


def test_too_many_unknowns_are_refused_at_once() -> None:
    unknowns = [f"u{number}" for number in range(1, 11)]
    problem = bound(CUBE, [f"lap({name}) = {name}" for name in unknowns], [f"{name}(boundary) = 1" for name in unknowns], unknowns)
    with pytest.raises(InputError) as caught:
        solved(problem)
    assert caught.value.code == "reference-too-many"


def test_a_shock_ends_in_time_without_an_answer() -> None:
    problem = bound({"x": [-1, 1], "t": [0, 1]}, "u_t + u*u_x = 0.01/pi*u_xx", ["u(x, 0) = -sin(pi*x)", "u(boundary) = 0"])
    begun = time.monotonic()
    with pytest.raises(RunError):
        references.solve(problem, "collocation")
    assert time.monotonic() - begun < 20


def test_the_clock_ends_it() -> None:
    with pytest.raises(RunError) as caught:
        solved(PROBLEMS["kovasznay"], limit=0.0)
    assert caught.value.code == "reference-too-slow"


def test_a_vanishing_unknown_is_exactly_zero() -> None:
    values, _ = solved(PROBLEMS["poiseuille"])
    assert not np.any(values[..., 1])


def bratu(factor: float) -> BoundProblem:
    return bound(INTERVAL, f"u_xx + {factor}*exp(u) = 0", ENDS)


@pytest.mark.parametrize("factor", [0.5, 1, 2, 3.5])
def test_bratus_problem_has_two_solutions(factor: float) -> None:
    """u(1/2) = 2 log cosh(θ/4), where θ = √(2λ) cosh(θ/4): one θ on either side of that at the fold."""
    reference = references.solve(bratu(factor), "auto")
    middles = sorted(float(values[200, 0]) for values in reference.solutions)
    thetas = [brentq(lambda theta: theta - math.sqrt(2 * factor) * math.cosh(theta / 4), *ends) for ends in ((0, 4.7987), (4.7987, 30))]
    assert middles == pytest.approx([2 * math.log(math.cosh(theta / 4)) for theta in thetas], abs=1e-8)
    assert reference.error < 1e-7


def test_near_the_fold_both_solutions_are_found_and_beyond_it_none() -> None:
    """λ = 3.513830719… is the largest with a solution (Boyd 2011, Applied Mathematics and Computation 217: 5553)."""
    assert len(references.solve(bratu(3.51), "auto").solutions) == 2
    with pytest.raises(RunError) as caught:
        references.solve(bratu(4), "auto")
    assert caught.value.code == "reference-none-found"
    assert caught.value.values["starts"] > 10


def test_an_eigenvalue_that_is_an_unknown_has_several_eigenpairs() -> None:
    """E = n²π²/2 and p = ±√2 sin nπx."""
    equations = ["p_xx/2 + E*p = 0", "E_x = 0", "N_x = p^2"]
    problem = bound(INTERVAL, equations, ["p(0) = 0", "p(1) = 0", "N(0) = 0", "N(1) = 1"], ("p", "E", "N"))
    reference = references.solve(problem, "auto")
    (axis,) = grids.axes(problem.coordinates, grids.FULL)
    found = set()
    for values in reference.solutions:
        level = round(math.sqrt(2 * values[0, 1]) / math.pi)
        sign = 1 if values[20, 0] > 0 else -1
        assert values[:, 1] == pytest.approx(np.full(401, level**2 * math.pi**2 / 2), rel=1e-8)
        assert values[:, 0] == pytest.approx(sign * math.sqrt(2) * np.sin(level * np.pi * axis), abs=1e-7)
        found.add(sign * level)
    assert {1, -1, 2, -2} <= found
    assert len(found) == len(reference.solutions)


def test_bratus_problem_on_a_square_has_two_solutions() -> None:
    reference = references.solve(bound(SQUARE, "lap(u) + 5*exp(u) = 0", ["u(boundary) = 0"]), "auto")
    lower, upper = sorted(float(values[50, 50, 0]) for values in reference.solutions)
    assert 0 < lower < 1 < 2 < upper


def test_an_equation_that_is_not_linear_may_have_one_solution() -> None:
    reference = references.solve(bound(INTERVAL, "u_xx = u^3", ["u(0) = 1", "u(1) = 1"]), "auto")
    assert len(reference.solutions) == 1


# What a refusal says.


def test_a_problem_without_a_solution_is_not_called_inexact() -> None:
    """u = −log cos(x − 2) + c blows up where the interval is longer than π."""
    with pytest.raises(RunError) as caught:
        references.solve(bound({"x": [0, 4]}, "u_xx = 1 + u_x^2", ["u(0) = 0", "u(4) = 0"]), "auto")
    assert caught.value.code in ("reference-unsettled", "reference-none-found", "reference-no-convergence")


def test_equations_and_conditions_have_the_numbers_that_they_were_given() -> None:
    edges = ["u(0, y) = 0", "u(1, y) = 1", "u(x, 0) = 5", "u(x, 1) = 0"]
    problem = bound(SQUARE, ["lap(u) = heaviside(x - 0.5)", "lap(v) = abs(x - 0.5)"], [*edges, "v(boundary) = 0"], ("u", "v"))
    trees = (*problem.equations, *(condition.residual for condition in problem.conditions))
    folded = Folded(problem, cuts(trees, problem.coordinates))
    assert len(folded.cells) == 2
    assert [folded.origin(f"equations[{number}]") for number in (1, 2, 3, 4)] == [f"equations[{number}]" for number in (1, 2, 1, 2)]
    names = [folded.origin(f"conditions[{number}]") for number in range(1, len(folded.problem.conditions) + 1)]
    own = [*(1, 2, 3, 3, 4, 4), *(5 for _ in range(6))]
    assert names == [*(f"conditions[{number}]" for number in own), *(None for _ in names[len(own) :])]
    assert len(names) > len(own), "where the cells meet nobody gave a condition"
