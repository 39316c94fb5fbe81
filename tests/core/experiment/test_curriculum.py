"""A curriculum: the values on the way, which are allowed, and trainings that follow it."""

from __future__ import annotations

import math
from collections import deque
from itertools import pairwise

import numpy as np
import pytest
import torch

from core.engines.objective import Objective
from core.errors import InputError
from core.experiment import curriculum
from core.experiment.checkpoint import Checkpoint
from core.experiment.experiment import Experiment
from core.experiment.making import experiment_from_json, experiment_of
from core.loss.losses import Losses
from core.loss.resampling import RULES
from core.network.building import build
from core.problem.problem import Problem
from core.problem.reading.reading import load, problem_from_table
from core.running.display import LIVE, Display
from core.training.training import Snapshot, train
from tests.experiments import small, solved

CPU = torch.device("cpu")


def last(experiment: Experiment, start: Checkpoint | None = None) -> Snapshot:
    return deque(train(experiment, start), maxlen=1).pop()


# Values.


def test_values_go_evenly_to_the_parameters_own() -> None:
    assert [curriculum.value(1.0, 5.0, phase) for phase in range(9)] == [1, 1.5, 2, 2.5, 3, 3.5, 4, 4.5, 5]
    assert [curriculum.value(1.0, -1.0, phase) for phase in (0, 4, 8)] == [1, 0, -1]


@pytest.mark.parametrize(("first", "own"), [(0.1, 0.1 / 3 / 17), (-1.0, -300.0), (0.002, 1.0)])
def test_values_that_are_far_apart_go_by_equal_factors(first: float, own: float) -> None:
    values = [curriculum.value(first, own, phase) for phase in range(9)]
    assert values[0] == first and values[-1] == own
    assert [after / before for before, after in pairwise(values)] == pytest.approx([(own / first) ** (1 / 8)] * 8)


def test_the_experiment_of_a_step_has_the_value_of_the_moment() -> None:
    experiment = small("convection", curriculum="beta from 14", steps=160)
    values = [dict(curriculum.at(experiment, step).values)["beta"] for step in (0, 9, 10, 39, 79, 80, 159)]
    assert values == [14, 14, 16, 20, 28, 30, 30]
    assert curriculum.at(experiment, 80) is experiment
    assert curriculum.at(small("convection"), 0).curriculum == "none"


def test_other_parameters_stay() -> None:
    experiment = small("damped-oscillator", curriculum="omega0 from 10", values={"delta": 3.0})
    assert dict(curriculum.at(experiment, 0).values) == {"delta": 3.0, "omega0": 10.0}


def test_without_steps_a_value_lasts_a_period() -> None:
    experiment = small("convection", curriculum="beta from 14", steps=None, seconds=5, period=3)
    assert [dict(curriculum.at(experiment, step).values)["beta"] for step in (0, 2, 3, 23, 24)] == [14, 14, 16, 28, 30]


def test_curricula_that_are_offered_are_allowed() -> None:
    for name in ("convection", "damped-oscillator", "burgers"):
        problem = load(name)
        offered = curriculum.usual(problem)
        assert offered[0] == "none" and len(offered) == 1 + 2 * len(problem.parameters)
        for text in offered:
            experiment = experiment_of(problem, settings={"curriculum": text, "constraints": "soft"})
            assert experiment.curriculum == text and experiment_from_json(experiment.to_json()) == experiment


# The objective.


def test_a_step_minimises_the_loss_of_its_value() -> None:
    experiment = small("convection", curriculum="beta from 14", steps=160)
    network = build(experiment, CPU)
    objective = Objective(network, Losses(experiment, CPU))
    for step, beta in ((0, 14.0), (9, 14.0), (10, 16.0), (79, 28.0), (80, 30.0)):
        objective.go_to(step)
        losses = Losses(small("convection", values={"beta": beta}), CPU)
        assert torch.equal(objective.jacobian()[2], losses.terms(network, losses.draws.at_step(0)).detach())
        torch.testing.assert_close(objective.descend()[1], losses.terms(network, losses.draws.at_step(0)), rtol=1e-12, atol=1e-14)
        assert torch.equal(Objective(network, Losses(experiment, CPU), step).descend()[1], objective.descend()[1])


def test_a_value_is_a_new_version_of_the_objective() -> None:
    losses = Losses(small("convection", curriculum="beta from 14", steps=160), CPU)
    assert [losses.draws.version(step) for step in (0, 9, 10, 79, 80, 159)] == [0, 0, 10, 70, 80, 80]
    assert losses.draws.asked_from == 80
    both = Losses(small("convection", curriculum="beta from 14", windows=3, steps=160), CPU)
    assert [both.draws.version(step) for step in (39, 40, 49, 50)] == [30, 40, 40, 50]


@pytest.mark.parametrize("rule", RULES)
def test_points_that_follow_the_residual_stay_when_the_value_changes(rule: str) -> None:
    experiment = small("convection", curriculum="beta from 14", steps=160, resampling=rule, period=15)
    objective = Objective(build(experiment, CPU), Losses(experiment, CPU))
    interior = []
    for step in range(31):
        objective.go_to(step)
        interior.append(objective.state()["interior"])
    changes = [step for step in range(1, 31) if not torch.equal(interior[step], interior[step - 1])]
    assert changes == [15, 30]


def test_what_is_shown_is_of_the_problem_that_is_asked() -> None:
    experiment = small("convection", curriculum="beta from 1", steps=200)
    plain = small("convection", steps=200)
    snapshot = next(train(experiment))
    shown, expected = (Display(item, Losses(item, CPU), solved(item)) for item in (experiment, plain))
    assert shown.scores(snapshot) == expected.scores(snapshot)
    one, two = (display._residual_arrays(snapshot.network, LIVE) for display in (shown, expected))
    assert one.keys() == two.keys() and all(np.array_equal(one[key], two[key]) for key in one)
    assert not torch.equal(snapshot.losses, next(train(plain)).losses)


# Refusals.


TABLE = {
    **{"coordinates": {"x": [0, 1]}, "unknowns": ["u"], "parameters": {"a": {"value": 2, "low": -2, "high": 3}, "k": 1}},
    **{"equations": ["u_x = k*u/a"], "conditions": ["u(0) = 1"]},
}


@pytest.mark.parametrize(
    ("problem", "text", "code", "words"),
    [
        (load("convection"), "bet from 1", "unknown-parameter-near", "did you mean beta"),
        (load("convection"), "wwwwww from 1", "unknown-parameter", "parameters are: beta"),
        (load("poisson"), "beta from 1", "no-parameters", "has no parameters"),
        (load("convection"), "beta from 41", "out-of-range", "beta must lie between 1 and 40"),
        (load("convection"), "beta from 0.5", "out-of-range", "got 0.5"),
        (load("convection"), "beta 1", "not-a-curriculum", "beta from 1"),
        (problem_from_table(TABLE), "a from -2", "curriculum-impossible", "leads a past 0"),
    ],
)
def test_what_cannot_be_is_refused_at_its_key(problem: Problem, text: str, code: str, words: str) -> None:
    with pytest.raises(InputError, match=words) as caught:
        experiment_of(problem, settings={"curriculum": text})
    assert (caught.value.code, caught.value.at.key) == (code, "training.curriculum")


def test_a_trial_function_that_depends_on_the_parameter_is_refused() -> None:
    problem = problem_from_table({**TABLE, "equations": ["u_x = k*u"], "conditions": ["u(0) = a"]})
    with pytest.raises(InputError, match="Choose soft constraints") as caught:
        experiment_of(problem, settings={"curriculum": "a from 1", "constraints": "hard"})
    assert (caught.value.code, caught.value.at.key) == ("curriculum-in-trial", "training.curriculum")
    experiment_of(problem, settings={"curriculum": "a from 1", "constraints": "soft"})
    experiment_of(problem, settings={"curriculum": "k from 0.5", "constraints": "hard"})


# Trainings.


@pytest.mark.parametrize("optimiser", ["adam", "lbfgs", "adam 7, ssbroyden 8, levenberg-marquardt"])
@pytest.mark.parametrize("resampling", ["fixed", "every-step", *RULES])
def test_resuming_gives_the_same_bits_as_not_stopping(resampling: str, optimiser: str) -> None:
    """Values change every second step until step 16, windows at 8 and 16, points every fifth."""
    settings = {"resampling": resampling, "period": 5, "points": 30, "windows": 3}
    experiment = small("burgers", curriculum="nu from 0.1", steps=32, optimiser=optimiser, **settings)
    whole = last(experiment).checkpoint()
    checkpoint: Checkpoint | None = None
    for stop in (1, 2, 5, 16):
        checkpoint = next(snapshot for snapshot in train(experiment, checkpoint) if snapshot.step == stop).checkpoint()
    assert last(experiment, checkpoint).checkpoint().data == whole.data


def test_a_phase_trains_as_a_run_of_its_value_does() -> None:
    experiment = small("heat", curriculum="alpha from 0.05", steps=160, constraints="hard")
    easier = small("heat", values={"alpha": 0.05}, steps=160, constraints="hard")
    pairs = zip(train(experiment), train(easier), strict=True)
    terms = [(one.before, two.before) for one, two in pairs]
    same = [torch.equal(one, two) for one, two in terms if one is not None and two is not None]
    assert same[:10] == [True] * 10 and not same[10]


def test_a_run_learns_the_problem_that_is_asked() -> None:
    experiment = small("decay", curriculum="lambda from 0.5", values={"lambda": 2.0}, optimiser="levenberg-marquardt", steps=60)
    scores = Display(experiment, Losses(experiment, CPU), solved(experiment)).scores(last(experiment))
    found = scores.relative_l2["u"]
    assert found is not None and math.isfinite(found) and found < 1e-5
