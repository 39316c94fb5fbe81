"""Special functions: their values against integrals, their derivatives against the values, every evaluator against the others."""

from __future__ import annotations

import math
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from core.engines.native_step import covers
from core.errors import InputError
from core.experiment.making import experiment_of
from core.expressions import FLOATS, NUMPY, Coordinate, Expression, Names, Number, differentiate, evaluate, parse, substitute, to_latex
from core.expressions.special import SPECIAL
from core.expressions.torch_functions import TORCH
from core.problem.binding import bind
from core.problem.problem import Problem
from core.problem.reading.reading import problem_from_table
from core.training.training import train

X = Coordinate("x")
POSITIVE = ("y0", "y1", "k0", "k1")
ROUND, LEGENDRE = (np.arange(200) + 0.5) * (2 * math.pi / 200), np.polynomial.legendre.leggauss(400)


def read(text: str) -> Expression:
    return parse(text, Names(("x",), ("u",)))


def derived(text: str, order: int) -> Expression:
    tree = read(text)
    for _ in range(order):
        tree = differentiate(tree, "x", ("x",))
    return tree


def of(tree: Expression, points: Any) -> Any:
    return np.broadcast_to(evaluate(tree, lambda _: np.asarray(points, float), NUMPY), np.shape(points))


def integral(function: Callable[[Any], Any], low: float, high: float) -> float:
    nodes, weights = LEGENDRE
    return float((high - low) / 2 * weights @ function((high + low) / 2 + (high - low) / 2 * nodes))


def second_kind(order: int, x: float) -> float:
    end = math.asinh(700 / x)
    swings = integral(lambda t: np.sin(x * np.sin(t) - order * t), 0, math.pi)
    decays = integral(lambda t: (np.exp(order * t) + (-1) ** order * np.exp(-order * t)) * np.exp(-x * np.sinh(t)), 0, end)
    return (swings - decays) / math.pi


# By integrals: Abramowitz and Stegun 7.1.1, 9.1.21, 9.1.22, 9.6.19, 9.6.24.
INTEGRALS: dict[str, Callable[[float], float]] = {
    "erf": lambda x: 2 / math.sqrt(math.pi) * integral(lambda t: np.exp(-(t**2)), 0, x),
    "erfc": lambda x: 2 / math.sqrt(math.pi) * integral(lambda t: np.exp(-(t**2)), x, x + 10),
    "sech": lambda x: 1 / math.cosh(x),
    "sinc": lambda x: integral(lambda t: np.cos(x * t), 0, 1),
    "j0": lambda x: float(np.mean(np.cos(x * np.sin(ROUND)))),
    "j1": lambda x: float(np.mean(np.cos(ROUND - x * np.sin(ROUND)))),
    "y0": lambda x: second_kind(0, x),
    "y1": lambda x: second_kind(1, x),
    "i0": lambda x: float(np.mean(np.exp(x * np.cos(ROUND)))),
    "i1": lambda x: float(np.mean(np.exp(x * np.cos(ROUND)) * np.cos(ROUND))),
    "k0": lambda x: integral(lambda t: np.exp(-x * np.cosh(t)), 0, math.acosh(700 / x)),
    "k1": lambda x: integral(lambda t: np.exp(-x * np.cosh(t)) * np.cosh(t), 0, math.acosh(700 / x)),
}


@pytest.mark.parametrize("name", SPECIAL)
def test_each_is_what_its_name_says(name: str) -> None:
    for x in (0.3, 1.0, 3.9, 4.1, 7.0, 13.0, 24.9, 25.1, 40.0):
        expected = INTEGRALS[name](x)
        for found in (float(NUMPY[name](np.float64(x))), FLOATS[name](x), float(TORCH[name](torch.tensor([x], dtype=torch.float64)))):
            assert found == pytest.approx(expected, rel=1e-10, abs=1e-13), (x, found)


@given(st.sampled_from(SPECIAL), st.floats(-30, 30), st.integers(0, 4))
@settings(max_examples=300, deadline=None)
def test_evaluators_agree_on_values_and_derivatives(name: str, x: float, order: int) -> None:
    """NumPy on the symbolic derivative, torch on it, and torch's own, taken so many times."""
    x = abs(x) + 0.2 if name in POSITIVE else x
    tree = derived(f"{name}(x)", order)
    expected = float(of(tree, x))
    point = torch.tensor([x], dtype=torch.float64, requires_grad=True)
    value = TORCH[name](point)
    for _ in range(order):
        (value,) = torch.autograd.grad(value.sum(), point, create_graph=True)
    scale = max(1.0, abs(expected), *(abs(float(of(derived(f"{name}(x)", lower), x))) for lower in range(order)))
    assert abs(value.item() - expected) <= 1e-12 * scale
    assert abs(evaluate(tree, lambda _: point.detach(), TORCH).item() - expected) <= 1e-12 * scale
    assert substitute(read(f"{name}(x)"), {}) == read(f"{name}(x)")


@given(st.sampled_from(SPECIAL), st.floats(-8, 8), st.integers(1, 4))
@settings(max_examples=300, deadline=None)
def test_derivatives_are_the_limits_of_differences(name: str, x: float, order: int) -> None:
    x = abs(x) + 0.5 if name in POSITIVE else x
    below, step = derived(f"{name}(x)", order - 1), 1e-2
    stencil = of(below, x + step * np.arange(-4, 5))
    weights = np.array([1 / 280, -4 / 105, 1 / 5, -4 / 5, 0, 4 / 5, -1 / 5, 4 / 105, -1 / 280]) / step  # of order eight
    assert float(of(derived(f"{name}(x)", order), x)) == pytest.approx(float(weights @ stencil), rel=1e-8, abs=1e-8 * np.abs(stencil).max())


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("sinc", (1, 0, -1 / 3, 0, 1 / 5)),
        ("j0", (1, 0, -1 / 2, 0, 3 / 8)),
        ("j1", (0, 1 / 2, 0, -3 / 8, 0)),
        ("i0", (1, 0, 1 / 2, 0, 3 / 8)),
        ("i1", (0, 1 / 2, 0, 3 / 8, 0)),
        ("sech", (1, 0, -1, 0, 5)),
    ],
)
def test_derivatives_at_zero_are_limits(name: str, expected: tuple[float, ...]) -> None:
    for precision, rounding in ((torch.float64, 1e-14), (torch.float32, 1e-6)):
        point = torch.zeros(1, dtype=precision, requires_grad=True)
        value = TORCH[name](point)
        for order, coefficient in enumerate(expected):
            assert float(of(derived(f"{name}(x)", order), 0.0)) == pytest.approx(coefficient, abs=1e-14)
            assert value.dtype == precision and value.item() == pytest.approx(coefficient, abs=rounding)
            (value,) = torch.autograd.grad(value.sum(), point, create_graph=True)


def test_no_digits_are_lost_near_zero() -> None:
    points = np.array([1e-12, 1e-6, 9.9e-4, 1.01e-3, 1e-2])
    np.testing.assert_allclose(of(derived("sinc(x)", 1), points), -points / 3 + points**3 / 30 - points**5 / 840, rtol=1e-14)
    np.testing.assert_allclose(of(derived("j1(x)", 2), points), -3 * points / 8 + 5 * points**3 / 96 - 7 * points**5 / 3072, rtol=1e-13)


def test_a_problems_own_names_come_first() -> None:
    own = Names(("t",), ("y0", "y1"), ("k0", "k1", "sech"))
    for text in ("k0*y0 + k1", "y1(0)", "sech*2"):
        parse(text, own)
    problem = problem_from_table(
        {
            "coordinates": {"t": [0, 1]},
            "unknowns": ["y0"],
            "parameters": {"k1": 2},
            "equations": ["y0_t = -k1*y0"],
            "conditions": ["y0(0) = 1"],
        }
    )
    assert bind(problem, {}).equations


def test_a_number_without_a_value_is_refused() -> None:
    for text in ("y0(-1)", "k1(0 - 2)", "j0(u)*y1(-3)"):
        with pytest.raises(InputError, match="no real value"):
            read(text)
    assert substitute(read("j0(0) + sinc(0) + erf(0)"), {}) == Number(2)


def test_formulas_show_bessel_functions_as_mathematicians_write_them() -> None:
    assert to_latex(read("j0(x) + k1(2*x)*erf(x)")) == r"J_{0}(x) + K_{1}(2\,x)\,\operatorname{erf}(x)"
    assert to_latex(derived("j1(x)", 1)).startswith("J_{0}(x)")


def test_reading_a_problem_with_bessel_functions_loads_no_scipy() -> None:
    code = "from core.expressions import Names, parse; parse('j0(x)*erf(2)', Names(('x',))); import sys; assert 'scipy' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)


def stated(equation: str) -> Problem:
    return problem_from_table({"coordinates": {"x": [0, 1]}, "unknowns": ["u"], "equations": [equation], "conditions": ["u(0) = 1"]})


@pytest.mark.parametrize(
    ("equation", "covered"),
    [
        ("u_x = sin(u)*j0(x)", True),
        ("u_x = j0(u)", False),
        ("u_x = x + erf(2*u)", False),
        ("u_xx = D(j1(u), x)", False),
        ("u_x = sinc(x)*u", True),
    ],
)
def test_the_kernel_leaves_what_it_has_no_code_for_to_jets(equation: str, covered: bool) -> None:
    assert covers(bind(stated(equation), {})) is covered


@pytest.mark.parametrize("equation", ["u_x = -j0(u) + erf(x)", "u_x + D(j1(u)*sech(x), x) = sinc(u)", "u_x = i0(u) - k0(1 + u^2)*erfc(u)"])
def test_every_engine_trains_on_them_alike(equation: str) -> None:
    losses = []
    for engine in ("autograd", "jets", "native"):
        settings = {"engine": engine, "steps": 20, "precision": "float64", "optimiser": "adam", "width": 8, "depth": 2, "points": 64}
        *_, last = train(experiment_of(stated(equation), settings=settings))
        losses.append(last.losses.tolist())
    for found in losses[1:]:
        assert found == pytest.approx(losses[0], rel=1e-9, abs=1e-12)
