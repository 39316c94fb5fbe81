"""Frames and scores against the network and the exact solution, evaluated by hand."""

import numpy as np
import pytest
import torch

from core.experiment import Experiment, terms
from core.fields import FULL, LIVE, Display, thinned
from core.frames import unpack
from core.losses import Losses
from core.training import Snapshot, train
from tests.experiments import small

CPU = torch.device("cpu")


def after_one_step(experiment: Experiment) -> tuple[Display, Snapshot]:
    return Display(experiment, Losses(experiment, CPU)), next(train(experiment))


@pytest.mark.parametrize("full", [False, True])
def test_a_frame_shows_the_network_the_reference_and_their_distance(full: bool) -> None:
    display, snapshot = after_one_step(small("heat"))
    history = snapshot.losses[None].numpy()
    header, arrays = unpack(display.frame(snapshot, history, {"run": "r"}, full=full))
    count = (FULL if full else LIVE).solution[2]
    x, t = np.meshgrid(arrays["axis.x"].astype(float), arrays["axis.t"].astype(float), indexing="ij")
    points = torch.tensor(np.stack([x.ravel(), t.ravel()], axis=1))
    with torch.no_grad():
        network = snapshot.network(points).numpy().reshape(count, count)
    exact = np.exp(-0.4 * np.pi**2 * t) * np.sin(np.pi * x)
    np.testing.assert_allclose(arrays["solution.u"], network, atol=1e-6)
    np.testing.assert_allclose(arrays["reference.u"], exact, atol=1e-6)
    np.testing.assert_allclose(arrays["error.u"], np.abs(network - exact), atol=1e-6)
    assert header["relative_l2"]["u"] == pytest.approx(np.linalg.norm(network - exact) / np.linalg.norm(exact), rel=1e-5)
    assert header["max_error"]["u"] == pytest.approx(np.abs(network - exact).max(), rel=1e-5)
    assert (header["run"], header["step"], header["grid"]) == ("r", 1, {"x": count, "t": count})


def test_the_residual_of_a_frame_is_the_equations() -> None:
    experiment = small("decay")
    display, snapshot = after_one_step(experiment)
    _header, arrays = unpack(display.frame(snapshot, snapshot.losses[None].numpy(), {}))
    t = torch.tensor(arrays["residual-axis.t"].astype(float))[:, None].requires_grad_()
    u = snapshot.network(t)
    (u_t,) = torch.autograd.grad(u.sum(), t)
    rate = dict(experiment.values)[experiment.problem.parameters[0].name]
    np.testing.assert_allclose(arrays["residual.1"], (u_t + rate * u)[:, 0].detach().numpy(), atol=1e-5)


def test_losses_are_thinned_evenly_on_a_log_axis_and_weighted_in_the_total() -> None:
    experiment = small("burgers", weights={"condition": 3.0, "equation": 2.0})
    display, snapshot = after_one_step(experiment)
    history = np.arange(4 * 5000, dtype=np.float32).reshape(5000, 4)
    _header, arrays = unpack(display.frame(snapshot, history, {}))
    steps = arrays["loss.steps"].astype(int)
    assert steps[0] == 1 and steps[-1] == 5000 and len(steps) <= 400 and (np.diff(steps) > 0).all()
    rows = history[steps - 1]
    for index, term in enumerate(terms(experiment.problem)):
        np.testing.assert_array_equal(arrays[f"loss.{term}"], rows[:, index])
    np.testing.assert_allclose(arrays["loss.total"], rows @ [2.0, 3.0, 3.0, 3.0], rtol=1e-6)


def test_a_problem_without_reference_has_no_scores() -> None:
    experiment = small("heat")
    problem = type(experiment.problem).from_table({**experiment.problem.table(), "exact": {}})
    display, snapshot = after_one_step(Experiment.of(problem, settings={"depth": 1, "width": 4, "points": 10, "steps": 5}))
    header, arrays = unpack(display.frame(snapshot, snapshot.losses[None].numpy(), {}))
    assert header["relative_l2"] == header["max_error"] == {"u": None}
    assert "reference.u" not in arrays and "solution.u" in arrays


def test_large_layers_are_thinned_to_their_first_last_and_evenly_between() -> None:
    assert thinned(5).tolist() == [0, 1, 2, 3, 4]
    assert len(thinned(256)) == 16 and thinned(256)[0] == 0 and thinned(256)[-1] == 255
    display, snapshot = after_one_step(small("heat", width=40))
    _header, arrays = unpack(display.frame(snapshot, snapshot.losses[None].numpy(), {}))
    assert [arrays[f"weights.{layer}"].shape for layer in range(3)] == [(16, 2), (16, 16), (1, 16)]
    np.testing.assert_allclose(arrays["weights.0"], snapshot.network[1].weight.detach().numpy()[thinned(40)], rtol=1e-6)
