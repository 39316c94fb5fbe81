"""Points that follow the residual: the rules, and trainings that use them."""

from __future__ import annotations

from collections import deque

import numpy as np
import pytest
import torch

from core.engines.objective import Objective
from core.experiment.checkpoint import Checkpoint
from core.loss.losses import Losses
from core.loss.resampling import RULES, adapt, add, retain
from core.network.building import build
from core.training.training import Snapshot, train
from tests.experiments import small

CPU = torch.device("cpu")


def random() -> np.random.Generator:
    return np.random.Generator(np.random.Philox(1))


def line(n: int) -> np.ndarray:
    return np.linspace(0, 1, n)[:, None]


def test_the_density_follows_the_residual() -> None:
    """The quarter where ε = 3, with ε = 0 elsewhere, has (3/0.75 + 1)/4 of 2 for p ∝ ε/mean(ε) + 1: five eighths."""
    fresh = line(40_000)
    sizes = np.where(fresh[:, 0] < 0.25, 3.0, 0.0)
    points = adapt(line(10), fresh, np.ones(10), sizes, 2000, random())
    assert len(points) == len(np.unique(points)) == 2000
    assert np.mean(points < 0.25) == pytest.approx(5 / 8, abs=0.04)


def test_where_there_is_no_residual_all_places_are_alike() -> None:
    points = adapt(line(10), line(10_000), np.zeros(10), np.zeros(10_000), 1000, random())
    assert np.histogram(points, bins=4, range=(0, 1))[0] == pytest.approx(250, abs=60)


def test_the_worst_are_added_up_to_twice_as_many() -> None:
    points, fresh = line(20), line(200) + 5
    sizes = np.arange(200.0)
    for expected in (22, 24, 26):
        points = add(points, fresh, np.ones(len(points)), sizes, 20, random())
        assert len(points) == expected and 6.0 in points[-2:]
    for _ in range(20):
        points = add(points, fresh, np.ones(len(points)), sizes, 20, random())
    assert len(points) == 40 and np.array_equal(points[:20], line(20))


def test_the_worst_are_retained() -> None:
    points, fresh = line(10), line(100) + 5
    sizes = np.array([0, 0, 9, 0, 0, 0, 0, 9, 0, 0.0])
    after = retain(points, fresh, sizes, np.ones(100), 10, random())
    assert np.array_equal(after[:2], points[[2, 7]]) and len(after) == 10 and (after[2:] >= 5).all()


@pytest.mark.parametrize("rule", RULES)
def test_points_stay_for_a_period_and_keep_within_the_domain(rule: str) -> None:
    experiment = small("burgers", resampling=rule, period=10, points=50)
    objective = Objective(build(experiment, CPU), Losses(experiment, CPU))
    before = objective.state()["interior"]
    objective.go_to(9)
    assert torch.equal(objective.state()["interior"], before)
    objective.go_to(10)
    after = objective.state()["interior"]
    assert not torch.equal(after, before) and len(after) >= 50
    assert (after[:, 0].abs() <= 1).all() and ((after[:, 1] >= 0) & (after[:, 1] <= 1)).all()


def test_points_go_where_the_residual_is() -> None:
    """The mean of ε becomes E(ε²)/2E(ε) + E(ε)/2 with p ∝ ε/E(ε) + 1."""
    experiment = small("burgers", resampling="adapt", period=1, points=2000)
    losses = Losses(experiment, CPU)
    network = build(experiment, CPU)
    even = losses.draws.at_step(0)
    followed = losses.redraw(network, even, 1)
    before, after = (losses.residuals(network, points.interior)[0].abs().detach() for points in (even, followed))
    expected = before.square().mean() / before.mean() / 2 + before.mean() / 2
    assert after.mean().item() == pytest.approx(expected.item(), rel=0.03) and expected > 1.1 * before.mean()
    assert torch.equal(even.edge["x"], followed.edge["x"])


@pytest.mark.parametrize("precision", ["float32", "float64"])
@pytest.mark.parametrize("optimiser", ["adam", "ssbroyden", "levenberg-marquardt"])
@pytest.mark.parametrize("rule", RULES)
def test_resuming_gives_the_same_bits_as_not_stopping(rule: str, optimiser: str, precision: str) -> None:
    experiment = small("burgers", optimiser=optimiser, steps=16, resampling=rule, period=5, precision=precision)

    def last(start: Checkpoint | None = None) -> Snapshot:
        return deque(train(experiment, start), maxlen=1).pop()

    whole = last().checkpoint()
    checkpoint: Checkpoint | None = None
    for stop in (3, 5, 6, 14):
        checkpoint = next(snapshot for snapshot in train(experiment, checkpoint) if snapshot.step == stop).checkpoint()
    assert last(checkpoint).checkpoint().data == whole.data


@pytest.mark.slow
def test_a_shock_is_learned_better_with_points_that_follow_it() -> None:
    """Fixed points are learned by heart: their loss says nothing of what lies between."""
    errors = {}
    for rule in ("fixed", "adapt"):
        experiment = small(
            "burgers", optimiser="levenberg-marquardt", constraints="hard", resampling=rule, period=5, points=300, width=12, steps=60
        )
        snapshot = deque(train(experiment), maxlen=1).pop()
        losses = Losses(experiment, CPU)
        errors[rule] = losses.residuals(snapshot.network, small_grid(losses))[0].square().mean().item()
    assert errors["adapt"] < errors["fixed"] / 2


def small_grid(losses: Losses) -> dict[str, torch.Tensor]:
    x, t = np.meshgrid(np.linspace(-1, 1, 201), np.linspace(0, 1, 41))
    return losses.draws.columns(np.stack([x.ravel(), t.ravel()], axis=1))
