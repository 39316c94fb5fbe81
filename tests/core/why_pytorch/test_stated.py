"""Problems as tasks for every framework: the same residual as elsewhere, the same conditions, and reasons where that cannot be."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from core.errors import InputError
from core.expressions import NUMPY, Coordinate, Derivative, Leaf, evaluate, leaves_in, to_text
from core.problem.binding import bind
from core.problem.reading.reading import load, problem_from_table
from core.references import exact
from core.why_pytorch.frameworks.stated import CHANGE, stated
from core.why_pytorch.frameworks.task import Task, read

FIT = ("boundary-layer", "burgers", "decay", "fisher", "heat", "lagaris-1", "logistic", "poisson-1d")


def task(name: str, folder: Path) -> Task:
    file = folder / "task.json"
    file.write_text(json.dumps(stated(load(name), {})), encoding="utf-8")
    return read(str(file))


@pytest.mark.parametrize("name", FIT)
def test_the_residual_is_the_equations(name: str, tmp_path: Path) -> None:
    bound, given = bind(load(name), {}), task(name, tmp_path)
    draw = np.random.RandomState(3)
    u, second, *first = draw.uniform(-1, 1, (2 + len(bound.coordinates), len(given.points), 1))
    order = [item.name for item in bound.coordinates]
    higher = {leaf.by[0] for leaf in leaves(name) if isinstance(leaf, Derivative) and len(leaf.by) == 2}
    order.sort(key=lambda letter: letter not in higher)

    def leaf(asked: Leaf) -> np.ndarray:
        if isinstance(asked, Coordinate):
            return given.points[:, [order.index(asked.name)]].astype(float)
        assert isinstance(asked, Derivative)
        return u if not asked.by else second if len(asked.by) == 2 else first[order.index(asked.by)]

    expected = evaluate(bound.equations[0], leaf, NUMPY)
    found = given.residual(u, first, second, given.forcing)
    np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-4 * np.abs(expected).max())
    np.testing.assert_allclose(given.changed(u, first, second, given.forcing) - found, CHANGE * (u + 1), atol=1e-9)


def leaves(name: str) -> list[Leaf]:
    return sorted(leaves_in(bind(load(name), {}).equations[0]), key=to_text)


@pytest.mark.parametrize("name", ["boundary-layer", "decay", "heat", "lagaris-1"])
def test_an_exact_solution_meets_the_conditions(name: str, tmp_path: Path) -> None:
    bound, given = bind(load(name), {}), task(name, tmp_path)
    names = [item.name for item in bound.coordinates]
    points = given.condition_points.astype(float)
    if name == "heat":
        assert names == ["x", "t"]
    np.testing.assert_allclose(exact.at(bound, points), given.condition_values, atol=1e-5)
    low, high = (np.array([getattr(item, end) for item in bound.coordinates]) for end in ("low", "high"))
    assert (given.points >= low).all() and (given.points <= high).all()


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("lorenz", "framework-too-many"),
        ("taylor-green", "framework-too-many"),
        ("beam", "framework-derivatives"),
        ("pendulum", "framework-functions"),
        ("damped-oscillator", "framework-conditions"),
        ("allen-cahn", "framework-conditions"),
    ],
)
def test_what_cannot_be_given_says_why(name: str, code: str) -> None:
    with pytest.raises(InputError) as caught:
        stated(load(name), {})
    assert caught.value.code == code


STATED = {"coordinates": {"x": [0, 1], "t": [0, 1]}, "unknowns": ["u"], "equations": ["u_t = u_xx"]}


@pytest.mark.parametrize(
    ("conditions", "code", "values"),
    [
        ([], "framework-no-conditions", {}),
        (["u(x, 0) = 1", "u_x(0, t) = 2*u(0, t)"], "framework-conditions", {"number": 2}),
        (["u(0, t)*u(0, t) = 1"], "framework-conditions", {"number": 1}),
    ],
)
def test_a_condition_that_cannot_be_given_is_named(conditions: list[str], code: str, values: dict[str, int]) -> None:
    with pytest.raises(InputError) as caught:
        stated(problem_from_table({**STATED, "conditions": conditions}), {})
    assert (caught.value.code, dict(caught.value.values)) == (code, values)


def test_an_equation_that_definitions_make_deep_is_refused() -> None:
    definitions = {"a0": "x"} | {f"a{number}": f"1 + 2*(3 - 4*(5 + 6*(7 - a{number - 1}*u0)))" for number in range(1, 19)}
    table = {
        **STATED,
        "parameters": {"u0": 2},
        "definitions": definitions,
        "equations": ["u_t = u_xx + a18"],
        "conditions": ["u(x, 0) = 1"],
    }
    with pytest.raises(InputError) as caught:
        stated(problem_from_table(table), {})
    assert caught.value.code == "framework-too-deep"
