"""The count of steps: whose steps are counted, and what the counts come to."""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn

from benchmarks import step_scaling
from benchmarks.steps import plain, tangente
from benchmarks.steps.contenders import CONTENDERS, PLAIN, usual
from benchmarks.steps.held import Held, Tell
from benchmarks.steps.page import MARKS, joined, limit, page, read, tables, write
from benchmarks.steps.points import Points, draw
from benchmarks.steps.process import Dropped, Process
from benchmarks.steps.turns import Record, order
from benchmarks.steps.workloads import WORKLOADS, operations
from core.experiment.experiment import HYPERPARAMETERS
from core.loss.losses import Losses
from core.loss.points import Points as Drawn
from core.network.building import build
from core.network.inputs import Scale
from core.ranges import Integer

ROOT = Path(__file__).parents[2]
CPU = torch.device("cpu")
PROBLEMS = {"A": "Burgers", "O": "the oscillator", "P": "Poisson"}


def test_the_limits_operations_counted_by_hand() -> None:
    inside = 2_000 * 4  # u, u_x, u_t, u_xx
    conditions = 3 * 100
    layers = 2 * 32 + 3 * 32 * 32 + 32 * 1
    assert operations(WORKLOADS["A"]) == 3 * 2 * layers * (inside + conditions) == 157_766_400
    assert operations(WORKLOADS["O"]) == 3 * 2 * (32 + 2 * 32 * 32 + 32) * (256 * 3 + 1 + 2)


@pytest.mark.parametrize("name", usual())
@pytest.mark.processes
def test_every_contender_takes_a_step(name: str) -> None:
    contender = CONTENDERS[name]
    if reason := contender.missing():
        pytest.skip(f"{name}: {reason}")
    process = Process(contender, "A", tiny=True)
    try:
        first, second = process.take(1), process.take(3)
    finally:
        process.end()
    assert math.isfinite(first.loss) and first.loss > 0 and second.loss != first.loss
    assert second.steps == 3 and second.seconds > 0 and second.processor > 0


@pytest.mark.parametrize("workload", PROBLEMS)
def test_plain_and_tangente_have_the_same_loss_at_the_same_weights(workload: str) -> None:
    chosen = WORKLOADS[workload].tiny()
    experiment = tangente.experiment(chosen)
    network, losses = build(experiment, CPU), Losses(experiment, CPU)
    points = losses.draws.at_step(0)
    ours = losses.total(losses.terms(network, points))
    weights = [condition.weight for condition in chosen.conditions]
    theirs = plain.LOSSES[chosen.problem](same(points), weights, chosen.weight)(copied(network, plain.network(chosen)))
    torch.testing.assert_close(theirs, ours, rtol=1e-4, atol=1e-5)


@pytest.mark.processes
def test_nested_gradients_and_taylor_mode_in_jax_have_the_same_losses() -> None:
    contenders = [CONTENDERS["jax nested"], CONTENDERS["jax taylor"]]
    if reason := contenders[0].missing():
        pytest.skip(reason)
    processes = [Process(contender, "P", tiny=True) for contender in contenders]
    try:
        losses = [process.take(3).loss for process in processes]
    finally:
        for process in processes:
            process.end()
    assert losses[0] == pytest.approx(losses[1], rel=1e-4)


def same(points: Drawn) -> Points:
    """Points of ours, as the plain loop takes them."""
    interior = torch.cat(list(points.interior.values()), dim=1).detach().numpy()
    edge = torch.cat(list(points.edge.values()), dim=1).detach().numpy()
    places = [next(iter(rows.at.values())) for rows in points.rows]
    return Points(interior, tuple(edge[place] for place in places))


def copied(ours: nn.Sequential, theirs: nn.Sequential) -> nn.Sequential:
    """The peer's network with the weights of ours, whose scaling of the coordinates goes into the first layer."""
    scale, *layers = ours
    first = theirs[0]
    assert isinstance(scale, Scale) and isinstance(first, nn.Linear)
    with torch.no_grad():
        for own, their in zip(layers, theirs, strict=True):
            their.load_state_dict(own.state_dict())
        first.bias.add_(first.weight @ scale.shift)
        first.weight *= scale.factor
    return theirs


@pytest.mark.parametrize("workload", WORKLOADS)
def test_points_are_as_many_as_asked_for_and_where_they_belong(workload: str) -> None:
    chosen = WORKLOADS[workload]
    points = draw(chosen)
    assert points.interior.shape == (chosen.points, len(chosen.low))
    assert [len(edge) for edge in points.edges] == [condition.points for condition in chosen.conditions]
    for part in [points.interior, *points.edges]:
        assert (part >= chosen.low).all() and (part <= chosen.high).all()
    for edge in points.edges:
        assert (np.isclose(edge, chosen.low) | np.isclose(edge, chosen.high)).any(axis=1).all()


def test_everyone_is_first_and_has_every_neighbour() -> None:
    rounds = [order(["a", "b", "c"], number) for number in range(6)]
    assert {names[0] for names in rounds} == {names[-1] for names in rounds} == {"a", "b", "c"}
    assert all(sorted(names) == ["a", "b", "c"] for names in rounds)


def test_a_frameworks_loop_is_held_between_turns() -> None:
    taken: list[int] = []

    def training(tell: Tell) -> None:
        for number in range(5):
            taken.append(number)
            tell(lambda: float(taken[-1]))

    held = Held(training)
    assert held(2) == 1.0 and taken == [0, 1]
    assert held(3) == 4.0
    with pytest.raises(RuntimeError, match="by itself"):
        held(1)


@pytest.mark.processes
def test_who_fails_says_why() -> None:
    process = Process(CONTENDERS["tangente"], "A", tiny=True)
    process._process.kill()
    with pytest.raises(Dropped, match="ended with code"):
        process.take(1)
    process.end()


def record(workload: str, **rates: list[float]) -> Record:
    found = Record(workload, WORKLOADS[workload].title, "A processor", operations=1_000, peak=1e6)
    found.rates = rates
    found.cores = dict.fromkeys(rates, 1.0) | {"jinns": 1.9}
    found.left_out = {"pina": "it is ill"}
    found.versions = {"torch": "2.13.0"}
    return found


RECORDS = [record("A", plain=[100.0, 110.0, 120.0], tangente=[200.0, 110.0, 360.0]), record("O", plain=[50.0], jinns=[75.0])]


def test_the_tables_tell_medians_ratios_and_shares() -> None:
    assert limit(RECORDS[0]) == 1_000
    text = tables(RECORDS)
    assert "| plain PyTorch loop | 110 | 50 |" in text and "| the limit | 1,000 | 1,000 |" in text
    assert "| Tangente | 2.00 (1.00 to 3.00) |  |" in text and "| jinns |  | 1.50 (1.50 to 1.50) |" in text
    assert "| Tangente | 20% |  |" in text and "- PINA: it is ill (A, O)" in text
    assert "jinns in A: 1.9" in text and "torch 2.13.0" in text and "1 or 3 rounds" in text


def test_without_the_plain_loop_nothing_is_compared() -> None:
    alone = record("A", tangente=[200.0])
    assert PLAIN not in alone.rates and "200" in tables([alone]) and "(200" not in tables([alone])


def test_records_are_kept_and_a_new_one_takes_the_place_of_an_old_one(tmp_path: Path) -> None:
    file = tmp_path / "kept.json"
    assert read(file) == []
    write(file, RECORDS)
    assert read(file) == RECORDS
    newer = record("A", plain=[1.0])
    assert joined(read(file), [newer]) == [newer, RECORDS[1]]


def test_the_page_keeps_what_is_written_by_hand() -> None:
    text = f"Above\n{MARKS[0]}\nold\n{MARKS[1]}\nbelow\n{step_scaling.MARKS[0]}\n{step_scaling.MARKS[1]}\nlast\n"
    made = page(text, MARKS, "new")
    assert made.startswith("Above\n") and "\nbelow\n" in made and "old" not in made and "new" in made
    assert page(made, MARKS, "new") == made
    assert "new" in page(made, step_scaling.MARKS, "scaled") and "\nlast\n" in page(made, step_scaling.MARKS, "scaled")


@pytest.mark.parametrize("text", ["", MARKS[0], f"{MARKS[1]} {MARKS[0]}"])
def test_a_page_without_the_marks_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="must hold"):
        page(text, MARKS, "new")


def test_the_documentation_holds_what_was_measured() -> None:
    text = (ROOT / "docs" / "speed.md").read_text(encoding="utf-8")
    assert page(text, MARKS, tables(read(ROOT / "benchmarks" / "step_rate.json"))) == text
    kept = json.loads((ROOT / "benchmarks" / "step_scaling.json").read_text(encoding="utf-8"))
    curves = [step_scaling.Curve(**item) for item in kept["curves"]]
    assert page(text, step_scaling.MARKS, step_scaling.written(curves, kept["machine"])) == text


def test_the_slope_is_the_power_of_the_size() -> None:
    assert step_scaling.slopes([1, 2, 8], [3.0, 6.0, 384.0]) == [None, pytest.approx(1), pytest.approx(3)]
    assert step_scaling.slopes([], []) == [] and step_scaling.slopes([5], [1.0]) == [None]


def test_points_grow_as_far_as_an_experiment_allows() -> None:
    known = HYPERPARAMETERS["points"].range
    assert isinstance(known, Integer) and step_scaling.SERIES["points"].sizes[-1] == min(known.high, step_scaling.MILLION)


@pytest.mark.parametrize("name", step_scaling.SERIES)
def test_every_size_of_a_series_is_an_experiment(name: str) -> None:
    series = step_scaling.SERIES[name]
    for size in series.sizes:
        experiment = step_scaling.experiment(name, size, tangente.engines()[0])
        assert getattr(experiment, name, experiment.bound.order) == size


def test_a_measurement_of_a_step() -> None:
    told = step_scaling.measure("order", 1, tangente.engines()[0])
    assert told["seconds"] > 0 and told["memory"] > 1e7


def test_what_ended_a_series_is_told() -> None:
    curves = [step_scaling.Curve("points", "jets", [100], [0.001], [3e8], [None], "316: more than 2 GB")]
    text = step_scaling.written(curves, "A processor")
    assert "| 100 | jets | 1.00 |  | 300 |" in text and "jets ended at 316: more than 2 GB." in text
    assert "a million points within 2 GB, jets: no" in text
    assert [trace.name for trace in step_scaling.figure(curves).data] == ["jets"]
