import os
import subprocess
import sys
from collections import deque
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from core.errors import RunError
from core.experiment.checkpoint import Checkpoint
from core.experiment.experiment import Experiment
from core.loss.losses import Losses
from core.running.display import Display
from core.training.training import Snapshot, restore, train
from tests.experiments import small, solved

CPU = torch.device("cpu")
ROOT = Path(__file__).parents[3]


def last(snapshots: Iterator[Snapshot]) -> Snapshot:
    return deque(snapshots, maxlen=1).pop()


def at(step: int, snapshots: Iterator[Snapshot]) -> Snapshot:
    return next(snapshot for snapshot in snapshots if snapshot.step == step)


def test_training_lowers_the_loss_and_nears_the_exact_solution() -> None:
    experiment = small("decay", steps=1500, width=16, learning_rate=1e-2, precision="float32")
    losses = Losses(experiment, CPU)
    snapshots = train(experiment)
    first = next(snapshots)
    start, at_start = losses.total(first.losses), Display(experiment, losses, solved(experiment)).scores(first).relative_l2["u"]
    end = last(snapshots)
    at_end = Display(experiment, losses, solved(experiment)).scores(end).relative_l2["u"]
    assert losses.total(end.losses) < start / 100
    assert at_start is not None and at_end is not None and at_end < 0.02 < 0.2 < at_start


@pytest.mark.parametrize("resampling", ["fixed", "every-step"])
@pytest.mark.parametrize("precision", ["float32", "float64"])
def test_resuming_gives_the_same_bits_as_not_stopping(resampling: str, precision: str) -> None:
    experiment = small("burgers", steps=60, resampling=resampling, precision=precision)
    whole = last(train(experiment)).checkpoint()
    checkpoint: Checkpoint | None = None
    for stop in (1, 7, 30, 59):
        checkpoint = at(stop, train(experiment, checkpoint)).checkpoint()
        assert checkpoint.step == stop
    assert last(train(experiment, checkpoint)).checkpoint().data == whole.data


@pytest.mark.parametrize("settings", [{"schedule": "cosine"}, {"constraints": "hard"}, {"constraints": "hard", "schedule": "cosine"}])
@pytest.mark.parametrize("problem", ["burgers", "convection"])  # sides given, and periodic ones
def test_resuming_gives_the_same_bits_with_hard_constraints_and_a_schedule(problem: str, settings: dict[str, str]) -> None:
    experiment = small(problem, steps=40, resampling="every-step", precision="float32", **settings)
    whole = last(train(experiment)).checkpoint()
    checkpoint: Checkpoint | None = None
    for stop in (1, 13, 39):
        checkpoint = at(stop, train(experiment, checkpoint)).checkpoint()
    assert last(train(experiment, checkpoint)).checkpoint().data == whole.data


@pytest.mark.parametrize("optimiser", ["adam", "lbfgs", "ssbroyden", "levenberg-marquardt", "levenberg-marquardt-gain-ratio"])
@pytest.mark.parametrize("problem", ["burgers", "convection"])
def test_resuming_gives_the_same_bits_with_every_other_network(problem: str, optimiser: str) -> None:
    chosen = {"architecture": "modified", "factorisation": "random", "slopes": "adaptive", "features": 2}
    resampling = {"resampling": "adapt", "period": 4}
    experiment = small(problem, steps=10, optimiser=optimiser, learning_rate=5e-3, constraints="hard", depth=1, **chosen, **resampling)
    snapshots = train(experiment)
    first = next(snapshots)
    start, at_start = [parameter.clone() for parameter in first.network.parameters()], Losses(experiment, CPU).total(first.losses)
    end = last(snapshots)
    assert all(not torch.equal(one, two) for one, two in zip(start, end.network.parameters(), strict=True)), "each parameter learns"
    assert Losses(experiment, CPU).total(end.losses) < at_start
    checkpoint: Checkpoint | None = None
    for stop in (1, 6, 9):
        checkpoint = at(stop, train(experiment, checkpoint)).checkpoint()
    assert last(train(experiment, checkpoint)).checkpoint().data == end.checkpoint().data


def test_the_learning_rate_follows_its_schedule() -> None:
    """Adam's step is at most about the learning rate: at the end of a cosine it is next to nothing."""

    def moved(experiment: Experiment, step: int) -> float:
        before = at(step - 1, train(experiment)).network
        after = at(step, train(experiment)).network
        return max((one - two).abs().max().item() for one, two in zip(before.parameters(), after.parameters(), strict=True))

    experiment = small("decay", steps=50, learning_rate=1e-2, schedule="cosine")
    assert 5e-3 < moved(experiment, 2) < 2e-2
    assert moved(experiment, 50) < 1e-4 < moved(small("decay", steps=50, learning_rate=1e-2), 50)


def test_training_with_hard_constraints_solves_the_equation() -> None:
    experiment = small("poisson", steps=300, width=16, points=200, learning_rate=1e-2, constraints="hard", precision="float32")
    end = last(train(experiment))
    assert end.losses[1:].tolist() == [0.0]
    points = torch.cartesian_prod(*[torch.linspace(0, 1, 21)] * 2)
    exact = torch.sin(torch.pi * points).prod(dim=1)
    assert (end.network(points)[:, 0] - exact).norm() < 0.02 * exact.norm()


def test_watching_changes_nothing() -> None:
    experiment = small("burgers", steps=25, resampling="every-step")
    unwatched = last(train(experiment)).checkpoint()
    display = Display(experiment, Losses(experiment, CPU), solved(experiment))
    for snapshot in train(experiment):
        display.frame(snapshot, np.zeros((snapshot.step, 4)), {})
        display.scores(snapshot)
        snapshot.checkpoint()
        assert snapshot.losses.isfinite().all()
        torch.rand(3)
    assert snapshot.checkpoint().data == unwatched.data


def test_a_run_ends_at_its_steps_or_its_seconds() -> None:
    assert [snapshot.step for snapshot in train(small(steps=5))] == [0, 1, 2, 3, 4, 5]
    end = last(train(small(steps=200_000, seconds=0.2)))
    assert 0.2 <= end.seconds < 2
    assert list(train(small(steps=5), last(train(small(steps=5))).checkpoint())) == []


@pytest.mark.parametrize("settings", [{}, {"engine": "jets", "optimiser": "lbfgs"}, {"engine": "autograd", "causality": 1.0}])
def test_losses_belong_to_the_weights_of_the_moment_and_the_next_step_computes_them_too(settings: dict[str, Any]) -> None:
    experiment = small("burgers", steps=6, **settings)
    snapshots = train(experiment)
    untrained = next(snapshots)
    assert untrained.before is None
    known = untrained.losses
    for snapshot in snapshots:
        torch.testing.assert_close(snapshot.before, known, rtol=1e-9, atol=1e-14)
        known = snapshot.losses
    assert not torch.equal(known, untrained.losses)


def test_a_training_that_goes_on_begins_with_the_step_after() -> None:
    experiment = small(steps=5)
    start = at(3, train(experiment)).checkpoint()
    assert [snapshot.step for snapshot in train(experiment, start)] == [4, 5]
    untrained = next(train(experiment)).checkpoint()
    assert last(train(experiment, untrained)).checkpoint().data == last(train(experiment)).checkpoint().data


def test_a_missing_device_is_an_error_and_never_another_device() -> None:
    missing = "cuda:15"
    with pytest.raises(RunError, match="cuda:15"):
        next(train(small(device=missing)))


def test_a_checkpoint_of_another_network_is_refused() -> None:
    checkpoint = last(train(small(width=8, steps=1))).checkpoint()
    with pytest.raises(RunError):
        restore(small(width=9, steps=1), checkpoint, CPU)


def test_a_restored_network_is_the_trained_one() -> None:
    experiment = small(steps=10)
    end = last(train(experiment))
    points = torch.linspace(0, 1, 5, dtype=torch.float64)[:, None]
    assert torch.equal(restore(experiment, end.checkpoint(), CPU)(points), end.network(points))


def test_equal_experiments_give_equal_results() -> None:
    def result(experiment: Experiment) -> bytes:
        return last(train(experiment)).checkpoint().data

    assert result(small(seed=1)) == result(small(seed=1)) != result(small(seed=2))


@pytest.mark.parametrize(("name", "constraints"), [("burgers", "hard"), ("kovasznay", "soft")])
def test_another_process_gives_the_same_bits(name: str, constraints: str) -> None:
    script = f"""
import hashlib
from core.running.process import prepare
from core.training.training import train
from tests.experiments import small
prepare()
*_, last = train(small({name!r}, constraints={constraints!r}, precision="float32", steps=5, width=16, points=60))
print(hashlib.sha256(last.checkpoint().data).hexdigest())
"""
    found = set()
    for seed in ("0", "1", "2"):  # of the order in which sets are walked
        environment = {**os.environ, "PYTHONHASHSEED": seed, "OMP_NUM_THREADS": "1"}
        done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, env=environment, capture_output=True, text=True, check=True)
        found.add(done.stdout)
    assert len(found) == 1
