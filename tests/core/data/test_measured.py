"""Data of an experiment: made by the seed alone, with the noise that was asked for, and a share of them held out."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

from core.data.measured import Measured
from core.errors import InputError
from core.experiment.experiment import Experiment
from core.experiment.making import experiment_from_json, experiment_of
from core.loss.losses import Losses
from core.problem.measurements.data import WRITTEN_OUT
from core.problem.problem import Problem
from core.problem.reading.reading import problem_from_table


def of_function(text: str = "sin(3*x)", **data: Any) -> Problem:
    table = {"coordinates": {"x": [0, 3]}, "unknowns": ["u"], "parameters": {"a": 2}}
    return problem_from_table({**table, "data": {"function": {"u": text}, **data}})


def measured(experiment: Experiment) -> Measured:
    assert experiment.measured is not None
    return experiment.measured


def test_data_of_a_function_are_its_values_and_the_function_is_the_truth() -> None:
    problem = of_function("a*x^2", points=30)
    found = measured(experiment_of(problem, {"a": 3}))
    assert np.allclose(found.values, 3 * found.points**2) and found.points.min() >= 0 and found.points.max() <= 3
    assert problem.exact == {"u": "a*x^2"} and problem.kinds == ("regression",)
    assert problem_from_table(problem.table()) == problem


def test_noise_is_a_part_of_the_size_and_a_setting_may_change_it() -> None:
    problem = of_function(points=4000, noise=0.1)
    experiment = experiment_of(problem)
    assert (experiment.noise, experiment.validation) == (0.1, 0.2)
    found = measured(experiment)
    clean = np.sin(3 * found.points)
    assert np.std(found.values - clean) == pytest.approx(0.1 * np.sqrt(np.mean(clean**2)), rel=0.05)
    assert np.allclose(measured(experiment_of(problem, settings={"noise": 0})).values, clean)


def test_the_seed_alone_decides_on_points_noise_and_what_is_held_out() -> None:
    one, same, other = (measured(experiment_of(of_function(noise=0.1), settings={"seed": seed})) for seed in (1, 1, 2))
    assert np.array_equal(one.values, same.values) and np.array_equal(one.held, same.held)
    assert not np.array_equal(one.points, other.points)


@pytest.mark.parametrize(("share", "held"), [(0, 0), (0.2, 8), (0.9, 36)])
def test_what_is_held_out_is_not_learned(share: float, held: int) -> None:
    experiment = experiment_of(of_function(), settings={"validation": share})
    data = Losses(experiment, torch.device("cpu")).asked.data
    assert data is not None and len(data.all.points) == experiment.rows == 40 - held
    assert (0 if data.held is None else len(data.held.points)) == held
    kept = set(data.all.points.flatten().tolist())
    assert data.held is None or not kept & set(data.held.points.flatten().tolist())


def test_the_weights_that_are_kept_are_the_best_at_the_data_held_out() -> None:
    experiment = experiment_of(of_function(), settings={"optimiser": "adam"})
    losses = Losses(experiment, torch.device("cpu"))
    points = losses.draws.held_out()
    assert points.data is not None and losses.asked.data is not None and points.data is losses.asked.data.held


def test_many_rows_are_packed_and_read_again() -> None:
    x = np.linspace(0, 3, WRITTEN_OUT + 1)
    table = {"coordinates": {"x": [0, 3]}, "unknowns": ["u"]}
    problem = problem_from_table({**table, "data": {"columns": ["x", "u"], "rows": np.stack([x, x**2], axis=1).tolist()}})
    assert "packed" in problem.table()["data"] and problem_from_table(problem.table()) == problem
    experiment = experiment_of(problem)
    assert (experiment.optimiser, experiment.batch) == ("adam", 1000)
    assert experiment_from_json(experiment.to_json()).key == experiment.key


BAD: dict[str, tuple[dict[str, Any], str, str]] = {
    "no unknown": ({"function": {"w": "x"}}, "data-unknown-column", "problem.data.function.w"),
    "no expression": ({"function": {"u": "sin(3*"}}, "operand-missing", "problem.data.function.u"),
    "an unknown in it": ({"function": {"u": "u + 1"}}, "", "problem.data.function.u"),
    "no value": ({"function": {"u": "log(x - 2)"}}, "data-function-not-finite", "problem.data.function"),
    "nothing": ({"function": {}}, "empty", "problem.data.function"),
    "one point": ({"function": {"u": "x"}, "points": 1}, "out-of-range", "problem.data.points"),
    "half a point": ({"function": {"u": "x"}, "points": 2.5}, "out-of-range", "problem.data.points"),
    "ten million points": ({"function": {"u": "x"}, "points": 10**7}, "out-of-range", "problem.data.points"),
    "negative noise": ({"function": {"u": "x"}, "noise": -0.1}, "out-of-range", "problem.data.noise"),
    "a key that is none": ({"function": {"u": "x"}, "piont": 3}, "unknown-key-near", "problem.data.piont"),
    "packed nonsense": ({"columns": ["x", "u"], "packed": "nonsense!"}, "data-not-packed", "problem.data.packed"),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_data_are_refused_at_their_key(name: str) -> None:
    data, code, key = BAD[name]
    with pytest.raises(InputError) as caught:
        experiment_of(problem_from_table({"coordinates": {"x": [0, 3]}, "unknowns": ["u"], "data": data}))
    assert caught.value.at.key == key
    assert code in ("", caught.value.code)


def test_an_unknown_of_which_nothing_is_said_is_told() -> None:
    table = {"coordinates": {"x": [0, 1]}, "unknowns": ["u", "v"], "data": {"columns": ["x", "u"], "rows": [[0, 1], [1, 2]]}}
    with pytest.raises(InputError) as caught:
        problem_from_table(table)
    assert (caught.value.code, caught.value.at.key) == ("unmeasured-unknown", "problem.unknowns[2]")
