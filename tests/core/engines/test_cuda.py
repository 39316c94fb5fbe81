"""Trainings on an NVIDIA GPU against the same on the processor: every problem, method, engine and choice."""

from __future__ import annotations

from collections import deque
from typing import Any

import numpy as np
import pytest
import torch

from core.diagnosis.measuring import checked
from core.experiment.checkpoint import Checkpoint
from core.experiment.choices import (
    ACTIVATION_CHOICES,
    ARCHITECTURE_CHOICES,
    CONSTRAINT_CHOICES,
    FACTORISATION_CHOICES,
    OPTIMISER_CHOICES,
    RESAMPLING_CHOICES,
    SLOPE_CHOICES,
    WEIGHTING_CHOICES,
)
from core.experiment.experiment import Experiment
from core.loss.losses import Losses
from core.problem.reading.reading import library
from core.running.display import Display
from core.store.frames import unpack
from core.training.training import Snapshot, train
from tests.experiments import small

pytestmark = pytest.mark.skipif(not torch.cuda.is_available(), reason="needs CUDA")

GPU = "cuda:0"
CHOICES: list[dict[str, Any]] = [
    *({"activation": name} for name in ACTIVATION_CHOICES),
    *({"architecture": name} for name in ARCHITECTURE_CHOICES),
    *({"factorisation": name} for name in FACTORISATION_CHOICES),
    *({"slopes": name} for name in SLOPE_CHOICES),
    *({"constraints": name} for name in CONSTRAINT_CHOICES),
    *({"resampling": name, "period": 5} for name in RESAMPLING_CHOICES),
    *({"weighting": name, "period": 5} for name in WEIGHTING_CHOICES),
    {"features": 4},
    {"causality": 1.0},
    {"windows": 3},
]


def losses(experiment: Experiment, start: Checkpoint | None = None) -> torch.Tensor:
    """The terms before every step, (steps, terms)."""
    found = [snapshot.before for snapshot in train(experiment, start)]
    return torch.stack([terms.cpu().double() for terms in found if terms is not None])


def last(experiment: Experiment) -> Snapshot:
    return deque(train(experiment), maxlen=1).pop()


def same_on_both(problem: str, **settings: Any) -> None:
    there, here = (losses(small(problem, device=device, **settings)) for device in (GPU, "cpu"))
    torch.testing.assert_close(there, here, rtol=1e-6, atol=1e-9)


@pytest.mark.parametrize("engine", ["autograd", "jets"])
@pytest.mark.parametrize("problem", library())
def test_every_problem_trains_as_on_the_processor(problem: str, engine: str) -> None:
    same_on_both(problem, engine=engine, steps=8)


@pytest.mark.parametrize("settings", CHOICES, ids=str)
def test_every_choice_trains_as_on_the_processor(settings: dict[str, Any]) -> None:
    same_on_both("burgers", steps=12, **settings)


@pytest.mark.parametrize("method", OPTIMISER_CHOICES)
def test_every_method_goes_down_and_can_be_resumed_on_the_processor(method: str) -> None:
    experiment = small("burgers", device=GPU, optimiser=method, steps=12)
    of_steps = losses(experiment)
    assert of_steps[-1].sum() < of_steps[0].sum()
    begun = small("burgers", device=GPU, optimiser=method, steps=6)
    onward = losses(small("burgers", optimiser=method, steps=12), last(begun).checkpoint())
    torch.testing.assert_close(onward, of_steps[6:], rtol=1e-4, atol=1e-8)


@pytest.mark.parametrize("precision", ["float32", "float64"])
def test_what_is_shown_of_a_run_is_that_of_the_processor(precision: str) -> None:
    frames = []
    for device in (GPU, "cpu"):
        experiment = small("burgers", device=device, precision=precision, steps=5)
        of = Losses(experiment, torch.device(device))
        snapshot = last(experiment)
        frames.append(unpack(Display(experiment, of, lambda: None).frame(snapshot, snapshot.losses[None].cpu().numpy(), {}))[1])
    assert frames[0].keys() == frames[1].keys()
    for name, array in frames[0].items():
        np.testing.assert_allclose(array, frames[1][name], rtol=1e-3, atol=1e-4, err_msg=name)


def test_a_run_is_diagnosed_as_on_the_processor() -> None:
    experiments = [small("burgers", device=device) for device in (GPU, "cpu")]
    there, here = (checked(experiment, last(experiment).checkpoint()) for experiment in experiments)
    assert there is not None and here is not None
    assert (there.at_points, there.unmet, there.spread) == pytest.approx((here.at_points, here.unmet, here.spread), rel=1e-4)


def test_a_million_points_fit() -> None:
    torch.cuda.reset_peak_memory_stats()
    last(small("burgers", device=GPU, points=1_000_000, steps=2, depth=4, width=32, precision="float32"))
    assert torch.cuda.max_memory_allocated() < 2e9
