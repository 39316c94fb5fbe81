"""The engines against each other: the same training by each, timed in turns, and losses that agree."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator

import numpy as np
import pytest
import torch

from core.derivatives.jets import engine as jets
from core.derivatives.table import DIFFERENTIATORS, NATIVE
from core.errands.batch import Batch, Errand
from core.expressions import Derivative
from core.network.building import build
from core.network.columns import Columns
from core.why_pytorch import engine_rates
from core.why_pytorch.engine_rates import Contender
from core.why_pytorch.trainings import TRAININGS
from dashboard.why_pytorch import engines

ALL = (*DIFFERENTIATORS, NATIVE)


class Sleeper(Contender):
    """A contender that takes its time for a step, and much longer for one of them."""

    def __init__(self, seconds: float, slow: int = 0) -> None:
        self.step, self.taken = 0, self._taken(seconds, slow)

    def _taken(self, seconds: float, slow: int) -> Iterator[None]:
        while True:
            self.step += 1
            time.sleep(10 * seconds if self.step == slow else seconds)
            yield

    def seconds(self, count: int) -> float:
        begun = time.perf_counter()
        for _ in range(count):
            next(self.taken)
        return time.perf_counter() - begun


@pytest.mark.parametrize("name", TRAININGS)
def test_every_engine_takes_part_with_the_same_plain_training(name: str) -> None:
    training = TRAININGS[name]
    assert engine_rates.engines(training) == ALL
    for engine in ALL:
        experiment = training.experiment(engine)
        assert (experiment.problem.name, experiment.engine, experiment.steps) == (name, engine, None)
        assert (experiment.depth, experiment.width, experiment.points) == (training.depth, training.width, training.points)
        assert (experiment.constraints, experiment.optimiser, experiment.precision) == ("soft", "adam", "float32")
        assert experiment.resampling == "fixed"


@pytest.mark.parametrize("name", TRAININGS)
def test_a_measurement_tells_who_how_fast_and_how_far_apart(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    rates = engine_rates.measure(TRAININGS[name], seconds=0.0, block=0.02, steps=20)
    contenders, *results, verdict = (json.loads(line) for line in capsys.readouterr().out.splitlines())
    assert contenders == {"event": "contenders", "problem": name, "engines": list(ALL), "steps": 20}
    assert [(event["event"], event["turn"]) for event in results] == [("result", turn) for turn in range(1, engine_rates.LEAST + 1)]
    assert (verdict["event"], verdict["problem"], verdict["steps"], verdict["same"]) == ("verdict", name, 20, True)
    for event in (*results, verdict):
        assert event["rates"].keys() == event["ratios"].keys() == set(ALL)
        assert all(rate > 0 for rate in event["rates"].values())
        assert event["ratios"] == {name: pytest.approx(rate / event["rates"]["autograd"]) for name, rate in event["rates"].items()}
    assert results[-1]["rates"] == verdict["rates"] == rates
    assert verdict["differences"].keys() == {"jets", "native"} and all(0 <= found < 1e-4 for found in verdict["differences"].values())


def test_losses_fall_and_count_each_term_by_its_weight() -> None:
    experiment = TRAININGS["damped-oscillator"].experiment("jets")
    losses = Contender(experiment).losses(100)
    assert losses.shape == (100,) and losses[-1] < losses[0]
    weights = dict(experiment.weights)
    assert weights["equation-1"] < weights["condition-1"] and losses[0] < 100  # the equation alone is some ten thousand


def test_the_median_of_the_turns_counts() -> None:
    told: list[int] = []
    contenders = {"autograd": Sleeper(0.02, slow=9), "jets": Sleeper(0.01)}
    rates = engine_rates.timed(contenders, 0.02, 0.4, lambda turn, _rates: told.append(turn))
    assert told == [*range(1, len(told) + 1)] and engine_rates.LEAST <= len(told) <= engine_rates.MOST
    assert rates["autograd"] == pytest.approx(50, rel=0.3) and rates["jets"] == pytest.approx(100, rel=0.3)


def test_a_budget_is_kept_and_turns_are_limited() -> None:
    def turns(budget: float) -> int:
        told: list[int] = []
        engine_rates.timed({"autograd": Sleeper(0.001)}, 0.001, budget, lambda turn, _rates: told.append(turn))
        return len(told)

    assert turns(0.0) == engine_rates.LEAST and turns(9.0) == engine_rates.MOST


def test_differences_are_the_largest_and_relative() -> None:
    losses = {"autograd": np.array([2.0, 1e-3]), "jets": np.array([2.0, 1.1e-3]), "native": np.array([1.9, 1e-3])}
    assert engine_rates.differences(losses) == {"jets": pytest.approx(0.1), "native": pytest.approx(0.05)}


def test_losses_that_differ_are_not_called_the_same(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(engine_rates, "differences", lambda losses: {"jets": 1e-7, "native": 0.02})
    engine_rates.measure(TRAININGS["damped-oscillator"], seconds=0.0, block=0.01, steps=2)
    assert json.loads(capsys.readouterr().out.splitlines()[-1])["same"] is False


def test_where_the_native_step_is_not_possible_the_others_are_measured(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("core.engines.native_step.suits", lambda network: False)
    assert engine_rates.measure(TRAININGS["damped-oscillator"], seconds=0.0, block=0.01, steps=2).keys() == set(DIFFERENTIATORS)
    assert json.loads(capsys.readouterr().out.splitlines()[0])["engines"] == list(DIFFERENTIATORS)


def test_the_errand_measures_in_time() -> None:
    batch = Batch(engines._errands("damped-oscillator"))
    batch.wait(120)
    told = [event["event"] for event in batch.events()]
    assert told == ["started", "contenders", *["result"] * told.count("result"), "verdict", "ended", "over"]
    assert engine_rates.LEAST <= told.count("result") <= engine_rates.MOST


def test_a_problem_that_there_is_not_is_refused() -> None:
    assert engines._errands("__import__('os')") == []
    batch = Batch([Errand("torch", "core.why_pytorch.engine_rates", ("heat",))])
    batch.wait(60)
    (failed,) = [event for event in batch.events() if event["event"] == "failed"]
    assert failed["code"] == "errand-crashed" and "invalid choice" in failed["complained"]


def test_the_code_that_is_shown_gives_the_same_derivatives() -> None:
    network = build(TRAININGS["burgers"].experiment("jets"), torch.device("cpu"))
    found = []
    for code in (engines.NESTED, engines.JETS):
        x, t = torch.rand(2, 20, 1, generator=torch.Generator().manual_seed(0))
        names = {"torch": torch, "jets": jets, "Columns": Columns, "Derivative": Derivative, "network": network, "x": x, "t": t}
        exec(code, names)
        found.append(torch.cat([names[name] for name in ("u", "u_t", "u_x", "u_xx")], dim=1).detach())  # type: ignore[misc]
    torch.testing.assert_close(found[1], found[0], rtol=1e-4, atol=1e-4)
