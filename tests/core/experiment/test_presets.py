"""Presets: whole settings for every problem, with which every network can be trained."""

from __future__ import annotations

import hashlib
import json
from itertools import product
from typing import Any

import pytest

from core.errors import InputError
from core.experiment import presets
from core.experiment.choices import OPTIMISER_CHOICES, STATE
from core.experiment.experiment import CUSPS, HYPERPARAMETERS, LATER, NUMERICS, Experiment
from core.experiment.making import experiment_of
from core.experiment.presets import FAILING, PRESETS, SHARP, WATCH
from core.experiment.recipes import MARQUARDT
from core.problem.binding import content
from core.problem.reading.reading import FOLDER, library, load, problem_from_toml
from core.ranges import Integer

NETWORKS = ("decay", "lotka-volterra", "burgers", "poisson", "taylor-green")
"""An ordinary equation, a system, one in time, a steady one and one of three coordinates."""


SIZES = list(product(range(1, 11), range(4, 257, 7)))
"""Depths and widths, from the smallest to the largest."""


@pytest.mark.parametrize("preset", [WATCH, SHARP])
@pytest.mark.parametrize("name", NETWORKS)
def test_every_network_can_be_trained_by_every_preset(name: str, preset: str) -> None:
    problem, limits = load(name), (HYPERPARAMETERS["depth"].range, HYPERPARAMETERS["width"].range)
    assert [(range.low, range.high) for range in limits if isinstance(range, Integer)] == [(1, 10), (4, 256)]
    for depth, width in SIZES:
        experiment = experiment_of(problem, {}, {"depth": depth, "width": width}, preset=preset)
        assert (experiment.depth, experiment.width) == (depth, width)
        numbers = max(OPTIMISER_CHOICES[stage.method].vectors for stage in experiment.stages) * experiment.parameters
        assert numbers * 8 <= STATE, "its checkpoints can be kept"


def test_a_method_that_suits_also_suits_many_points() -> None:
    experiment = experiment_of(load("decay"), {}, {"points": 1_000_000})
    assert experiment.points == 1_000_000 and MARQUARDT not in experiment.optimiser


@pytest.mark.parametrize(("optimiser", "code"), [("levenberg-marquardt", "network-too-large"), ("lbfgs", "state-too-large")])
def test_a_method_that_was_chosen_is_never_replaced(optimiser: str, code: str) -> None:
    with pytest.raises(InputError) as caught:
        experiment_of(load("decay"), {}, {"optimiser": optimiser, "width": 256, "depth": 10})
    assert (caught.value.code, caught.value.at.key) == (code, "training.optimiser")


@pytest.mark.parametrize("name", library())
def test_watch_is_adam_and_sharp_the_recipe(name: str) -> None:
    problem = load(name)
    watch = experiment_of(problem, preset=WATCH)
    assert (watch.optimiser, watch.precision) == ("adam", "float32")
    for key, value in problem.watch.items():
        assert key == "weights" or getattr(watch, key) == value
    assert experiment_of(problem, preset=SHARP).key == experiment_of(problem).key


def test_with_auto_watch_keeps_its_network_and_takes_the_method_of_sharp() -> None:
    heat = load("heat")
    watch, auto = experiment_of(heat, preset=WATCH), experiment_of(heat, {}, {"optimiser": "auto"}, preset=WATCH)
    same = experiment_of(heat, {}, {"depth": watch.depth, "width": watch.width})
    assert auto.key == same.key != watch.key


def test_only_problems_with_a_lesson_have_the_preset_that_fails() -> None:
    assert presets.known(load("decay")) == (WATCH, SHARP)
    assert presets.known(load("wave")) == tuple(PRESETS)
    with pytest.raises(InputError) as caught:
        experiment_of(load("decay"), preset=FAILING)
    assert caught.value.code == "no-such-preset"
    with pytest.raises(InputError) as caught:
        experiment_of(load("decay"), preset="wach")
    assert caught.value.values["near"] == "watch"


def test_a_table_of_unknown_settings_is_refused() -> None:
    problem = problem_from_toml((FOLDER / "decay.toml").read_text(encoding="utf-8") + "\n[watch]\ndpeth = 2\n")
    assert experiment_of(problem).depth == 3
    with pytest.raises(InputError, match="dpeth"):
        experiment_of(problem, preset=WATCH)


# Keys.


def key_with_every_setting(experiment: Experiment) -> str:
    """The key as it was when settings that do nothing were a part of it, and those that came later were not there."""
    parts: dict[str, Any] = {
        "numerics": NUMERICS,
        "problem": content(experiment.problem),
        "values": dict(experiment.values),
        "weights": dict(experiment.weights),
        **{name: getattr(experiment, name) for name in HYPERPARAMETERS if name not in LATER},
        **({"cusps": CUSPS} if experiment.cusps else {}),
    }
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


@pytest.mark.parametrize("name", library())
def test_results_of_before_are_found(name: str) -> None:
    problem = load(name)
    given: list[dict[str, Any]] = [{}, {"width": 128}, {"resampling": "fixed"}, *({"optimiser": method} for method in OPTIMISER_CHOICES)]
    if problem.data is not None:
        pytest.skip("there were none before")
    experiments = [experiment_of(problem, {}, settings) for settings in given]
    experiments += [experiment_of(problem, preset=FAILING)] if problem.failure else []
    for experiment in experiments:
        assert experiment.key == key_with_every_setting(experiment)
