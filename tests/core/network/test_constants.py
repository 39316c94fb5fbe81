"""Constants that are learned: gradients against autograd, weights that stay zero, and a training that goes on as if never stopped."""

from __future__ import annotations

import pytest
import torch

from core.engines.objective import Objective
from core.experiment.experiment import Experiment
from core.experiment.making import experiment_of
from core.loss.losses import Losses
from core.network import constants
from core.network.architectures import last
from core.network.building import build
from core.network.parameters import Vector
from core.problem.reading.reading import load, problem_from_table
from core.training.training import train

CPU = torch.device("cpu")
METHODS = ("adam", "lbfgs", "ssbroyden", "levenberg-marquardt")


def found_by(**settings: object) -> Experiment:
    """A small experiment whose equation and condition each hold a constant."""
    table = {
        "coordinates": {"t": [0, 2]},
        "unknowns": ["u"],
        "estimate": {"k": 0.5, "u0": 3},
        "equations": ["u_tt = -k*u_t"],
        "conditions": ["u(0) = u0", "u_t(0) = -1"],
        "reference": "none",
        "data": {"columns": ["t", "u"], "rows": [[0.2 * n, 2 + 2.718 ** (-0.2 * n)] for n in range(10)]},
    }
    small = {"depth": 2, "width": 6, "points": 20, "condition_points": 1, "steps": 8, "precision": "float64", "resampling": "fixed"}
    return experiment_of(problem_from_table(table), {}, {**small, **settings})


@pytest.mark.parametrize("factorisation", ["none", "random"])
def test_the_untrained_network_gives_the_guesses_everywhere(factorisation: str) -> None:
    experiment = found_by(factorisation=factorisation)
    network = build(experiment, CPU)
    outputs = network(torch.linspace(0, 2, 7, dtype=torch.float64)[:, None])
    assert outputs.shape == (7, 3) and (outputs[:, 1:] == 1.0).all()
    assert constants.values(network, experiment.asked.estimates) == {"k": 0.5, "u0": 3.0}


@pytest.mark.parametrize("engine", ["jets", "native"])
def test_every_engine_has_the_slopes_of_autograd(engine: str) -> None:
    experiment = found_by()
    slopes = {}
    for name in ("autograd", engine):
        network = build(experiment, CPU)
        objective = Objective(network, Losses(experiment, CPU), 0, name)
        objective.descend()
        rows = objective.jacobian()[1]
        slopes[name] = Vector.of(network).slopes.clone(), rows.square().sum(0)
    for one, other in zip(slopes["autograd"], slopes[engine], strict=True):
        assert torch.allclose(one, other, rtol=1e-9, atol=1e-12)
    places = constants.places(build(experiment, CPU), 2)
    assert (slopes[engine][0][places] != 0).all(), "both constants are learned"


@pytest.mark.parametrize("method", METHODS)
def test_a_constant_depends_on_no_coordinate_whatever_the_method(method: str) -> None:
    experiment = found_by(optimiser=method)
    *_, end = train(experiment)
    network = end.network
    assert (last(network).weight[-2:] == 0).all()  # type: ignore[index]
    values = constants.values(network, experiment.asked.estimates)
    assert values["k"] != 0.5 and values["u0"] != 3.0


@pytest.mark.parametrize("method", METHODS)
def test_resumed_it_finds_the_same_bits(method: str) -> None:
    experiment = found_by(optimiser=method)
    checkpoints = [snapshot.checkpoint() for snapshot in train(experiment)]
    for start in (1, 5):
        *_, end = train(experiment, checkpoints[start])
        assert end.checkpoint().data == checkpoints[-1].data


@pytest.mark.slow
def test_the_oscillator_is_found_from_noise_of_a_per_cent() -> None:
    experiment = experiment_of(load("inverse-oscillator"), {}, {"steps": 120, "points": 200})
    *_, end = train(experiment)
    values = constants.values(end.network, experiment.asked.estimates)
    assert values["delta"] == pytest.approx(2, rel=0.03) and values["omega0"] == pytest.approx(20, rel=0.01)
