"""Frames and scores against the network and the exact solution, evaluated by hand."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
import torch

from core.errors import RunError
from core.experiment.experiment import Experiment, terms
from core.loss.losses import Losses
from core.references import Reference
from core.running.display import FULL, LIVE, Display, State, thinned
from core.store.classical import Answer
from core.store.frames import unpack
from core.training.training import Snapshot, train
from tests.experiments import small, solved

CPU = torch.device("cpu")


def after_one_step(experiment: Experiment, reference: Callable[[], Answer | None] = lambda: None) -> tuple[Display, Snapshot]:
    snapshots = train(experiment)
    next(snapshots)
    return Display(experiment, Losses(experiment, CPU), reference), next(snapshots)


@pytest.mark.parametrize("full", [False, True])
def test_a_frame_shows_the_network_the_reference_and_their_distance(full: bool) -> None:
    experiment = small("heat")
    display, snapshot = after_one_step(experiment, solved(experiment))
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
    assert header["engine"] == snapshot.engine


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
    assert steps[0] == 0 and steps[-1] == 4999 and len(steps) <= 400 and (np.diff(steps) > 0).all()
    rows = history[steps]
    for index, term in enumerate(terms(experiment.problem)):
        np.testing.assert_array_equal(arrays[f"loss.{term}"], rows[:, index])
    np.testing.assert_allclose(arrays["loss.total"], rows @ [2.0, 3.0, 3.0, 3.0], rtol=1e-6)


def test_a_frame_tells_the_weights_of_the_moment_and_the_total_has_the_given_ones() -> None:
    experiment = small("burgers", weights={"condition": 3.0}, weighting="gradient-norm", causality=2.0)
    display, snapshot = after_one_step(experiment)
    header, arrays = unpack(display.frame(snapshot, snapshot.losses[None].numpy(), {}))
    now = snapshot.objective.weights
    assert list(header["weights"].values())[:4] == now.terms.tolist() and list(header["weights"])[:4] == list(terms(experiment.problem))
    assert 0 < header["weights"]["end"] < 1 and now.points[0].min().item() == pytest.approx(header["weights"]["end"])
    given = snapshot.losses.tolist()
    assert header["loss"] == pytest.approx(given[0] + 3 * sum(given[1:])) and header["losses"]["condition-1"] == pytest.approx(given[1])
    assert arrays["loss.total"][0] == pytest.approx(header["loss"])


def test_frames_do_without_a_reference_until_it_is_there() -> None:
    experiment = small("heat")
    answers: list[Answer | None] = [None, solved(experiment)()]
    display, snapshot = after_one_step(experiment, lambda: answers.pop(0))
    before, arrays = unpack(display.frame(snapshot, snapshot.losses[None].numpy(), {}))
    assert before["relative_l2"] == before["max_error"] == {"u": None}
    assert before["reference"] is None
    assert "reference.u" not in arrays and "error.u" not in arrays and "solution.u" in arrays
    after, arrays = unpack(display.frame(snapshot, snapshot.losses[None].numpy(), {}))
    assert after["reference"].keys() == {"method", "error", "seconds", "evidence", "solutions", "nearest"}
    assert (after["reference"]["method"], after["reference"]["solutions"], after["reference"]["nearest"]) == ("exact", 1, 1)
    assert after["reference"]["evidence"] == {"points": 0, "second": "formula"}
    assert after["relative_l2"]["u"] > 0
    assert "reference.u" in arrays and "error.u" in arrays


def test_a_problem_without_reference_has_no_scores_and_the_frame_says_why() -> None:
    display, snapshot = after_one_step(small("heat"), lambda: RunError("reference-too-slow", limit="20"))
    header, arrays = unpack(display.frame(snapshot, snapshot.losses[None].numpy(), {}))
    assert header["relative_l2"] == header["max_error"] == {"u": None}
    assert header["reference"] == {"code": "reference-too-slow", "values": {"limit": "20"}}
    assert "reference.u" not in arrays and "solution.u" in arrays


def test_no_score_is_better_than_the_reference() -> None:
    experiment = small("lagaris-4")
    exact = solved(experiment)()
    display, snapshot = after_one_step(experiment, lambda: replace(exact, values=network_on_grid(snapshot), error=1e-4))
    scores = display.scores(snapshot)
    assert scores.relative_l2 == {"y1": 1e-4, "y2": 1e-4}
    largest = np.abs(network_on_grid(snapshot)).max(axis=0)
    assert scores.max_error == {"y1": pytest.approx(1e-4 * largest[0]), "y2": pytest.approx(1e-4 * largest[1])}
    display, snapshot = after_one_step(experiment, lambda: replace(exact, error=1e-4))
    plain, _ = after_one_step(experiment, lambda: exact)
    assert display.scores(snapshot) == plain.scores(snapshot)  # far worse than the reference: as it is


def network_on_grid(snapshot: Snapshot) -> np.ndarray:
    """The network on the full grid of [0, 3], (401, 2)."""
    with torch.no_grad():
        values: np.ndarray = snapshot.network(torch.linspace(0, 3, 401, dtype=torch.float64)[:, None]).numpy()
    return values


def test_a_reference_in_three_coordinates_lies_on_both_grids() -> None:
    experiment = small("taylor-green")
    x, y, t = np.meshgrid(*[np.linspace(c.low, c.high, 33) for c in experiment.bound.coordinates], indexing="ij")
    values = np.stack([x + 10 * y + 100 * t] * len(experiment.bound.unknowns), axis=-1)
    display, snapshot = after_one_step(experiment, lambda: Reference("lines", values, 0.0, 1.0))
    for full, count in ((True, 33), (False, 17)):
        _header, arrays = unpack(display.frame(snapshot, snapshot.losses[None].numpy(), {}, full=full))
        axes = [arrays[f"axis.{c.name}"].astype(float) for c in experiment.bound.coordinates]
        x, y, t = np.meshgrid(*axes, indexing="ij")
        assert x.shape == (count,) * 3
        np.testing.assert_allclose(arrays[f"reference.{experiment.bound.unknowns[0]}"], x + 10 * y + 100 * t, rtol=1e-5, atol=1e-4)


def test_the_picture_shows_what_the_layers_multiply_by_and_no_encoders() -> None:
    chosen = {"architecture": "modified", "factorisation": "random", "slopes": "adaptive", "features": 3}
    experiment = small("convection", constraints="hard", **chosen)
    display, snapshot = after_one_step(experiment)
    _header, arrays = unpack(display.frame(snapshot, snapshot.losses[None].numpy(), {}))
    assert [arrays[f"weights.{layer}"].shape for layer in range(3)] == [(8, len(experiment.inputs)), (8, 8), (1, 8)]
    assert "weights.3" not in arrays
    state = snapshot.network.state_dict()
    np.testing.assert_allclose(arrays["weights.1"], (state["5.layer.scale"][:, None] * state["5.layer.directions"]).numpy(), rtol=1e-6)


def test_large_layers_are_thinned_to_their_first_last_and_evenly_between() -> None:
    assert thinned(5).tolist() == [0, 1, 2, 3, 4]
    assert len(thinned(256)) == 16 and thinned(256)[0] == 0 and thinned(256)[-1] == 255
    display, snapshot = after_one_step(small("heat", width=40))
    _header, arrays = unpack(display.frame(snapshot, snapshot.losses[None].numpy(), {}))
    assert [arrays[f"weights.{layer}"].shape for layer in range(3)] == [(16, 2), (16, 16), (1, 16)]
    np.testing.assert_allclose(arrays["weights.0"], snapshot.network[1].weight.detach().numpy()[thinned(40)], rtol=1e-6)


@pytest.mark.parametrize("full", [False, True])
def test_of_several_solutions_the_nearest_one_is_scored_shown_and_named(full: bool) -> None:
    experiment = small("lagaris-4")  # two unknowns
    exact = solved(experiment)()
    display, snapshot = after_one_step(experiment, lambda: several)
    near = network_on_grid(snapshot) + np.array([0.01, 0.02])
    mixed = np.stack([near[:, 0], exact.values[:, 1] + 50], axis=1)  # its first unknown is as near, and all together are not
    several = replace(exact, values=exact.values, others=(mixed, near), error=1e-9)
    header, arrays = unpack(display.frame(snapshot, snapshot.losses[None].numpy(), {}, full=full))
    assert (header["reference"]["solutions"], header["reference"]["nearest"]) == (3, 3)
    for number, unknown in enumerate(experiment.bound.unknowns):
        shown = near[:: 1 if full else 2, number]
        np.testing.assert_allclose(arrays[f"reference.{unknown}"], shown, rtol=1e-6, atol=1e-7)
        assert header["max_error"][unknown] == pytest.approx(0.01 * (number + 1), rel=1e-4)
        network = arrays[f"solution.{unknown}"].astype(float)
        assert header["relative_l2"][unknown] == pytest.approx(np.linalg.norm(network - shown) / np.linalg.norm(shown), rel=1e-3)


def test_the_solution_zero_is_not_the_nearest_because_others_are_small() -> None:
    tiny = np.full((401, 1), 1e-3)
    reference = Reference("collocation", 0 * tiny, 1e-9, 0.1, others=(tiny, -tiny))
    assert [reference.nearest(values) for values in (0.9 * tiny, -2 * tiny, 0.1 * tiny)] == [1, 2, 0]


def test_data_alone_have_a_slope_and_a_loss_where_they_are_held_out() -> None:
    experiment = small("noisy-sine", validation=0.3)
    display, snapshot = after_one_step(experiment, solved(experiment))
    header, arrays = unpack(display.frame(snapshot, snapshot.losses[None].numpy(), {}, full=True))
    x = torch.tensor(np.linspace(0, 3, FULL.solution[1]))[:, None].requires_grad_()
    (slope,) = torch.autograd.grad(snapshot.network(x).sum(), x)
    np.testing.assert_allclose(arrays["slope.u"], slope[:, 0].numpy(), atol=1e-5)
    assert not any(name.startswith("residual.") for name in arrays)
    data = experiment.measured
    assert data is not None
    with torch.no_grad():
        network = snapshot.network(torch.tensor(data.points[data.held])).numpy()
    assert header["validation"] == pytest.approx(np.mean((network - data.values[data.held]) ** 2))
    display, snapshot = after_one_step(small("decay"))
    assert "validation" not in display.draw(State.of(snapshot), None, LIVE).header
