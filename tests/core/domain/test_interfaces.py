"""Interfaces: what a step inside a derivative asks for, and that the classical solvers give it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.optimize import brentq

from core import references
from core.domain import bends, grids
from core.domain.domain import Interval
from core.errors import InputError
from core.expressions import Names, parse, to_text
from core.problem.binding import bind
from core.problem.bound import BoundProblem
from core.problem.reading.reading import problem_from_table

Array = NDArray[np.float64]


def stated(coordinates: dict[str, Any], equations: list[str], conditions: list[str], unknowns: str = "u", **more: Any) -> BoundProblem:
    table = {"coordinates": coordinates, "unknowns": unknowns.split(), "equations": equations, "conditions": conditions, **more}
    return bind(problem_from_table(table), {})


def continuous(equation: str, *others: str, unknowns: str = "u", coordinates: dict[str, Any] | None = None) -> list[set[str]]:
    problem = stated(coordinates or {"x": [0, 1]}, [equation, *others], [], unknowns)
    return [{to_text(tree) for tree in interface.continuous} for interface in problem.interfaces]


def judged(problem: BoundProblem, *exact: Callable[..., Array], most: float = 1e-6) -> references.Reference:
    """The reference, whose true error must be small and no more than ten times what it claims."""
    axes = np.meshgrid(*grids.axes(problem.coordinates, grids.FULL), indexing="ij")
    truth = np.stack([np.broadcast_to(function(*axes), axes[0].shape) for function in exact], axis=-1)
    reference = references.solve(problem, "auto")
    error = np.sqrt(np.sum((reference.values - truth) ** 2) / np.sum(truth**2))
    assert error <= most
    assert error <= max(10 * reference.error, 1e-9)
    return reference


# what is continuous


def test_a_flux_is_continuous_where_its_factor_jumps() -> None:
    assert continuous("D((1 + 9*heaviside(x - 0.5))*u_x, x) = 0") == [{"u", "(1 + 9*heaviside(x - 0.5))*u_x"}]


def test_all_that_is_differentiated_counts() -> None:
    assert continuous("D(u_x + heaviside(x - 0.5)*u, x) = u") == [{"u", "u_x + heaviside(x - 0.5)*u"}]


def test_a_beam_keeps_its_moment_and_its_shear_force() -> None:
    problem = stated({"x": [0, 1]}, ["D((2 + sign(x - 0.3))*u_xx, x, 2) = 1"], [])
    (interface,) = problem.interfaces
    assert interface.place == pytest.approx(0.3, abs=1e-12)
    assert interface.smooth == 2
    assert len(interface.continuous) == 4


def test_a_factor_that_only_bends_asks_for_nothing() -> None:
    assert continuous("D((1 + abs(x - 0.5))*u_x, x) = 0") == []


def test_a_step_that_is_not_differentiated_asks_for_nothing() -> None:
    assert continuous("(1 + heaviside(x - 0.5))*u_xx = heaviside(x - 0.2)") == []
    assert continuous("q = (1 + heaviside(x - 0.5))*u_x", "q_x = 0", unknowns="u q") == []


def test_a_step_that_a_zero_takes_away_asks_for_nothing_new() -> None:
    problem = stated({"x": [0, 1]}, ["u_xx = D(heaviside(x - 0.5)*(x - 0.5), x)"], ["u(0) = 0", "u_x(0) = 0"])
    judged(problem, lambda x: np.maximum(x - 0.5, 0) ** 2 / 2, most=1e-12)


def test_a_step_outside_the_domain_is_none() -> None:
    assert continuous("D((1 + heaviside(x - 3))*u_x, x) = 0") == []


def test_several_steps_are_several_interfaces() -> None:
    assert len(continuous("D((1 + heaviside(x - 0.2) + 3*heaviside(x - 0.7))*u_x, x) = 0")) == 2


@pytest.mark.parametrize(
    "equation",
    [
        "D((1 + heaviside(x + y - 1))*u_x, x) + u_yy = 0",
        "D((1 + heaviside(0.1 - x^2 - y^2))*u_x, x) + D((1 + heaviside(0.1 - x^2 - y^2))*u_y, y) = 0",
        "D((1 + heaviside(u))*u_x, x) + u_yy = 0",
        "lap(max(u, 0)) = 1",
    ],
)
def test_steps_whose_place_cannot_be_told_are_refused(equation: str) -> None:
    with pytest.raises(InputError) as caught:
        stated({"x": [0, 1], "y": [0, 1]}, [equation], [])
    assert caught.value.code == "step-inside-derivative"
    assert caught.value.at.key == "problem.equations[1]"


@pytest.mark.parametrize("equation", ["u_t = lap(max(0, 1 - x^2 - y^2)^3*u)", "u_t = D(max(u, 0), x)", "u_t = D(abs(u)*u_x, x)"])
def test_steps_without_a_jump_are_no_matter(equation: str) -> None:
    assert stated({"x": [-2, 2], "y": [-2, 2], "t": [0, 1]}, [equation], []).interfaces == ()


# what the solvers give


@settings(deadline=None, max_examples=25)
@given(factor=st.floats(0.01, 100), place=st.floats(0.05, 0.95))
def test_two_materials_share_the_difference_by_their_resistances(factor: float, place: float) -> None:
    problem = stated({"x": [0, 1]}, [f"D((1 + {factor!r}*heaviside(x - {place!r}))*u_x, x) = 0"], ["u(0) = 0", "u(1) = 1"])
    flux = 1 / (place + (1 - place) / (1 + factor))
    judged(problem, lambda x: np.where(x < place, flux * x, 1 - flux * (1 - x) / (1 + factor)), most=1e-11)


def test_a_source_that_is_a_delta_bends_the_solution() -> None:
    problem = stated({"x": [0, 1]}, ["-D(u_x + heaviside(x - 0.5), x) = 0"], ["u(0) = 0", "u(1) = 0"])
    judged(problem, lambda x: np.minimum(x, 1 - x) / 2, most=1e-12)


def test_a_cantilever_of_two_stiffnesses() -> None:
    def height(x: Array) -> Array:
        """The rope's height: with a stiffness of one, w'' = (1 − x)²/2 is integrated twice."""
        return x / 6 - (1 - (1 - x) ** 4) / 24

    def slope(x: float) -> float:
        return (1 - (1 - x) ** 3) / 6

    def deflection(x: Array) -> Array:
        middle = height(np.array(0.5))
        stiff = (middle + slope(0.5) * (x - 0.5)) / 4
        soft = height(x) - middle - slope(0.5) * (x - 0.5)
        return np.where(x < 0.5, height(x) / 4, stiff + soft)

    problem = stated(
        {"x": [0, 1]},
        ["D((4 - 3*heaviside(x - 0.5))*u_xx, x, 2) = 1"],
        ["u(0) = 0", "u_x(0) = 0", "u_xx(1) = 0", "u_xxx(1) = 0"],
    )
    judged(problem, deflection, most=1e-10)


def mode(a: float, b: float) -> tuple[float, Callable[[Array], Array]]:
    """λ and X with (k X′)′ = −λ X, X(0) = X(1) = 0, k = a below 0.5 and b above: the slowest mode of two materials."""

    def gap(root: float) -> float:
        alpha, beta = root / np.sqrt(a), root / np.sqrt(b)
        return float(np.sin(alpha / 2) * b * beta * np.cos(beta / 2) + a * alpha * np.cos(alpha / 2) * np.sin(beta / 2))

    low = 1e-3
    while gap(low) * gap(low + 0.05) > 0:
        low += 0.05
    root = float(brentq(gap, low, low + 0.05, xtol=1e-15))
    alpha, beta = root / np.sqrt(a), root / np.sqrt(b)
    scale = np.sin(alpha / 2) / np.sin(beta / 2)
    return root**2, lambda x: np.where(x < 0.5, np.sin(alpha * x), scale * np.sin(beta * (1 - x)))


@pytest.mark.parametrize(("a", "b"), [(1.0, 4.0), (0.3, 0.02)])
def test_heat_in_two_materials(a: float, b: float) -> None:
    rate, shape = mode(a, b)
    alpha, beta = np.sqrt(rate / a), np.sqrt(rate / b)
    scale = np.sin(alpha / 2) / np.sin(beta / 2)
    start = f"heaviside(0.5 - x)*sin({float(alpha)!r}*x) + heaviside(x - 0.5)*{float(scale)!r}*sin({float(beta)!r}*(1 - x))"
    problem = stated(
        {"x": [0, 1], "t": [0, 1 / rate]},
        [f"u_t = D(({a} + ({b} - {a})*heaviside(x - 0.5))*u_x, x)"],
        [f"u(x, 0) = {start}", "u(0, t) = 0", "u(1, t) = 0"],
    )
    judged(problem, lambda x, t: shape(x) * np.exp(-rate * t), most=1e-9)


def test_waves_in_two_materials() -> None:
    rate, shape = mode(1.0, 4.0)
    alpha, beta = np.sqrt(rate), np.sqrt(rate / 4)
    scale = np.sin(alpha / 2) / np.sin(beta / 2)
    start = f"heaviside(0.5 - x)*sin({float(alpha)!r}*x) + heaviside(x - 0.5)*{float(scale)!r}*sin({float(beta)!r}*(1 - x))"
    problem = stated(
        {"x": [0, 1], "t": [0, 3]},
        ["u_tt = D((1 + 3*heaviside(x - 0.5))*u_x, x)"],
        [f"u(x, 0) = {start}", "u_t(x, 0) = 0", "u(0, t) = 0", "u(1, t) = 0"],
    )
    judged(problem, lambda x, t: shape(x) * np.cos(np.sqrt(rate) * t), most=1e-8)


def test_a_ring_of_two_materials_closes() -> None:
    """A ring has both joints in −(k u′)′ = f, at the step and where the ends meet; with a source it is symmetric about the middles."""
    problem = stated(
        {"x": [0, 1], "t": [0, 0.2]},
        ["u_t = D((1 + 3*heaviside(x - 0.5))*u_x, x)"],
        ["u(x, 0) = sin(2*pi*x)", "u(0, t) = u(1, t)"],
    )
    reference = references.solve(problem, "auto")
    values = reference.values[..., 0]
    x = grids.axes(problem.coordinates, grids.FULL)[0]
    assert np.abs(values[0] - values[-1]).max() < 1e-9
    assert np.abs(np.trapezoid(values[:, 10:], x, axis=0)).max() < 1e-4  # no heat leaves a ring
    assert reference.error < 1e-4


def test_a_straight_interface_in_the_plane() -> None:
    """(k u_x)_x + (k u_y)_y = 0 by separation: u = X(x) sin(πy), X″ = π² X on both sides, with X and k X′ continuous at 0.5."""
    p, k = np.pi, 10.0
    matrix = np.array([[np.cosh(p / 2), np.sinh(p / 2)], [k * np.sinh(p / 2), k * np.cosh(p / 2)]])
    # X = sinh(px) below; above X = c cosh(px) + d sinh(px)
    c, d = np.linalg.solve(matrix, [np.sinh(p / 2), np.cosh(p / 2)])
    right = c * np.cosh(p) + d * np.sinh(p)

    def exact(x: Array, y: Array) -> Array:
        return np.where(x < 0.5, np.sinh(p * x), c * np.cosh(p * x) + d * np.sinh(p * x)) * np.sin(p * y)

    problem = stated(
        {"x": [0, 1], "y": [0, 1]},
        ["D((1 + 9*heaviside(x - 0.5))*u_x, x) + D((1 + 9*heaviside(x - 0.5))*u_y, y) = 0"],
        ["u(0, y) = 0", f"u(1, y) = {float(right)!r}*sin(pi*y)", "u(x, 0) = 0", "u(x, 1) = 0"],
    )
    judged(problem, exact, most=1e-8)


def test_steps_in_time_inside_a_derivative_keep_the_momentum() -> None:
    """(m u′)′ = 0 with m from 1 to 4 at t = 0.5: the momentum stays, the speed falls."""
    problem = stated({"t": [0, 1]}, ["D((1 + 3*heaviside(t - 0.5))*u_t, t) = 0"], ["u(0) = 0", "u_t(0) = 1"])
    judged(problem, lambda t: np.where(t < 0.5, t, 0.5 + (t - 0.5) / 4), most=1e-11)


def test_an_exact_solution_has_to_be_right_across_an_interface() -> None:
    """u = x is smooth, meets the ends, and obeys k u_xx = 0 on both sides: it is the flux that it gets wrong."""
    rod: dict[str, Any] = {"equations": ["D((1 + 9*heaviside(x - 0.5))*u_x, x) = 0"], "conditions": ["u(0) = 0", "u(1) = 1"]}
    with pytest.raises(InputError) as caught:
        stated({"x": [0, 1]}, **rod, exact={"u": "x"})
    assert caught.value.code.startswith("exact-")
    right = stated({"x": [0, 1]}, **rod, exact={"u": "(20*x*heaviside(0.5 - x) + (9 + 2*x)*heaviside(x - 0.5))/11"})
    assert references.solve(right, "auto").method == "exact"


@pytest.mark.parametrize(
    ("ends", "value"), [(["u_x(0) = u_x(1)"], 0.19097018733), (["u_x(0) = 10*u_x(1)"], 0.489856470157), ([], 0.489856470157)]
)
def test_typed_slopes_at_both_ends_go_before_the_flux(ends: list[str], value: float) -> None:
    """The truth is made of four cosh and sinh, one pair a side: where only the values are the same, the flux is continuous."""
    definitions = {"k": "1 + 9*heaviside(x - 0.5)"}
    problem = stated({"x": [0, 1]}, ["D(k*u_x, x) = u - heaviside(x - 0.5)"], ["u(0) = u(1)", *ends], definitions=definitions)
    reference = references.solve(problem, "auto", axes=grids.through(problem.coordinates, (0.3,)))
    axis = grids.through(problem.coordinates, (0.3,))[0]
    assert reference.values[int(np.argmin(np.abs(axis - 0.3))), 0] == pytest.approx(value, abs=1e-9)


def test_two_functions_that_are_one_meet_nowhere_and_a_plateau_has_two_ends() -> None:
    item = Interval("x", 0.0, 1.0)
    names = Names(("x",))
    assert bends.places((parse("min(2*x, x + x)", names),), item) == ()
    assert bends.places((parse("abs(max(x - 0.7, 0) + min(x - 0.3, 0))", names),), item, frozenset({"abs"})) == pytest.approx((0.3, 0.7))
