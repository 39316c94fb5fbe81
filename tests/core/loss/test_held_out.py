"""The weights that a run keeps did best at points it was never trained on, and it ends where nothing is gained any more."""

from __future__ import annotations

import math

import pytest
import torch

from core.experiment.experiment import Experiment
from core.loss.held_out import Validation
from core.loss.losses import Losses
from core.network.building import build
from core.training.training import train
from tests.core.training.test_training import at, last
from tests.experiments import small

CPU = torch.device("cpu")


def held_out_loss(experiment: Experiment, network: torch.nn.Module) -> float:
    losses = Losses(experiment, CPU)
    return losses.total(losses.terms(network, losses.draws.held_out())).item()


def test_no_step_trains_on_a_point_that_is_held_out() -> None:
    for resampling in ("fixed", "every-step"):
        losses = Losses(small("heat", resampling=resampling, points=200, condition_points=50), CPU)
        never = losses.draws.held_out()
        for step in (0, 1, 29):
            points = losses.draws.at_step(step)
            for held, trained in ((never.interior, points.interior), (never.edge, points.edge)):
                both = [torch.cat(list(columns.values()), dim=1).detach() for columns in (held, trained)]
                inside = [part[((part > 0) & (part < 1)).any(dim=1)] for part in both]  # corners are the same for all
                assert torch.cdist(*inside).min() > 0


@pytest.mark.parametrize("optimiser", ["adam", "levenberg-marquardt", "adam 20, lbfgs"])
def test_the_best_weights_are_those_of_least_loss_at_the_points_held_out(optimiser: str) -> None:
    experiment = small("decay", optimiser=optimiser, learning_rate=0.1, points=10, steps=150)
    seen: list[float] = []
    steps: dict[float, int] = {}
    for snapshot in train(experiment):
        seen.append(held_out_loss(experiment, snapshot.network))
        steps[seen[-1]] = snapshot.step
    found = snapshot.best()
    best = held_out_loss(experiment, found.network)
    check = {"adam": 50, "levenberg-marquardt": 1, "adam 20, lbfgs": 5}[optimiser]
    looked_at = [loss for step, loss in enumerate(seen) if step > 0 and step % check == 0 and (step > 20 or "," not in optimiser)] + seen[
        -1:
    ]
    assert best == pytest.approx(min(looked_at), rel=1e-12)
    assert found.best_step == steps[min(looked_at)]


def test_weights_that_become_worse_are_not_kept() -> None:
    experiment = small("decay")
    network = build(experiment, CPU)
    validation = Validation(network, Losses(experiment, CPU))
    validation.see(1)
    before = [parameter.detach().clone() for parameter in network.parameters()]
    with torch.no_grad():
        for parameter in network.parameters():
            parameter.add_(1.0)
    validation.see(2)
    assert validation.progress == 1
    assert all(torch.equal(one, two) for one, two in zip(before, validation.best(3)[0].parameters(), strict=True))
    with torch.no_grad():
        for parameter in network.parameters():
            parameter.fill_(math.nan)
    validation.see(3)
    assert math.isfinite(validation.loss) and validation.best(3)[1] == 1
    assert all(torch.equal(one, two) for one, two in zip(before, validation.best(3)[0].parameters(), strict=True))


def test_a_run_ends_once_its_patience_is_over() -> None:
    experiment = small("decay", optimiser="levenberg-marquardt", resampling="adapt", period=5, patience=20, steps=5000)
    end = last(train(experiment))
    assert end.step < 5000
    assert end.step - end.validation.progress == 20
    assert held_out_loss(experiment, end.best().network) < 1e-8


def test_a_stage_that_is_not_the_last_is_not_cut_short_and_the_last_has_its_patience() -> None:
    experiment = small("decay", optimiser="adam 100, lbfgs", learning_rate=1e-5, patience=10, steps=300)
    assert last(train(experiment)).step >= 110


def test_the_best_weights_and_the_patience_outlive_an_interruption() -> None:
    experiment = small("decay", optimiser="levenberg-marquardt", resampling="adapt", period=5, patience=20, steps=400)
    whole = last(train(experiment))
    checkpoint = at(whole.step - 7, train(experiment)).checkpoint()
    resumed = last(train(experiment, checkpoint))
    assert resumed.checkpoint().data == whole.checkpoint().data
    assert resumed.best().best_step == whole.best().best_step
    for one, two in zip(whole.best().network.parameters(), resumed.best().network.parameters(), strict=True):
        assert torch.equal(one, two)


def test_asking_for_the_best_changes_nothing() -> None:
    experiment = small("decay", steps=60, learning_rate=0.1)
    unasked = last(train(experiment)).checkpoint()
    for snapshot in train(experiment):
        snapshot.best()
    assert snapshot.checkpoint().data == unasked.data
