"""Constants to be found: what states them, what is asked of the network for them, and what is refused."""

from __future__ import annotations

from typing import Any

import pytest

from core.errors import InputError
from core.experiment.making import experiment_of
from core.expressions import At, Binary, Derivative, Number, derivatives_in
from core.problem.binding import asked, bind, content
from core.problem.reading.reading import problem_from_table

DECAY: dict[str, Any] = {
    "coordinates": {"t": [0, 2]},
    "unknowns": ["u"],
    "parameters": {"k": 2},
    "estimate": {"k": 0.5, "u0": -3},
    "equations": ["u_t = -k*u"],
    "conditions": ["u(0) = u0"],
    "reference": "none",
    "data": {"columns": ["t", "u"], "rows": [[0.5, 1.0], [1.0, 0.4]]},
}


def test_a_constant_is_an_output_that_is_as_large_as_its_guess() -> None:
    problem = problem_from_table(DECAY)
    trained = asked(problem, {})
    assert trained.outputs == ("u", "k", "u0") and trained.unknowns == ("u",)
    assert Derivative("k") in derivatives_in(trained.equations[0])
    (condition,) = trained.conditions
    assert condition.residual == Binary(
        "-", At(Derivative("u"), (Number(0.0),)), Binary("*", Number(3.0), At(Derivative("u0"), (Number(0.0),)))
    )
    assert [item.start for item in trained.estimates] == [1.0, -1.0]


def test_a_reference_is_of_the_truth_and_knows_no_constants_to_be_found() -> None:
    problem = problem_from_table(DECAY)
    assert problem.unguided == ("u0",)
    known = bind(problem, {})
    assert known.outputs == ("u",) and not any(item.unknown == "k" for item in derivatives_in(known.equations[0]))


def test_a_table_states_the_same_and_the_guess_is_part_of_the_key() -> None:
    problem = problem_from_table(DECAY)
    assert problem_from_table(problem.table()) == problem
    other = problem_from_table({**DECAY, "estimate": {"k": 0.6, "u0": -3}})
    assert content(other) != content(problem) and experiment_of(other).key != experiment_of(problem).key


@pytest.mark.parametrize(
    ("change", "code", "key"),
    [
        ({"estimate": {"c": 1, "k": 1}}, "estimate-unused", "problem.estimate.c"),
        ({"estimate": {"k": "much"}}, "unknown-name", "problem.estimate.k"),
        ({"data": None}, "estimate-without-data", "problem.estimate"),
        ({"data": {"points": 20}}, "data-made-without-truth", "problem.data"),
        ({"equations": ["D((1 + k*heaviside(t - 1))*u_t, t) = 0"]}, "interface-with-estimate", "problem.estimate"),
        ({"exact": {"u": "exp(-k*t)"}}, "exact-with-estimate", "problem.estimate.u0"),
        ({"estimate": {"u": 1}}, "name-twice", "problem.estimate.u"),
    ],
)
def test_what_cannot_be_found_is_refused_at_its_place(change: dict[str, Any], code: str, key: str) -> None:
    table = {name: value for name, value in {**DECAY, **change}.items() if value is not None}
    if "u0" not in table["estimate"] and change.get("estimate"):
        table["conditions"] = ["u(0) = 1"]
    with pytest.raises(InputError) as caught:
        problem_from_table(table)
    assert (caught.value.code, caught.value.at.key) == (code, key)


def test_a_place_that_has_yet_to_be_found_is_no_cusp() -> None:
    """The truth, which data are made and estimates are scored by, never shapes the network."""
    stated = {**DECAY, "estimate": {"k": 0.5}, "conditions": ["u(0) = 1"]}
    known = problem_from_table({**stated, "equations": ["u_t = -k*u - heaviside(t - 1)"]})
    unknown = problem_from_table({**stated, "equations": ["u_t = -u - heaviside(t - k/2)"]})
    assert [cusp.place for cusp in experiment_of(known).cusps] == [1.0]
    assert experiment_of(unknown).cusps == ()


def test_weights_do_not_depend_on_the_order_of_derivatives() -> None:
    """Two derivatives of one order: the larger counts, whatever order a set gives them in."""
    stated = {
        "coordinates": {"x": [0, 1], "y": [0, 10]},
        "unknowns": ["u"],
        "estimate": {"k": 1},
        "equations": ["u_xx + k*u_yy = 0"],
        "conditions": [],
        "reference": "none",
        "data": {"columns": ["x", "y", "u"], "rows": [[0.5, 1.0, 2.0], [1.0, 0.4, 2.0]]},
    }
    weights = dict(experiment_of(problem_from_table(stated)).weights)
    assert weights["equation-1"] == 0.2  # one over (2/1²)², to one digit


def test_a_constant_within_a_definition_counts() -> None:
    table = {**DECAY, "definitions": {"w": "k^2"}, "equations": ["u_t = -w*u"]}
    assert problem_from_table(table).estimates[0].name == "k"


def test_no_condition_is_built_in_and_the_data_come_first() -> None:
    experiment = experiment_of(problem_from_table(DECAY))
    assert experiment.constraints == "soft" and experiment.curriculum == "data first"
    weights = dict(experiment.weights)
    assert weights["equation-1"] != 1.0, "measured by its own size"
