"""Windows of time: where the points lie, which problems allow them, and trainings that march."""

from __future__ import annotations

from collections import deque
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from core.engines.objective import Objective
from core.errors import InputError
from core.experiment import marching
from core.experiment.checkpoint import Checkpoint
from core.experiment.experiment import Experiment
from core.experiment.making import experiment_from_json, experiment_of
from core.experiment.phases import Phases
from core.loss.losses import Losses
from core.loss.points import Points
from core.loss.resampling import RULES
from core.network.building import build
from core.optimisers.table import OPTIMISERS
from core.problem.problem import Problem
from core.problem.reading.reading import load, problem_from_table
from core.training.training import Snapshot, train
from tests.experiments import small

CPU = torch.device("cpu")


def last(experiment: Experiment, start: Checkpoint | None = None) -> Snapshot:
    return deque(train(experiment, start), maxlen=1).pop()


def ends(points: Points) -> tuple[float, float]:
    """The latest times of the interior's and of the conditions' points."""
    return points.interior["t"].max().item(), points.edge["t"].max().item()


# Phases.


def test_phases_share_the_first_half_of_the_steps() -> None:
    phases = Phases(4, steps=60, period=5)
    assert [phases.at(step) for step in (0, 9, 10, 19, 20, 29, 30, 59, 1000)] == [0, 0, 1, 1, 2, 2, 3, 3, 3]


def test_without_steps_phases_last_a_period() -> None:
    phases = Phases(4, steps=None, period=5)
    assert [phases.at(step) for step in (0, 4, 5, 10, 15, 1000)] == [0, 0, 1, 2, 3, 3]


@pytest.mark.parametrize("steps", [None, 1, 2, 7, 60, 61, 1000])
@pytest.mark.parametrize("count", [1, 2, 9, 32])
def test_a_phase_begins_with_the_first_of_its_steps(count: int, steps: int | None) -> None:
    phases = Phases(count, steps, period=3)
    found = [phases.at(step) for step in range(steps or 120)]
    assert found == sorted(found) and found[0] == 0 and found[-1] <= count - 1
    assert [phases.begin(phase) for phase in found] == [found.index(phase) for phase in found]


# Windows.


def test_one_window_changes_nothing() -> None:
    experiment = small("burgers")
    assert marching.high(experiment, 0) == experiment.bound.high
    assert Losses(experiment, CPU).draws.version(29) == 0


def test_windows_grow_until_they_have_all_of_the_time() -> None:
    experiment = small("kdv-cosine", windows=4, steps=60)
    low, high = experiment.bound.low, experiment.bound.high
    found = [marching.high(experiment, step) for step in (0, 10, 20, 30, 59)]
    assert [item[0] for item in found] == [high[0]] * 5
    assert [item[1] for item in found] == pytest.approx([low[1] + share * (high[1] - low[1]) for share in (0.25, 0.5, 0.75, 1, 1)])
    assert found[-1] == high


def test_points_lie_in_the_window_and_fill_it() -> None:
    experiment = small("burgers", windows=4, steps=60, points=200, condition_points=200)
    losses = Losses(experiment, CPU)
    for step, end in ((0, 0.25), (12, 0.5), (29, 0.75), (30, 1.0)):
        points = losses.draws.at_step(step)
        assert all(0.95 * end < latest <= end for latest in ends(points))
        assert points.interior["x"].min() < -0.95 and points.interior["x"].max() > 0.95
        start, *sides = points.rows
        assert not start.base["t"].any() and all(rows.base["t"].max() > 0.9 * end for rows in sides)


@pytest.mark.parametrize("resampling", ["fixed", "every-step", *RULES])
def test_points_follow_the_windows_whatever_the_resampling(resampling: str) -> None:
    """Windows end at steps 10, 20 and 30; points are drawn anew at 7, 14, 21 …"""
    experiment = small("burgers", windows=4, steps=60, resampling=resampling, period=7)
    objective = Objective(build(experiment, CPU), Losses(experiment, CPU))
    for step in range(60):
        objective.go_to(step)
        window = min(step // 10 + 1, 4) / 4
        assert all(latest <= window for latest in ends(objective._points))
        assert ends(objective._points)[0] > window - 0.25, "the newest part of the time has points"


def test_a_window_is_a_new_version_of_the_objective() -> None:
    losses = Losses(small("burgers", windows=4, steps=60), CPU)
    versions = [losses.draws.version(step) for step in range(60)]
    assert versions == [*[0] * 10, *[10] * 10, *[20] * 10, *[30] * 30]
    both = Losses(small("burgers", windows=4, steps=60, resampling="adapt", period=15), CPU)
    assert [both.draws.version(step) for step in (0, 10, 15, 20, 29, 30, 44, 45)] == [0, 10, 15, 20, 20, 30, 30, 45]


def test_an_objective_that_settles_may_end_a_run_and_none_before() -> None:
    losses = Losses(small("burgers", windows=4, steps=60), CPU)
    assert losses.draws.asked_from == 30
    assert Losses(small("burgers"), CPU).draws.asked_from == 0


class Stalled:
    """A method that never finds better weights."""

    def __init__(self, network: nn.Module, experiment: Experiment) -> None:
        self.stalled = False

    def step(self, objective: Objective, learning_rate: float) -> Tensor:
        self.stalled = True
        return objective.descend()[1].detach()

    def state(self) -> dict[str, Tensor]:
        return {"stalled": torch.tensor(self.stalled)}

    def load(self, state: dict[str, Tensor]) -> None:
        self.stalled = bool(state["stalled"])


@pytest.mark.parametrize(
    ("settings", "steps"),
    [({}, 1), ({"windows": 4}, 31), ({"curriculum": "nu from 0.1"}, 31), ({"windows": 4, "resampling": "adapt"}, 60)],
    ids=["one window", "windows", "curriculum", "other points"],
)
def test_a_method_that_stalls_waits_for_what_is_asked(settings: dict[str, Any], steps: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """The last phase begins with step 30, counted from 0."""
    monkeypatch.setitem(OPTIMISERS, "adam", Stalled)
    experiment = small("burgers", steps=60, **settings)
    snapshots = [snapshot.checkpoint() for snapshot in train(experiment) if snapshot.step > 0]
    assert len(snapshots) == steps
    assert all(last(experiment, start).step == steps for start in snapshots[26:-1])


# Which problems.


def stated(**changes: Any) -> Problem:
    table = {
        **{"coordinates": {"x": [0, 1], "t": [1, 2]}, "unknowns": ["u"], "equations": ["u_t = u_xx"]},
        **{"conditions": ["u(x, 1) = sin(pi*x)", "u(boundary) = 0"]},
    }
    return problem_from_table({**table, **changes})


@pytest.mark.parametrize(
    "problem",
    [*(load(name) for name in ("burgers", "convection", "wave", "schrodinger", "lorenz", "pendulum", "taylor-green")), stated()],
    ids=lambda problem: problem.name or "stated",
)
def test_problems_that_begin_allow_windows(problem: Problem) -> None:
    experiment = experiment_of(problem, settings={"windows": 3})
    assert experiment_from_json(experiment.to_json()) == experiment


@pytest.mark.parametrize(
    ("problem", "code", "words"),
    [
        (load("poisson"), "windows-without-time", "no coordinate t"),
        (load("beam"), "windows-without-time", "no coordinate t"),
        (stated(conditions=["u(x, 2) = sin(pi*x)", "u(boundary) = 0"]), "windows-later-condition", "condition 1, `u(x, 2) = sin(pi*x)`"),
        (stated(conditions=["u(boundary) = 0", "u(x, 1) = u(x, 2)"]), "windows-later-condition", "at t = 2"),
        (stated(conditions=["u(boundary) = 0"]), "windows-without-start", "at t = 1"),
    ],
)
def test_problems_that_do_not_are_refused(problem: Problem, code: str, words: str) -> None:
    with pytest.raises(InputError, match=words.replace("(", r"\(").replace(")", r"\)").replace("*", r"\*")) as caught:
        experiment_of(problem, settings={"windows": 2})
    assert (caught.value.code, caught.value.at.key) == (code, "training.windows")
    experiment_of(problem, settings={"windows": 1})


# Trainings.


@pytest.mark.parametrize("constraints", ["soft", "hard"])
@pytest.mark.parametrize("optimiser", ["adam", "lbfgs", "adam 5, ssbroyden 5, levenberg-marquardt"])
@pytest.mark.parametrize("resampling", ["fixed", "every-step", *RULES])
def test_resuming_gives_the_same_bits_as_not_stopping(resampling: str, optimiser: str, constraints: str) -> None:
    """Windows begin at steps 4, 8 and 12."""
    settings = {"resampling": resampling, "period": 5, "constraints": constraints, "points": 30}
    experiment = small("burgers", windows=4, steps=24, optimiser=optimiser, **settings)
    whole = last(experiment).checkpoint()
    checkpoint: Checkpoint | None = None
    for stop in (3, 4, 5, 12):
        checkpoint = next(snapshot for snapshot in train(experiment, checkpoint) if snapshot.step == stop).checkpoint()
    assert last(experiment, checkpoint).checkpoint().data == whole.data


def test_the_first_window_sees_nothing_of_the_rest() -> None:
    """The first window's weights are those of a problem whose time ends with it, but for the scaling of the inputs."""
    table = load("decay").table()
    whole = problem_from_table(
        {**table, "coordinates": {"t": [0, 4]}, "equations": ["u_t + lambda*u*(1 + max(t - 2, 0)) = 0"], "exact": {}}
    )
    half = problem_from_table({**whole.table(), "equations": ["u_t + lambda*u = 0"]})
    settings = {"steps": 40, "windows": 2, "precision": "float64", "points": 20, "width": 8}
    first, second = ([snapshot.before for snapshot in train(experiment_of(problem, settings=settings))] for problem in (whole, half))
    same = [one is not None and two is not None and torch.equal(one, two) for one, two in zip(first[1:], second[1:], strict=True)]
    assert same[:20] == [True] * 20 and not same[20]


def test_what_is_measured_is_measured_in_every_window() -> None:
    data = {"columns": ["t", "u"], "rows": [[0.1, 0.9], [0.9, 0.4]]}
    problem = problem_from_table({**load("decay").table(), "data": data})
    losses = Losses(experiment_of(problem, settings={"windows": 4}), CPU)
    network = build(losses.experiment, CPU)
    found = [losses.terms(network, losses.draws.at_step(step))[-1].item() for step in (0, 1999)]
    assert found[0] == found[1] > 0
