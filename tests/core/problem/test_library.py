"""Every problem of the library is well formed, and its exact solution satisfies all that it states."""

from __future__ import annotations

import tomllib
from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from core import references
from core.domain import grids
from core.errors import InputError
from core.experiment.making import experiment_of
from core.experiment.presets import FAILING
from core.experiment.recipes import SUITED
from core.problem import exact_residuals
from core.problem.binding import bind, content
from core.problem.measurements.sampled import Sampled
from core.problem.problem import Problem
from core.problem.reading.reading import FOLDER, library, load, problem_from_table, problem_from_toml
from core.references.exact import at as values_at

Array = NDArray[np.float64]

NAMES = (
    *("allen-cahn", "beam", "boundary-layer", "burgers", "cavity", "convection", "damped-oscillator", "decay", "duffing"),
    *("fisher", "harmonic-system", "heat", "helmholtz", "hills"),
    *(f"inverse-{name}" for name in ("brinkman", "burgers", "decay", "diffusion", "logistic", "lorenz", "lotka-volterra", "oscillator")),
    *("inverse-reaction", "inverse-source", "kdv-cosine", "kdv-soliton", "klein-gordon", "kovasznay"),
    *("kuramoto-sivashinsky", "lagaris-1", "lagaris-3", "lagaris-4", "lagaris-5", "lagaris-8", "logistic", "lorenz", "lotka-volterra"),
    *("noisy-sine", "pendulum", "poisson", "poisson-1d", "reaction", "schrodinger", "step", "taylor-green", "two-materials"),
    *("van-der-pol", "wave"),
)
EXACT = tuple(name for name in NAMES if load(name).exact)
OF_DATA = ("hills", "noisy-sine", "step")
"""The problems without an equation, which no classical method can solve."""
WITHOUT_CLASSICAL = ("kovasznay", "taylor-green", "helmholtz", *OF_DATA)
"""The problems with an exact solution that no classical method of ours can check."""
ROUNDING = 1e-11


def random_values(problem: Problem, random: np.random.Generator) -> dict[str, float]:
    def draw(low: float, high: float, scale: str) -> float:
        return float(np.exp(random.uniform(np.log(low), np.log(high)))) if scale == "log" else float(random.uniform(low, high))

    return {item.name: draw(item.low, item.high, item.scale) for item in problem.parameters}


def test_the_library_has_its_problems() -> None:
    assert library() == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_every_file_is_complete(name: str) -> None:
    problem = load(name)
    assert problem.name == name
    assert all((problem.title, problem.source, problem.description))
    file = tomllib.loads((FOLDER / f"{name}.toml").read_text(encoding="utf-8"))
    recipe = {**file.get("network", {}), **file.get("training", {})}
    assert problem.recipe == recipe
    experiment = experiment_of(problem)
    assert {key: getattr(experiment, key) for key in recipe if key != "weights"} == {key: recipe[key] for key in recipe if key != "weights"}
    assert experiment.optimiser in SUITED and experiment.patience


@pytest.mark.parametrize("name", OF_DATA)
def test_data_alone_are_values_of_the_exact_solution(name: str) -> None:
    problem = load(name)
    assert problem.kinds == ("regression",) and isinstance(problem.data, Sampled) and problem.exact == dict(problem.data.function)
    experiment = experiment_of(problem, settings={"noise": 0})
    assert experiment.measured is not None and experiment.validation > 0
    assert np.allclose(experiment.measured.values, values_at(experiment.bound, experiment.measured.points))
    with pytest.raises(InputError, match="only data"):
        references.solve(replace(experiment.bound, exact={}), "auto")


LESSONS = tuple(name for name in NAMES if load(name).failure)


def test_some_problems_show_how_plain_training_fails() -> None:
    assert {"convection", "reaction", "boundary-layer", "poisson", "poisson-1d", "wave", "allen-cahn"} <= set(LESSONS)


@pytest.mark.parametrize("name", LESSONS)
def test_a_failing_training_is_plain_and_as_its_file_says(name: str) -> None:
    problem = load(name)
    failing = experiment_of(problem, preset=FAILING)
    assert failing.optimiser == "adam" and failing.key != experiment_of(problem).key
    stated = {key: value for key, value in problem.failure.items() if key != "weights"}
    assert {key: getattr(failing, key) for key in stated} == stated


def test_a_failing_training_of_unknown_settings_is_refused() -> None:
    text = (FOLDER / "wave.toml").read_text(encoding="utf-8")
    with pytest.raises(InputError, match="dpeth"):
        experiment_of(problem_from_toml(text.replace("[failure]\ndepth", "[failure]\ndpeth")), preset=FAILING)


@pytest.mark.parametrize("name", NAMES)
def test_a_table_states_the_same_problem(name: str) -> None:
    problem = load(name)
    assert problem_from_table(problem.table(), name=name) == problem
    assert content(problem_from_table(problem.table())) == content(problem)


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("name", EXACT)
def test_the_exact_solution_satisfies_every_equation_and_condition(name: str, seed: int) -> None:
    random = np.random.default_rng(seed)
    problem = load(name)
    bound = bind(problem, random_values(problem, random) if seed else {})
    found = exact_residuals.of_exact(bound, seed)
    assert (len(found.equations), len(found.conditions)) == (len(problem.equations), len(problem.conditions))
    assert found.largest < 1e-8, found


@pytest.mark.timed
@pytest.mark.parametrize("name", [name for name in EXACT if name not in WITHOUT_CLASSICAL])
def test_a_classical_method_is_as_close_to_the_exact_solution_as_it_claims(name: str) -> None:
    bound = bind(load(name), {})
    exact = references.solve(bound, "exact").values.reshape(-1, len(bound.unknowns))  # (points, unknowns)
    found = references.solve(replace(bound, exact={}), "auto")
    error = np.linalg.norm(found.values.reshape(exact.shape) - exact, axis=0) / np.linalg.norm(exact, axis=0)
    assert error.max() <= max(found.error, ROUNDING)


@pytest.mark.timed
@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_every_problem_has_a_reference_throughout_its_sliders(name: str) -> None:
    random = np.random.default_rng(1)
    problem = load(name)
    extremes = [{item.name: end for item in problem.parameters for end in [getattr(item, side)]} for side in ("low", "high")]
    for bound in {bind(problem, values) for values in [{}, *extremes, random_values(problem, random)]}:  # one where there is no slider
        reference = references.solve(bound, problem.reference)
        assert reference.values.shape == (*map(len, grids.axes(bound.coordinates, grids.FULL)), len(bound.unknowns))
        assert np.isfinite(reference.values).all()
