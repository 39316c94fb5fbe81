"""Settings that do nothing: no part of a key, and of no consequence for the result."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from core.experiment.uses import USES, idle
from core.problem.reading.reading import problem_from_table
from core.training.training import train
from tests.experiments import small

WAVE = problem_from_table({"coordinates": {"x": [0, 1]}, "unknowns": ["u"], "data": {"function": {"u": "sin(6*x)"}, "points": 20}})
"""Data alone."""
LM: dict[str, Any] = {"optimiser": "levenberg-marquardt", "steps": 3}
IDLE = {
    "learning_rate": (LM, 1e-3, 2e-2),
    "schedule": (LM, "constant", "cosine"),
    "period": ({"steps": 12}, 3, 7),
    "batch_size": ({**LM, "problem": WAVE}, 4, 8),
    "validation": ({"steps": 3}, 0.1, 0.3),
    "noise": ({"steps": 3}, 0.1, 0.3),
    "points": ({"problem": WAVE, "steps": 3}, 30, 50),
    "sampling": ({"problem": WAVE, "steps": 3}, "sobol", "uniform"),
    "resampling": ({"problem": WAVE, "steps": 12, "period": 5}, "fixed", "adapt"),
}
"""Setting → the other settings beside which it does nothing, and two values of it."""
SWITCHED = tuple(name for name in IDLE if USES[name].switch)


def test_each_is_tried_here() -> None:
    assert IDLE.keys() == USES.keys()


@pytest.mark.parametrize("name", IDLE)
def test_a_setting_that_does_nothing_changes_neither_key_nor_weights(name: str) -> None:
    beside, *values = IDLE[name]
    experiments = [small(**{"problem": "decay", **beside, name: value}) for value in values]
    assert all(name in idle(experiment.settings, experiment.problem) for experiment in experiments)
    assert len({experiment.key for experiment in experiments}) == 1
    first, second = ([weights.clone() for weights in list(train(one))[-1].network.parameters()] for one in experiments)
    assert all(torch.equal(one, other) for one, other in zip(first, second, strict=True))


@pytest.mark.parametrize("name", SWITCHED)
def test_what_is_offered_makes_it_count(name: str) -> None:
    beside, *values = IDLE[name]
    used = [small(**{"problem": "decay", **beside, **USES[name].switch, name: value}) for value in values]
    assert not any(name in idle(experiment.settings, experiment.problem) for experiment in used)
    assert used[0].key != used[1].key


@pytest.mark.parametrize("settings", [{"weighting": "ntk"}, {"causality": 1.0}, {"windows": 2, "steps": None, "seconds": 1.0}])
def test_the_period_counts_where_weights_or_phases_follow_it(settings: dict[str, Any]) -> None:
    assert "period" not in unused("heat", **settings)
    assert "period" in unused("heat")
    assert "period" in unused("heat", windows=2), "phases share the steps where these are known"


def test_adams_stage_before_another_method_uses_the_learning_rate() -> None:
    assert "learning_rate" not in unused("decay", optimiser="adam 10, lbfgs")


def unused(problem: str, **settings: Any) -> tuple[str, ...]:
    experiment = small(problem, **settings)
    return idle(experiment.settings, experiment.problem)
