"""Problems as they are stated for DeepXDE are those of the library; where it is not installed there is nothing to see."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import Tensor

from core.experiment.experiment import Experiment
from core.experiment.making import experiment_of
from core.loss.losses import Losses
from core.network.building import build
from core.problem.reading.reading import load

pytest.importorskip("deepxde", reason="no DeepXDE is installed (pip install -r requirements-benchmarks.txt)")
from benchmarks.accuracy import POINTS, ROWS
from benchmarks.peers.deepxde_problems import STATEMENTS, Statement

CPU = torch.device("cpu")


def both(row: str) -> tuple[Experiment, Statement]:
    problem = load(ROWS[row].problem)
    experiment = experiment_of(problem, ROWS[row].values, {"precision": "float64"})
    return experiment, STATEMENTS[problem.name](dict(experiment.values), POINTS[len(problem.coordinates)])


def points(experiment: Experiment, **fixed: float) -> Tensor:
    """Points in the domain, (20, d)."""
    low, high = (torch.tensor(side, dtype=torch.float64) for side in (experiment.bound.low, experiment.bound.high))
    drawn = low + (high - low) * torch.rand(20, len(low), dtype=torch.float64, generator=torch.Generator().manual_seed(1))
    for axis, coordinate in enumerate(experiment.bound.coordinates):
        drawn[:, axis] = fixed.get(coordinate.name, drawn[:, axis])
    return drawn


@pytest.mark.parametrize("row", [name for name, row in ROWS.items() if row.problem in STATEMENTS])
def test_any_function_has_the_residual_that_the_library_gives_it(row: str) -> None:
    experiment, stated = both(row)
    network, losses = build(experiment, CPU), Losses(experiment, CPU)
    here = points(experiment).requires_grad_()
    theirs = stated.data.pde(here, network(here))
    (ours,) = losses.residuals(network, losses.draws.columns(here.detach().numpy()))
    torch.testing.assert_close(theirs.flatten(), ours.flatten(), rtol=1e-9, atol=1e-9)


def transformed(stated: Statement, inputs: Tensor) -> Tensor:
    """What a network that gives the sum of its features becomes, (n, 1)."""
    features = inputs if stated.feature_transform is None else stated.feature_transform(inputs)
    assert features.shape[1] == stated.inputs
    assert stated.output_transform is not None
    return stated.output_transform(inputs, features.sum(dim=1, keepdim=True) + 1)


@pytest.mark.parametrize("side", [{"x": 0}, {"x": 1}, {"y": 0}, {"y": 1}])
def test_poissons_rim_is_held(side: dict[str, float]) -> None:
    experiment, stated = both("poisson")
    assert transformed(stated, points(experiment, **side)).abs().max() < 1e-15


def test_allen_and_cahns_start_is_met_and_its_edges_repeat() -> None:
    experiment, stated = both("allen-cahn")
    start = points(experiment, t=0)
    torch.testing.assert_close(transformed(stated, start).flatten(), start[:, 0] ** 2 * torch.cos(torch.pi * start[:, 0]))
    left, right = (transformed(stated, points(experiment, x=x)) for x in (-1, 1))
    torch.testing.assert_close(left, right)


def conditions(stated: Statement) -> list[Any]:
    return [type(condition).__name__ for condition in stated.data.bcs]


def test_the_other_conditions_are_terms() -> None:
    assert conditions(both("damped-oscillator")[1]) == ["IC", "OperatorBC"]
    assert conditions(both("burgers")[1]) == ["DirichletBC", "IC"]
