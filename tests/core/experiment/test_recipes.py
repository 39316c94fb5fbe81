"""The recipe: what is left out is what suits the rest, and never more than can be trained."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.experiment.choices import OPTIMISER_CHOICES
from core.experiment.experiment import HYPERPARAMETERS, Experiment
from core.experiment.making import experiment_of
from core.experiment.recipes import BROYDEN, MARQUARDT, OF_THE_METHOD, SUITED
from core.problem.problem import Problem
from core.problem.reading.reading import library, load, problem_from_table


def of(name: str = "heat", **given: Any) -> Experiment:
    return experiment_of(load(name), {}, given)


SUITS = {"decay": MARQUARDT, "poisson": MARQUARDT, "heat": BROYDEN, "taylor-green": BROYDEN, "kovasznay": BROYDEN, "cavity": BROYDEN}


@pytest.mark.parametrize("name", SUITS)
def test_a_small_network_is_trained_in_all_digits_by_a_method_that_suits_the_problem(name: str) -> None:
    experiment = of(name, steps="auto", points="auto")
    assert (experiment.optimiser, experiment.precision, experiment.resampling) == (SUITS[name], "float64", "adapt")
    amount = SUITED[experiment.optimiser].amounts[len(experiment.problem.coordinates)]
    assert (experiment.points, experiment.steps) == (amount.points, amount.steps)


def test_a_typed_problem_is_treated_as_those_of_the_library() -> None:
    table = {"coordinates": {"x": [0, 1]}, "unknowns": ["u"], "equations": ["u_x = u"], "conditions": ["u(0) = 1"]}
    typed = experiment_of(problem_from_table(table))
    assert (typed.optimiser, typed.constraints, typed.depth, typed.width) == (MARQUARDT, "hard", 3, 20)


def test_a_large_network_is_trained_by_cheap_steps() -> None:
    experiment = of(width=128)
    assert experiment.optimiser == "adam 1000, lbfgs"
    assert experiment.steps is not None and experiment.steps > 1000
    assert experiment.resampling == "fixed"


def test_adam_is_given_many_steps_and_a_method_after_others_more_than_these() -> None:
    assert of(optimiser="adam").steps == HYPERPARAMETERS["steps"].default
    for method in OPTIMISER_CHOICES:
        steps = of(optimiser=f"adam 3000, {method}").steps
        assert steps is not None and steps > 3000


def test_what_a_recipe_says_of_the_training_is_for_its_method_alone() -> None:
    burgers = load("burgers")
    assert "steps" in burgers.recipe and "frequency" in burgers.recipe
    other = experiment_of(burgers, {}, {"optimiser": "adam"})
    assert other.steps == HYPERPARAMETERS["steps"].default
    assert other.frequency == burgers.recipe["frequency"]  # of the network, whatever trains it
    assert experiment_of(burgers, {}, {"optimiser": BROYDEN}).steps == burgers.recipe["steps"]
    assert experiment_of(burgers, {}, {"optimiser": "adam", "steps": 77}).steps == 77


def typed(condition: str) -> Problem:
    table = {"coordinates": {"x": [0, 1], "t": [0, 1]}, "unknowns": ["u"], "equations": ["u_t = u_xx"]}
    return problem_from_table({**table, "conditions": [condition, "u(0, t) = 0", "u(1, t) = 0"]})


@pytest.mark.parametrize("condition", ["u(x, 0) = min(x, 1 - x)", "u(x, 0) = 1", "u(x, 0) + u_x(x, 0) = heaviside(x - 0.5)"])
def test_rough_data_are_weighed_by_the_tangent_kernel(condition: str) -> None:
    assert experiment_of(typed(condition)).weighting == "ntk"
    assert experiment_of(typed(condition), {}, {"weighting": "fixed"}).weighting == "fixed"


def test_smooth_data_are_not() -> None:
    assert experiment_of(typed("u(x, 0) = sin(pi*x)")).weighting == "fixed"
    assert {experiment_of(load(name)).weighting for name in library()} == {"fixed"}


def test_an_apple_gpu_has_no_float64() -> None:
    assert of(device="mps").precision == "float32"
    assert of(device="cuda:0").precision == "float64"


@settings(deadline=None, max_examples=60)
@given(
    st.sampled_from(library()),
    st.fixed_dictionaries(
        {},
        optional={
            "depth": st.integers(1, 10),
            "width": st.integers(4, 256),
            "features": st.integers(0, 64),
            "architecture": st.sampled_from(["perceptron", "modified"]),
            "optimiser": st.sampled_from(["auto", "adam", "adam 20, adam"]),
        },
    ),
)
def test_whatever_the_network_there_is_a_method_for_it(name: str, given: dict[str, Any]) -> None:
    experiment = experiment_of(load(name), {}, given)
    assert experiment_of(load(name), {}, {key: getattr(experiment, key) for key in HYPERPARAMETERS}).key == experiment.key
    assert all(getattr(experiment, key) is not None for key in OF_THE_METHOD if key != "patience")
