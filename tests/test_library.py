"""Every problem of the library is well formed, and its exact solution satisfies all that it states."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from functools import reduce
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from core import grids, references
from core.experiment import Experiment
from core.expressions import NUMPY, At, Coordinate, Derivative, Leaf, differentiate, evaluate
from core.problem import FOLDER, BoundProblem, Problem, library, load

Array = NDArray[np.float64]

NAMES = (
    *("allen-cahn", "beam", "boundary-layer", "burgers", "cavity", "convection", "damped-oscillator", "decay", "duffing", "fisher"),
    *("harmonic-system", "heat", "helmholtz", "kdv-cosine", "kdv-soliton", "klein-gordon", "kovasznay", "kuramoto-sivashinsky"),
    *("lagaris-1", "lagaris-3", "lagaris-4", "lagaris-5", "lagaris-8", "logistic", "lorenz", "lotka-volterra", "pendulum"),
    *("poisson", "poisson-1d", "reaction", "schrodinger", "taylor-green", "van-der-pol", "wave"),
)
EXACT = tuple(name for name in NAMES if load(name).exact)


def random_values(problem: Problem, random: np.random.Generator) -> dict[str, float]:
    def draw(low: float, high: float, scale: str) -> float:
        return float(np.exp(random.uniform(np.log(low), np.log(high)))) if scale == "log" else float(random.uniform(low, high))

    return {item.name: draw(item.low, item.high, item.scale) for item in problem.parameters}


def exact_leaves(problem: BoundProblem, points: Array) -> Callable[[Leaf], Any]:
    """What each leaf of a residual is for the exact solution at `points` (n, d), by symbolic differentiation."""
    letters = tuple(item.name for item in problem.coordinates)

    def value(derivative: Derivative, where: Array) -> Any:
        tree = reduce(lambda tree, letter: differentiate(tree, letter, letters), derivative.by, problem.exact[derivative.unknown])
        columns = {Coordinate(letter): where[:, axis] for axis, letter in enumerate(letters)}
        return evaluate(tree, lambda leaf: columns[leaf], NUMPY)  # type: ignore[index]

    def leaf(item: Leaf) -> Any:
        match item:
            case Coordinate(name):
                return points[:, letters.index(name)]
            case Derivative():
                return value(item, points)
            case At(derivative):
                return value(
                    derivative, np.stack([points[:, i] if v is None else np.full(len(points), v) for i, v in enumerate(item.place)], 1)
                )
        raise AssertionError(f"{item} should have been replaced")

    return leaf


def test_the_library_has_its_problems() -> None:
    assert library() == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_every_file_is_complete(name: str) -> None:
    problem = load(name)
    assert problem.name == name
    assert all((problem.title, problem.source, problem.description))
    recipe = tomllib.loads((FOLDER / f"{name}.toml").read_text(encoding="utf-8"))
    assert problem.recipe == {**recipe["network"], **recipe["training"]}
    assert Experiment.of(problem).steps == recipe["training"]["steps"], "the recipe must be made of hyperparameters in their ranges"


@pytest.mark.parametrize("name", NAMES)
def test_a_table_states_the_same_problem(name: str) -> None:
    problem = load(name)
    assert Problem.from_table(problem.table(), name=name) == problem
    assert Problem.from_table(problem.table()).content() == problem.content()


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("name", EXACT)
def test_the_exact_solution_satisfies_every_equation(name: str, seed: int) -> None:
    random = np.random.default_rng(seed)
    problem = load(name)
    bound = problem.bind(random_values(problem, random) if seed else {})
    leaf = exact_leaves(bound, random.uniform(bound.low, bound.high, (200, len(bound.coordinates))))
    for residual in bound.equations:
        assert np.abs(evaluate(residual, leaf, NUMPY)).max() < 1e-8


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("name", EXACT)
def test_the_exact_solution_meets_every_condition(name: str, seed: int) -> None:
    random = np.random.default_rng(seed)
    problem = load(name)
    bound = problem.bind(random_values(problem, random) if seed else {})
    for condition in bound.conditions:
        for edge in condition.edges:
            points = random.uniform(bound.low, bound.high, (50, len(bound.coordinates)))
            for axis, value in enumerate(edge):
                points[:, axis] = points[:, axis] if value is None else value
            assert np.abs(evaluate(condition.residual, exact_leaves(bound, points), NUMPY)).max() < 1e-8


@pytest.mark.parametrize("name", NAMES)
def test_every_problem_has_a_reference_throughout_its_sliders(name: str) -> None:
    random = np.random.default_rng(1)
    problem = load(name)
    extremes = [{item.name: end for item in problem.parameters for end in [getattr(item, side)]} for side in ("low", "high")]
    for values in [{}, *extremes, random_values(problem, random)]:
        bound = problem.bind(values)
        reference = references.solve(bound, problem.reference)
        assert reference.values.shape == (*map(len, grids.axes(bound, grids.FULL)), len(bound.unknowns))
        assert np.isfinite(reference.values).all()
