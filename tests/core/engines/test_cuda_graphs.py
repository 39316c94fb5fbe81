"""Steps recorded as CUDA graphs against steps taken one by one."""

import pytest
import torch

from core.engines import cuda_graphs
from core.experiment.choices import OPTIMISER_CHOICES
from core.experiment.experiment import Experiment
from core.training.training import train
from tests.experiments import small

pytestmark = pytest.mark.skipif(not torch.cuda.is_available(), reason="needs CUDA")


def losses(experiment: Experiment) -> list[torch.Tensor]:
    """The terms before every step, (terms,) each."""
    return [snapshot.before.cpu() for snapshot in train(experiment) if snapshot.before is not None]


@pytest.mark.parametrize("engine", ["autograd", "jets"])
@pytest.mark.parametrize("resampling", ["fixed", "adapt"])
@pytest.mark.parametrize("schedule", ["constant", "cosine"])
def test_recorded_steps_are_those_taken_one_by_one(resampling: str, schedule: str, engine: str, monkeypatch: pytest.MonkeyPatch) -> None:
    experiment = small("burgers", device="cuda:0", steps=40, period=20, resampling=resampling, schedule=schedule, engine=engine)
    recorded = losses(experiment)
    monkeypatch.setattr(cuda_graphs, "WARM", 1000)
    torch.testing.assert_close(recorded, losses(experiment), rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("method", OPTIMISER_CHOICES)
def test_every_method_is_recorded_and_takes_the_same_steps(
    method: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    experiment = small("burgers", device="cuda:0", optimiser=method, steps=10)
    recorded = losses(experiment)
    assert "could not be recorded" not in caplog.text
    monkeypatch.setattr(cuda_graphs, "WARM", 1000)
    torch.testing.assert_close(recorded, losses(experiment), rtol=1e-6, atol=1e-10)


@pytest.mark.parametrize("weighting", ["fixed", "residual-attention"])
@pytest.mark.parametrize("resampling", ["every-step", "adapt", "add"])
@pytest.mark.parametrize("method", ["lbfgs", "levenberg-marquardt", "adam 9, lbfgs 3, adam"])
def test_recorded_steps_take_new_points_weights_and_stages(
    method: str, resampling: str, weighting: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    experiment = small("burgers", device="cuda:0", optimiser=method, steps=20, period=6, resampling=resampling, weighting=weighting)
    recorded = losses(experiment)
    monkeypatch.setattr(cuda_graphs, "WARM", 1000)
    torch.testing.assert_close(recorded, losses(experiment), rtol=1e-6, atol=1e-10)


def test_a_recorded_run_can_be_resumed() -> None:
    experiment = small("burgers", device="cuda:0", steps=30)
    whole = list(train(experiment))
    *_, last = train(experiment, list(train(small("burgers", device="cuda:0", steps=15)))[-1].checkpoint())
    torch.testing.assert_close(last.before, whole[-1].before, rtol=1e-9, atol=1e-12)
