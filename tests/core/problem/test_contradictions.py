"""Conditions that cannot hold together, however they are written, and those that can."""

from __future__ import annotations

import time

import pytest

from core.errors import InputError
from core.experiment.making import experiment_of
from core.problem.binding import bind
from core.problem.checks import contradictions
from core.problem.problem import Problem
from core.problem.reading.reading import library, load, problem_from_table

LINE = {"x": [0, 1]}
STRIP = {"x": [0, 1], "t": [0, 1]}


def stated(conditions: list[str], coordinates: dict[str, list[float]], unknowns: str = "u", **parameters: float) -> Problem:
    table = {
        "coordinates": coordinates,
        "unknowns": unknowns.split(),
        "equations": [f"{unknown}_x = {unknown}" for unknown in unknowns.split()],
        "conditions": conditions,
        "parameters": {name: {"value": value, "low": -5, "high": 5} for name, value in parameters.items()},
    }
    return problem_from_table(table)


@pytest.mark.parametrize(
    ("conditions", "coordinates", "code", "number", "others"),
    [
        (["u(0) = 1", "2*u(0) = 1"], LINE, "contradiction", 2, [1]),
        (["u(1) = 0", "u(0) = 1", "3 - u(0) = 1"], LINE, "contradiction", 3, [2]),
        (["u(boundary) = 0", "u(1) = 1"], LINE, "contradiction", 2, [1]),
        (["u(0) = u(1)", "u(0) = 1", "u(1) = 2"], LINE, "contradictions", 3, [1, 2]),
        (["u(0) + u_x(0) = 1", "u(0) = 1", "u_x(0) = 1"], LINE, "contradictions", 3, [1, 2]),
        (["u(0) = u(0) + 1"], LINE, "never-holds", 1, []),
        (["u(x, 0) = x", "u(x, 0) = 1"], STRIP, "contradiction", 2, [1]),
        (["u(boundary) = 0", "u(0, t) = 1"], STRIP, "contradiction", 2, [1]),
        (["u(0, t) = t", "u(boundary) = t^2"], STRIP, "contradiction", 2, [1]),
        (["u(x, 0) = 1", "u(0, 0) = 2"], STRIP, "contradiction", 2, [1]),
        (["u(x, 0) = x", "u_x(x, 0) = 2"], STRIP, "contradiction", 2, [1]),
        (["x*u(x, 0) = x", "u(x, 0) = x"], STRIP, "contradiction", 2, [1]),
        (["u(0, t) = u(1, t)", "u(0, t) = 1", "u(1, t) = 2"], STRIP, "contradictions", 3, [1, 2]),
    ],
)
def test_contradictions_are_refused_at_the_later_condition(
    conditions: list[str], coordinates: dict[str, list[float]], code: str, number: int, others: list[int]
) -> None:
    with pytest.raises(InputError) as caught:
        stated(conditions, coordinates)
    assert (caught.value.code, caught.value.at.key) == (code, f"problem.conditions[{number}]")
    assert all(f"`{conditions[other - 1]}` (conditions[{other}])" in caught.value.message for other in others)
    assert caught.value.message.count("(conditions[") == len(others)


@pytest.mark.parametrize(
    ("conditions", "coordinates"),
    [
        (["u(0) = 0.3", "u(0) = 0.1 + 0.2"], LINE),
        (["u(0) = 1", "2*u(0) = 2"], LINE),
        (["u(boundary) = x", "u(1) = 1"], LINE),
        (["u(0) = 1", "u_x(0) = 2", "u(1) = 3"], LINE),
        (["u(0)^2 = 1", "u(0) = 1"], LINE),
        (["u(x, 0) = 1", "u(0, t) = 0", "u(1, t) = 0"], STRIP),
        (["u(x, 0) = 1", "u(boundary) = 0"], STRIP),
        (["u(x, 0) = sin(x)", "u_x(x, 0) = cos(x)", "u_t(x, 0) = 5"], STRIP),
        (["u(0, t) = u(1, t)", "u_x(0, t) = u_x(1, t)", "u(x, 0) = x"], STRIP),
        (["u(x, 0) = 2*sin(x)*cos(x)", "u(x, 0) = sin(2*x)"], STRIP),
        (["u(x, 0) = 1/x", "u(0, t) = 1"], STRIP),
    ],
)
def test_conditions_that_can_hold_together_are_kept(conditions: list[str], coordinates: dict[str, list[float]]) -> None:
    assert len(stated(conditions, coordinates).conditions) == len(conditions)


def test_several_unknowns_are_kept_apart() -> None:
    assert stated(["u(0) = 1", "v(0) = 2"], LINE, "u v")
    with pytest.raises(InputError, match="give another value"):
        stated(["u(0) = 1", "v(0) = 2", "u(0) + v(0) = 4"], LINE, "u v")


def test_values_that_make_conditions_contradictory_are_refused() -> None:
    problem = stated(["u(0) = a", "u(1) = 1", "2*u(b) = 6"], LINE, a=3, b=0)
    experiment_of(problem)
    for values, number in (({"a": 2.0}, 3), ({"b": 1.0}, 3)):
        with pytest.raises(InputError) as caught:
            experiment_of(problem, values)
        assert (caught.value.code, caught.value.at.key) == ("contradiction", f"problem.conditions[{number}]")


def test_it_costs_little_and_finds_none_in_the_library() -> None:
    for name in library():
        bound = bind(load(name), {})
        begun = time.process_time()
        assert contradictions.find(bound) is None
        assert time.process_time() - begun < 0.1  # 0.01 s
