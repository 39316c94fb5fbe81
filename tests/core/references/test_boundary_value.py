"""Boundary-value problems: the solution, the error that is claimed for it, and what is refused."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from core import references
from core.domain import grids
from core.errors import InputError, RunError
from core.problem.binding import bind
from core.problem.bound import BoundProblem
from core.problem.reading.reading import load, problem_from_table
from core.references.common.clock import Clock
from core.references.ordinary.boundary_value import solve

Array = NDArray[np.float64]
Exact = Callable[[Array], Array]


def stated(equations: list[str], conditions: list[str], ends: tuple[Any, Any] = (0, 1), unknowns: str = "u") -> BoundProblem:
    table = {"coordinates": {"x": list(ends)}, "unknowns": unknowns.split(), "equations": equations, "conditions": conditions}
    return bind(problem_from_table(table), {})


def check(problem: BoundProblem, *exact: Exact) -> None:
    """The true error is no more than ten times the claimed one, and that is small."""
    (x,) = grids.axes(problem.coordinates, grids.FULL)
    truth = np.stack([np.broadcast_to(function(x), x.shape) for function in exact], axis=1)
    reference = references.solve(problem, "boundary-value")
    assert reference.values.shape == truth.shape
    error = np.sqrt(np.mean((reference.values - truth) ** 2, axis=0) / np.mean(truth**2, axis=0))
    assert error.max() <= 10 * reference.error + 1e-13
    assert 0 < reference.error < 1e-6


pi = np.pi
SOLVED: dict[str, tuple[BoundProblem, tuple[Exact, ...]]] = {
    "linear": (stated(["u_xx = u"], ["u(0) = 0", "u(1) = 1"]), (lambda x: np.sinh(x) / np.sinh(1),)),
    "boundary": (stated(["u_xx = -pi^2*sin(pi*x)"], ["u(boundary) = 0"]), (lambda x: np.sin(pi * x),)),
    "boundary with a function of x": (stated(["u_xx = 2"], ["u(boundary) = x^2 + 1"]), (lambda x: x**2 + 1,)),
    "several scales": (
        stated(["u_xx = -4*pi^2*sin(2*pi*x) - 250*pi^2*sin(50*pi*x)"], ["u(0) = 0", "u(1) = 0"]),
        (lambda x: np.sin(2 * pi * x) + 0.1 * np.sin(50 * pi * x),),
    ),
    "beam": (
        stated(["u_xxxx = -1"], ["u(0) = 0", "u_x(0) = 0", "u_xx(1) = 0", "u_xxx(1) = 0"]),
        (lambda x: -(x**4) / 24 + x**3 / 6 - x**2 / 4,),
    ),
    "periodic": (
        stated(["u_xx - u = -(1 + pi^2)*sin(pi*x)"], ["u(0) = u(2)", "u_x(0) = u_x(2)"], (0, 2)),
        (lambda x: np.sin(pi * x),),
    ),
    "mixed conditions": (stated(["u_xx = u"], ["u(0) - u_x(0) = 0", "u(1) + u_x(1) = 2*e"]), (np.exp,)),
    "a condition on the highest derivative": (stated(["u_xx = u"], ["u_xx(0) = 1", "u(1) = e"]), (np.exp,)),
    "nonlinear conditions": (stated(["u_xx = u"], ["u(0)^3 = 1", "u(1)*u_x(1) = e^2"]), (np.exp,)),
    "a condition within": (
        stated(["u_xxx = -u_x"], ["u(0) = 0", "u(0.7) = sin(0.7)", "u(2) = sin(2)"], (0, 2)),
        (np.sin,),
    ),
    "none at an end": (stated(["u_xx = -u"], ["u(0.5) = sin(0.5)", "u(2) = sin(2)"], (0, 3)), (np.sin,)),
    "first-order system": (stated(["u_x = v", "v_x = -u"], ["u(0) = 0", "u(1) = sin(1)"], unknowns="u v"), (np.sin, np.cos)),
    "second-order system": (
        stated(["u_xx = v", "v_xx = u"], ["u(0) = 1", "v(0) = 1", "u(1) = e", "v(1) = e"], unknowns="u v"),
        (np.exp, np.exp),
    ),
    "an algebraic unknown": (stated(["u_xx = v", "v = u"], ["u(0) = 1", "u(1) = e"], unknowns="u v"), (np.exp, np.exp)),
    "an implicit derivative": (stated(["u_xx^3 + u_xx = u^3 + u"], ["u(0) = 1", "u(1) = e"]), (np.exp,)),
    "a layer within": (
        stated(["u*u_x = 0.05*u_xx"], ["u(-1) = tanh(10)", "u(1) = -tanh(10)"], (-1, 1)),
        (lambda x: -np.tanh(10 * x),),
    ),
    "from one state to another": (
        stated(["0.02*u_xx + u - u^3 = 0"], ["u(-1) = -tanh(5)", "u(1) = tanh(5)"], (-1, 1)),
        (lambda x: np.tanh(5 * x),),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", SOLVED)
def test_solutions_are_as_good_as_they_claim(name: str) -> None:
    problem, exact = SOLVED[name]
    check(problem, *exact)


@pytest.mark.parametrize("epsilon", [1.0, 0.1, 0.01, 0.001])
def test_boundary_layers(epsilon: float) -> None:
    problem = stated([f"-{epsilon}*u_xx + u_x = 1"], ["u(0) = 0", "u(1) = 0"])
    begun = time.process_time()
    check(problem, lambda x: x - (np.exp((x - 1) / epsilon) - np.exp(-1 / epsilon)) / (1 - np.exp(-1 / epsilon)))
    assert time.process_time() - begun < 2  # 0.1 s


def test_a_library_problem_agrees_with_its_exact_solution() -> None:
    bound = bind(load("boundary-layer"), {"epsilon": 0.05})
    reference = references.solve(bound, "boundary-value")
    exact = references.solve(bound, "exact")
    assert reference.values == pytest.approx(exact.values, abs=1e-7)


def test_bratus_problem_has_its_lower_solution() -> None:
    reference = references.solve(stated(["u_xx + exp(u) = 0"], ["u(0) = 0", "u(1) = 0"]), "boundary-value")
    theta = 1.5171645990508  # theta = sqrt(2)*cosh(theta/4); u = 2*log(cosh(theta/4)/cosh(theta*(x - 1/2)/2))
    assert reference.values[200, 0] == pytest.approx(2 * np.log(np.cosh(theta / 4)), abs=1e-8)


def test_troeschs_problem_is_reached_by_continuation() -> None:
    """Roberts and Shipman 1976: u'(0) = 0.0457504614 for the factor 5; near 0, u = u'(0) (x + 25 x^3/6 + …)."""
    reference = references.solve(stated(["u_xx = 5*sinh(5*u)"], ["u(0) = 0", "u(1) = 1"]), "boundary-value")
    h = 1 / 400
    slope = reference.values[1, 0] / h - 25 * reference.values[1, 0] * h / 6
    assert slope == pytest.approx(0.0457504614, abs=1e-7)
    hard = references.solve(stated(["u_xx = 10*sinh(10*u)"], ["u(0) = 0", "u(1) = 1"]), "boundary-value")
    assert hard.error < 1e-6


def test_blasius_flow() -> None:
    problem = stated(["2*u_xxx + u*u_xx = 0", "v = u_xx"], ["u(0) = 0", "u_x(0) = 0", "u_x(10) = 1"], (0, 10), "u v")
    assert references.solve(problem, "boundary-value").values[0, 1] == pytest.approx(0.3320573362, abs=1e-6)


@pytest.mark.parametrize(
    ("problem", "kind", "code"),
    [
        (stated(["u_xx = u"], ["u(0) = 1", "u_x(0) = 1"]), InputError, "reference-not-boundary"),
        (stated(["u_xx = u"], ["u(0) = 1", "u(1) = 1", "u_x(1) = 1"]), InputError, "reference-conditions"),
        (stated(["u_xx = u"], ["u(0) = u(1)"]), InputError, "reference-conditions"),
        (stated(["u_xx = u"], ["u(0) = 1", "u_xxx(1) = 1"]), InputError, "reference-condition-order"),
        (stated(["u_xx + u_x/x = -4"], ["u_x(0) = 0", "u(1) = 0"]), InputError, "reference-singular-end"),
        (stated(["u_xx^2 = 1 + u^2"], ["u(0) = 0", "u(1) = 0"]), InputError, "reference-ambiguous"),
        (stated(["u_xx = sin(2*pi*x)"], ["u(0) = u(1)", "u_x(0) = u_x(1)"]), RunError, "reference-no-convergence"),
        (stated(["u_xx + pi^2*u = sin(pi*x)"], ["u(0) = 0", "u(1) = 0"]), RunError, "reference-inaccurate"),
        (stated(["u_xx + 4*exp(u) = 0"], ["u(0) = 0", "u(1) = 0"]), RunError, "reference-no-convergence"),
    ],
)
def test_problems_without_such_a_solution_are_refused(problem: BoundProblem, kind: type[Exception], code: str) -> None:
    with pytest.raises(kind) as caught:
        references.solve(problem, "boundary-value")
    assert caught.value.code == code  # type: ignore[attr-defined]
    assert str(caught.value)


def test_the_number_of_conditions_that_are_needed_is_said() -> None:
    with pytest.raises(InputError, match=r"need 4 conditions .* there are 2"):
        references.solve(stated(["u_xxxx = -1"], ["u(0) = 0", "u(1) = 0"]), "boundary-value")


def test_the_clock_stops_it() -> None:
    problem = stated(["u*u_x = 0.0005*u_xx"], ["u(-1) = 1", "u(1) = -1"], (-1, 1))
    with pytest.raises(RunError) as caught:
        solve(problem, grids.axes(problem.coordinates, grids.FULL), Clock(0.02))
    assert caught.value.code == "reference-too-slow"


@pytest.mark.parametrize("level", [1, 2, 5])
def test_at_an_eigenvalue_no_solution_is_taken_for_the_only_one(level: int) -> None:
    for force in ("0", f"sin({level + 1}*pi*x)"):
        with pytest.raises(RunError) as caught:
            references.solve(stated([f"u_xx + {level**2}*pi^2*u = {force}"], ["u(0) = 0", "u(1) = 0"]), "boundary-value")
        assert caught.value.code == "reference-undetermined"


@pytest.mark.parametrize("distance", [1e-2, 1e-3])
def test_beside_an_eigenvalue_there_is_one(distance: float) -> None:
    assert not references.solve(stated([f"u_xx + (pi^2 + {distance})*u = 0"], ["u(0) = 0", "u(1) = 0"]), "boundary-value").values.any()


def test_several_solutions_are_looked_for_here_too() -> None:
    """u'' = 3/2 u² with u(0) = 4, u(1) = 1 has 4/(1 + x)², and one that falls to −10.7 (Stoer and Bulirsch 2002, section 7.3.1)."""
    reference = references.solve(stated(["u_xx = 1.5*u^2"], ["u(0) = 4", "u(1) = 1"]), "boundary-value")
    x = np.linspace(0, 1, 401)
    lowest = sorted(float(values.min()) for values in reference.solutions)
    assert lowest[-1] == pytest.approx(1.0, abs=1e-6)
    assert min(np.abs(values[:, 0] - 4 / (1 + x) ** 2).max() for values in reference.solutions) < 1e-6
    assert len(lowest) == 2 and lowest[0] == pytest.approx(-10.68, abs=0.02)
