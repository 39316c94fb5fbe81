"""Minibatches of data: every row once in an epoch, another order in the next, and the same bits however often a run is resumed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from core.experiment.experiment import Experiment
from core.experiment.making import experiment_of
from core.loss.minibatches import DataRows, Minibatches
from core.problem.reading.reading import problem_from_table
from core.training.training import Snapshot, train
from tests.experiments import small

COUNT = 23
PLAIN = problem_from_table(
    {"coordinates": {"x": [0, 3]}, "unknowns": ["u"], "data": {"function": {"u": "sin(3*x)"}, "points": 40, "noise": 0.1}}
)
BESIDE = problem_from_table(
    {
        "coordinates": {"t": [0, 1]},
        "unknowns": ["u"],
        "equations": ["u_t = -u"],
        "data": {"columns": ["t", "u"], "rows": [[t / 20, 2 - t / 20] for t in range(21)]},
    }
)


def batches(size: int, seed: int = 3) -> Minibatches:
    numbers = torch.arange(COUNT, dtype=torch.float64)[:, None]
    return Minibatches(DataRows(numbers, 10 * numbers), size, seed)


@given(st.integers(1, COUNT - 1), st.integers(0, 200), st.integers(0, 2**31 - 1))
@settings(max_examples=60, deadline=None)
def test_a_step_has_the_batch_that_it_has_in_turn_wherever_one_begins(size: int, start: int, seed: int) -> None:
    turn, anywhere = batches(size, seed), batches(size, seed)
    inturn = [turn.at_step(step) for step in range(start + 4)][start:]
    for step, expected in enumerate(inturn, start):
        found = anywhere.at_step(step)
        assert torch.equal(found.points, expected.points) and torch.equal(found.values, 10 * found.points)


@given(st.integers(1, COUNT - 1), st.integers(0, 5))
@settings(max_examples=30, deadline=None)
def test_an_epoch_sees_no_row_twice_and_the_next_has_another_order(size: int, epoch: int) -> None:
    each = COUNT // size
    found = batches(size)
    seen = [torch.cat([found.at_step(number * each + step).points for step in range(each)]) for number in (epoch, epoch + 1)]
    assert all(len(rows.unique()) == each * size for rows in seen)
    assert not torch.equal(*seen)


def test_batches_take_no_random_numbers_from_the_training() -> None:
    torch.manual_seed(5)
    expected = torch.rand(4)
    torch.manual_seed(5)
    batches(4).at_step(0)
    assert torch.equal(torch.rand(4), expected)


def of_data(**changes: Any) -> Experiment:
    return small(**{"problem": PLAIN, "batch_size": 8, "steps": 14, "precision": "float32", **changes})


def final(snapshots: Iterator[Snapshot]) -> bytes:
    *_, last = snapshots
    return last.checkpoint().data


@pytest.mark.parametrize("engine", ["autograd", "jets", "native"])
@pytest.mark.parametrize(
    "changes",
    [{}, {"problem": BESIDE}, {"problem": BESIDE, "resampling": "adapt", "period": 5}, {"optimiser": "adam 7, lbfgs"}],
    ids=["alone", "beside an equation", "points that follow", "a method after Adam"],
)
def test_a_run_goes_on_bit_for_bit_from_any_step_of_an_epoch(engine: str, changes: dict[str, Any]) -> None:
    experiment = of_data(engine=engine, **changes)
    expected = final(train(experiment))
    for stop in range(1, 14):
        kept = next(snapshot.checkpoint() for snapshot in train(experiment) if snapshot.step == stop)
        assert final(train(experiment, kept)) == expected, stop


def test_a_checkpoint_keeps_nothing_of_the_order() -> None:
    sizes = {len(final(train(of_data(batch_size=size)))) for size in (0, 8)}
    assert len(sizes) == 1


def test_engines_agree_on_batches() -> None:
    found = []
    for engine in ("autograd", "jets", "native"):
        *_, last = train(of_data(engine=engine, precision="float64"))
        found.append(torch.cat([weights.flatten() for weights in last.network.parameters()]))
    assert all(torch.allclose(found[0], other, rtol=1e-9, atol=1e-12) for other in found[1:])


@pytest.mark.parametrize("size", [32, 40, 1000])
def test_a_batch_as_large_as_the_data_is_all_of_them_and_a_larger_one_is_told(size: int) -> None:
    experiment = of_data(batch_size=size)
    assert experiment.batch is None and experiment.key == of_data(batch_size=0).key
    assert [warning.code for warning in experiment.warnings] == ([] if size == 32 else ["batch-too-large"])


def test_all_is_a_word_for_the_whole_set() -> None:
    assert of_data(batch_size="all").batch_size == 0


def test_a_method_that_is_not_chosen_is_one_that_takes_batches() -> None:
    assert experiment_of(PLAIN).optimiser == "levenberg-marquardt"
    assert experiment_of(PLAIN, settings={"batch_size": 8}).optimiser == "adam"


def test_where_the_run_is_stopped_its_loss_was_that_of_its_own_batch() -> None:
    experiment = of_data()
    inturn = [snapshot.before for snapshot in train(experiment)]
    kept = next(snapshot.checkpoint() for snapshot in train(experiment) if snapshot.step == 5)
    first = next(train(experiment, kept))
    assert first.step == 6 and first.before is not None and inturn[6] is not None and torch.equal(first.before, inturn[6])
