"""Continuations: runs that begin where another has come to, trained by the runner on a real store."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from core.derivatives.table import NATIVE
from core.engines import kernel
from core.errors import InputError
from core.experiment.continuation import varied
from core.experiment.experiment import Experiment
from core.running.runner import run
from core.store import Run, RunStore
from core.training.training import restore
from tests.experiments import small

CPU = torch.device("cpu")
ENGINES = ["autograd", "jets", NATIVE]
POINTS = {"burgers": torch.rand(20, 2, dtype=torch.float64), "decay": torch.linspace(0, 4, 9, dtype=torch.float64)[:, None]}


@pytest.fixture
def store(tmp_path: Path) -> Iterator[RunStore]:
    with closing(RunStore(str(tmp_path / "runs.db"))) as opened:
        yield opened


def train(store: RunStore, experiment: Experiment, **options: Any) -> Run:
    made = store.create(experiment, **options)
    run(store.url, made.id)
    return store.get(made.id)


def data(store: RunStore, made: Run) -> bytes:
    saved = store.checkpoint(made.id)
    assert saved is not None
    return saved.data


def weights(store: RunStore, made: Run) -> dict[str, torch.Tensor]:
    saved = store.checkpoint(made.id)
    assert saved is not None
    return dict(restore(made.experiment, saved, CPU).state_dict())


def same(one: dict[str, torch.Tensor], other: dict[str, torch.Tensor]) -> bool:
    return one.keys() == other.keys() and all(torch.equal(one[name], other[name]) for name in one)


def needed(engine: str) -> None:
    if engine == NATIVE and not kernel.sound("float64"):
        pytest.skip("the kernel does not work here")


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("constraints", ["soft", "hard"])
def test_training_on_with_nothing_changed_is_as_if_the_run_had_been_longer(store: RunStore, engine: str, constraints: str) -> None:
    needed(engine)
    experiment = small("burgers", steps=12, engine=engine, constraints=constraints)
    left = train(store, experiment, pause_at=5)
    child = train(store, varied(experiment, {"steps": 7}), parent=left.id)
    assert (child.status, child.step, child.before, child.parent, child.engine) == ("done", 7, 5, left.id, engine)
    whole = train(store, experiment)
    np.testing.assert_array_equal(store.losses(child.id), store.losses(whole.id)[5:])  # Adam's moments went along: no bump
    assert same(weights(store, child), weights(store, whole))


@pytest.mark.parametrize("engine", ENGINES)
def test_a_child_that_was_killed_goes_on_with_the_same_bits(store: RunStore, engine: str) -> None:
    needed(engine)
    parent = train(store, small("burgers", steps=5, engine=engine))
    other = varied(parent.experiment, {"learning_rate": 5e-3, "steps": 9})
    whole = train(store, other, parent=parent.id)
    parts = store.create(other, parent=parent.id)
    lease = store.lease(parts.id, "a worker that dies before its first checkpoint")
    assert lease is not None
    store.write_losses(lease, 1, np.ones((3, len(other.terms)), np.float32))
    expire(store, parts)
    for pause_at in (4, None):
        store.resume(parts.id, pause_at=pause_at)
        run(store.url, parts.id)
    assert data(store, parts) == data(store, whole)
    np.testing.assert_array_equal(store.losses(parts.id), store.losses(whole.id))


def expire(store: RunStore, made: Run) -> None:
    """End a run's lease now, as time would."""
    with closing(sqlite3.connect(store.url.removeprefix("sqlite:///"))) as connection, connection:
        connection.execute("UPDATE runs SET leased_until = 0 WHERE id = ?", [made.id])


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("method", ["levenberg-marquardt", "levenberg-marquardt-gain-ratio", "lbfgs", "ssbroyden", "adam 2, lbfgs"])
def test_another_method_sharpens_from_where_adam_is(store: RunStore, engine: str, method: str) -> None:
    needed(engine)
    parent = train(store, small("decay", steps=40, learning_rate=1e-2, engine=engine))
    child = train(store, small("decay", steps=6, optimiser=method, engine=engine), parent=parent.id)
    assert child.status == "done"
    first, last = store.losses(child.id)[[0, -1]].sum(1)
    assert first == pytest.approx(parent_loss(store, parent), rel=0.1)
    assert last < first


def parent_loss(store: RunStore, parent: Run) -> float:
    return float(store.losses(parent.id)[-1].sum())


@pytest.mark.parametrize("method", ["lbfgs", "ssbroyden", "levenberg-marquardt"])
def test_a_method_of_second_order_goes_on_with_what_it_has_learned(store: RunStore, method: str) -> None:
    experiment = small("decay", steps=8, optimiser=method)
    left = train(store, experiment, pause_at=4)
    child = train(store, varied(experiment, {"steps": 4}), parent=left.id)
    whole = train(store, experiment)
    np.testing.assert_allclose(store.losses(child.id), store.losses(whole.id)[4:], rtol=1e-5)


def test_a_parent_that_is_done_hands_on_its_best_weights_and_no_child_ends_with_worse(store: RunStore) -> None:
    parent = train(store, small(steps=60, optimiser="levenberg-marquardt"))
    best = weights(store, parent)
    spoilt = train(store, small(steps=3, learning_rate=0.1), parent=parent.id)
    assert spoilt.status == "done" and same(weights(store, spoilt), best)


def test_a_child_may_have_children_and_none_needs_its_parent(store: RunStore) -> None:
    parent = train(store, small(steps=5))
    child = train(store, varied(parent.experiment, {"steps": 6}), parent=parent.id)
    store.delete(parent.id)
    grandchild = store.create(varied(parent.experiment, {"optimiser": "lbfgs", "steps": 3}), parent=child.id, pause_at=1)
    store.delete(child.id)
    assert run(store.url, grandchild.id) == "paused"
    store.resume(grandchild.id)
    assert run(store.url, grandchild.id) == "done"
    assert (store.get(grandchild.id).before, store.get(grandchild.id).step) == (11, 3)


def test_points_that_follow_the_residual_and_weights_that_do_begin_with_the_network_that_was_handed_on(store: RunStore) -> None:
    settings = {"resampling": "adapt", "period": 3, "weighting": "gradient-norm", "causality": 1.0}
    parent = train(store, small("burgers", steps=5))
    experiment = small("burgers", steps=8, **settings)
    child = train(store, experiment, parent=parent.id)
    fresh = train(store, experiment)
    assert child.status == fresh.status == "done"
    assert store.losses(child.id)[0].sum() != store.losses(fresh.id)[0].sum()
    parts = store.create(experiment, parent=parent.id, pause_at=4)
    for _ in range(2):
        run(store.url, parts.id)
        store.resume(parts.id) if store.get(parts.id).status == "paused" else None
    assert data(store, parts) == data(store, child)


def test_another_precision_takes_the_weights_over(store: RunStore) -> None:
    parent = train(store, small(steps=20, precision="float32"))
    child = train(store, small(steps=5), parent=parent.id)
    assert child.status == "done"
    assert store.losses(child.id)[0].sum() == pytest.approx(parent_loss(store, parent), rel=0.1)


@pytest.mark.parametrize(
    ("settings", "name"),
    [({"depth": 3}, "depth"), ({"width": 9}, "width"), ({"features": 2}, "inputs"), ({"slopes": "adaptive"}, "slopes")],
)
def test_another_network_is_refused_with_what_differs(store: RunStore, settings: dict[str, Any], name: str) -> None:
    parent = store.create(small())
    with pytest.raises(InputError, match=name) as caught:
        store.create(small(**settings), parent=parent.id)
    assert caught.value.code == "other-network"
    assert len(store.runs()) == 1


def test_another_problem_of_the_same_shape_may_follow(store: RunStore) -> None:
    parent = train(store, small("decay", steps=5))
    child = train(store, small("decay", values={"lambda": 2.0}, steps=5), parent=parent.id)
    assert child.status == "done"
    with pytest.raises(InputError, match="unknowns"):
        store.create(small("lotka-volterra"), parent=parent.id)


def test_a_child_whose_beginning_is_lost_fails_rather_than_begin_untrained(store: RunStore) -> None:
    parent = train(store, small(steps=5))
    child = store.create(parent.experiment, parent=parent.id)
    with closing(sqlite3.connect(store.url.removeprefix("sqlite:///"))) as connection, connection:
        connection.execute("DELETE FROM checkpoints WHERE run = ?", [child.id])
    assert run(store.url, child.id) == "failed"
    error = store.get(child.id).error
    assert error is not None and error["code"] == "checkpoint-lost"


def test_a_continuation_is_found_by_what_determines_it(store: RunStore) -> None:
    parent = train(store, small(steps=9), pause_at=3)
    longer, slower = varied(parent.experiment, {"steps": 5}), varied(parent.experiment, {"learning_rate": 1e-4})
    child = store.create(longer, parent=parent.id)
    assert store.continuation(parent.id, longer) == child
    assert store.continuation(parent.id, slower) is None
    assert store.latest(longer.key) is None and child.key not in (parent.key, longer.key)
    store.resume(parent.id, pause_at=4)
    run(store.url, parent.id)
    assert store.continuation(parent.id, longer) is None  # the parent has gone on since


def test_until_it_has_a_picture_of_its_own_a_child_shows_its_parents(store: RunStore) -> None:
    parent = train(store, small(steps=5))
    child = store.create(parent.experiment, parent=parent.id, status="paused")
    shown, own = store.frame(parent.id), store.frame(child.id)
    assert shown is not None and own is not None and own[1] == shown[1]
    assert (child.status, child.step, child.version) == ("paused", 0, 1)


def test_a_run_without_a_step_hands_on_its_beginning(store: RunStore) -> None:
    experiment = small(steps=6)
    waiting = store.create(experiment)
    child = train(store, experiment, parent=waiting.id)
    assert (child.status, child.before) == ("done", 0)
    assert data(store, child) == data(store, train(store, experiment))


def test_varied_takes_what_suits_another_method_and_keeps_what_was_chosen() -> None:
    experiment = small("burgers", steps=77, patience=None)
    assert varied(experiment, {}) == experiment
    assert varied(experiment, {"learning_rate": 5e-3}).steps == 77
    sharp = varied(experiment, {"optimiser": "levenberg-marquardt"})
    assert (sharp.depth, sharp.width, sharp.resampling, sharp.precision) == (2, 8, "adapt", "float64")
    assert sharp.steps != 77
    assert varied(experiment, {"seconds": 2}).steps is None
