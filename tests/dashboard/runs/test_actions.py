"""What a run's buttons do, pressed on a page, with a real store, and the test in the workers' place."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from core.experiment.continuation import varied
from core.store import Lease, Run, RunStore
from core.training.training import train
from dashboard.runs import actions
from dashboard.server import services, watchers
from tests.dashboard.runs.stage import Visitor, visitors
from tests.experiments import small

Make = Callable[[str], Visitor]
EXPERIMENT = small(steps=30)
OTHER = small(steps=30, depth=3)
TRAINS = {"toggle", "step", "stop", "over", "forget"}


class Workers:
    """A cluster of `count` workers that notes what is submitted, and plays the workers when told to."""

    problem = None

    def __init__(self, store: RunStore, count: int = 9) -> None:
        self.store, self.count = store, count
        self.submitted: list[str] = []
        self.leases: dict[str, Lease] = {}

    def submit(self, run_id: str, interactive: bool = True) -> None:
        self.submitted.append(run_id)

    def lacking(self, run_id: str) -> int:
        known = self.store.working()
        training = [run for run in known if run.status == "running" and run.pause_at is None]
        waiting = [run.id for run in known if run.status == "queued"]
        return max(0, waiting.index(run_id) + 1 - max(0, self.count - len(training)))

    def begin(self, run: Run, steps: int = 0) -> None:
        """Take a run up, and train it for some steps with a checkpoint at their end."""
        lease = self.store.lease(run.id, "test")
        assert lease is not None
        for snapshot in train(run.experiment, self.store.checkpoint(run.id)):
            if snapshot.step >= steps:
                break
        if steps:
            saved = snapshot.checkpoint()
            self.store.write_checkpoint(lease, saved.step, saved.seconds, saved.data)
            self.store.progress(lease, saved.step, saved.seconds, "jets")
        self.leases[run.id] = lease

    def end(self, run: Run, status: str, step: int) -> None:
        """Have a run that was begun end."""
        scores = {"loss": 1e-3, "losses": {}, "relative_l2": {"u": 1e-2}, "max_error": {"u": 2e-2}}
        self.store.finish(self.leases.pop(run.id), status, step=step, seconds=9.0, **scores)


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[RunStore]:
    made = RunStore(f"sqlite:///{tmp_path / 'runs.db'}")
    monkeypatch.setenv("TANGENTE_STORE", made.url)
    monkeypatch.setattr("core.store.for_workers.LEASE", 600.0)  # nobody renews one here
    yield made
    made.close()


@pytest.fixture
def workers(store: RunStore, monkeypatch: pytest.MonkeyPatch) -> Workers:
    made = Workers(store)
    monkeypatch.setattr(actions, "cluster", lambda: made)
    monkeypatch.setattr(services, "cluster", lambda: made)
    return made


@pytest.fixture
def visitor(store: RunStore, workers: Workers, monkeypatch: pytest.MonkeyPatch) -> Make:
    return visitors(store, monkeypatch)


# One button trains and pauses.


def test_train_and_pause_are_one_button(visitor: Make, store: RunStore, workers: Workers) -> None:
    ada = visitor("ada").open(EXPERIMENT)
    assert ada.enabled == {"toggle", "step"}
    ada.press("toggle")
    assert (ada.shown.status, ada.shown.visitor) == ("queued", "ada") and ada.enabled == TRAINS
    ada.press("toggle")
    assert ada.shown.status == "paused" and ada.enabled == {*TRAINS, "on"}
    ada.press("toggle")
    assert ada.shown.status == "queued"
    workers.begin(ada.shown, 3)
    ada.look().press("toggle")
    assert store.get(ada.shown.id).pause_at == 0
    workers.end(ada.shown, "paused", 3)
    ada.look().press("stop")
    assert ada.shown.status == "stopped" and "stop" not in ada.enabled
    assert len(store.runs()) == 1


def test_one_step_pauses_ones_own_run_and_then_goes_on_by_one(visitor: Make, workers: Workers) -> None:
    ada = visitor("ada").open(EXPERIMENT).press("toggle")
    workers.begin(ada.shown, 3)
    ada.look().press("step")
    assert ada.shown.pause_at == 0
    workers.end(ada.shown, "paused", 3)
    ada.look().press("step")
    assert (ada.shown.status, ada.shown.pause_at) == ("queued", 4)


# Whose run it is.


@pytest.mark.parametrize(("button", "status"), [("toggle", "paused"), ("stop", "stopped"), ("step", "queued")])
@pytest.mark.parametrize("steps", [0, 4])
def test_nobody_pauses_another_visitors_run_but_gets_a_continuation(
    visitor: Make, store: RunStore, workers: Workers, button: str, status: str, steps: int
) -> None:
    ada, bob = visitor("ada").open(EXPERIMENT).press("toggle"), visitor("bob").open(EXPERIMENT)
    workers.begin(ada.shown, steps)
    assert bob.look().shown.id == ada.shown.id  # both watch one run
    bob.press(button)
    own, theirs = bob.shown, ada.look().shown
    assert (theirs.status, theirs.pause_at, theirs.visitor) == ("running", None, "ada")
    assert (own.status, own.visitor, own.parent, own.before) == (status, "bob", theirs.id, steps)
    assert own.pause_at == (1 if button == "step" else None)
    assert workers.submitted == [theirs.id] + ([own.id] if button == "step" else [])
    assert bob.reload().shown.id == own.id and ada.reload().shown.id == theirs.id


def test_who_presses_train_on_what_another_trains_watches_it(visitor: Make, store: RunStore) -> None:
    ada, bob = visitor("ada").open(EXPERIMENT), visitor("bob").open(EXPERIMENT)
    ada.press("toggle")
    bob.press("toggle")
    assert bob.shown.id == ada.shown.id and len(store.runs()) == 1


def test_what_another_has_left_half_way_is_gone_on_with_by_whoever_asks(visitor: Make, store: RunStore) -> None:
    ada, bob = visitor("ada").open(EXPERIMENT).press("toggle").press("toggle"), visitor("bob").open(EXPERIMENT)
    assert bob.shown.status == "paused" and bob.enabled == {"toggle", "step", "over", "on"}  # neither stop nor forget
    bob.press("toggle")
    assert (bob.shown.id, bob.shown.status, bob.shown.visitor) == (ada.shown.id, "queued", "bob")


def test_a_result_is_shown_before_what_another_has_left_half_way(visitor: Make, store: RunStore, workers: Workers) -> None:
    ada, bob = visitor("ada").open(EXPERIMENT).press("toggle"), visitor("bob").open(EXPERIMENT)
    workers.begin(ada.shown, 3)
    workers.end(ada.shown, "done", 30)
    bob.look().press("over").press("step")
    workers.begin(bob.shown, 1)
    workers.end(bob.shown, "paused", 1)
    assert visitor("eve").open(EXPERIMENT).shown.id == ada.shown.id
    assert bob.look().shown.status == "paused"
    assert visitor("bob").open(EXPERIMENT).shown.id == bob.shown.id


# Start over, forget.


def test_start_over_lasts_until_the_settings_change(visitor: Make, workers: Workers) -> None:
    ada = visitor("ada").open(EXPERIMENT).press("toggle")
    first = ada.shown
    workers.begin(first, 3)
    workers.end(first, "done", 30)
    ada.look().press("over")
    assert ada.run is None and ada.app.query_params["run"] in ("none", ["none"])
    assert ada.reload().run is None and ada.look().run is None
    assert ada.set(OTHER).run is None and "run" not in ada.app.query_params
    assert ada.set(EXPERIMENT).shown.id == first.id
    ada.press("over").press("toggle")
    assert ada.shown.id != first.id and ada.shown.parent is None


def test_the_empty_stage_trains_afresh_though_the_same_still_trains(visitor: Make) -> None:
    ada = visitor("ada").open(EXPERIMENT).press("toggle")
    first = ada.shown.id
    ada.press("over").press("toggle")
    assert ada.shown.id != first


def test_forget_deletes_ones_own_run_and_its_children_stay(visitor: Make, store: RunStore, workers: Workers) -> None:
    ada, bob = visitor("ada").open(EXPERIMENT).press("toggle"), visitor("bob").open(EXPERIMENT)
    first = ada.shown
    workers.begin(first, 3)
    workers.end(first, "done", 30)
    assert "forget" not in bob.look().enabled
    ada.look().press("on")
    child = ada.shown
    ada.press("over")
    ada = visitor("ada").open(EXPERIMENT, run=first.id).press("forget")
    assert ada.run is None and ada.reload().run is None
    assert [run.id for run in store.runs()] == [child.id] and store.checkpoint(child.id) is not None
    bob = bob.open(EXPERIMENT, run=first.id)
    assert bob.run is None and first.id.replace("_", "\\_") in bob.app.error[0].value
    assert not bob.look().app.error


def test_what_nobody_in_particular_trained_may_be_forgotten(visitor: Make, store: RunStore, workers: Workers) -> None:
    made = store.create(EXPERIMENT)
    ada = visitor("ada").open(EXPERIMENT)
    assert "forget" not in ada.enabled  # it is about to train
    workers.begin(made, 1)
    workers.end(made, "done", 30)
    ada.look().press("forget")
    assert store.runs() == []


# Train on.


def test_train_on_makes_a_child_once_and_the_address_keeps_it(visitor: Make, store: RunStore, workers: Workers) -> None:
    ada = visitor("ada").open(EXPERIMENT).press("toggle")
    parent = ada.shown
    workers.begin(parent, 5)
    workers.end(parent, "done", 30)
    ada.look().press("on")
    child = ada.shown
    assert (child.parent, child.before, child.visitor, child.experiment) == (parent.id, 5, "ada", EXPERIMENT)
    assert workers.submitted == [parent.id, child.id] and ada.reload().shown.id == child.id
    eve = visitor("eve").open(EXPERIMENT)
    assert eve.shown.id == parent.id  # a continuation is not what the settings alone ask for
    eve.press("on")
    assert eve.shown.id == child.id and len(store.runs()) == 2


def test_a_change_of_settings_can_go_on_from_what_was_shown_before(visitor: Make, store: RunStore, workers: Workers) -> None:
    ada = visitor("ada").open(EXPERIMENT).press("toggle")
    parent = ada.shown
    workers.begin(parent, 5)
    workers.end(parent, "paused", 5)
    slower = varied(EXPERIMENT, {"learning_rate": 1e-4})
    ada.set(slower).press("on")
    assert (ada.shown.parent, ada.shown.experiment) == (parent.id, slower)
    assert "on" not in ada.set(OTHER).enabled  # another network
    assert ada.set(EXPERIMENT).shown.id == parent.id


def test_a_continuation_that_cannot_be_is_told(visitor: Make, store: RunStore) -> None:
    ada = visitor("ada").open(EXPERIMENT).press("toggle").press("toggle")
    ada.set(small(steps=30, learning_rate=1e-4))
    store.delete(store.runs()[0].id)
    ada.press("on")
    assert "There is no run" in ada.app.error[0].value


# Stepping aside.


def test_runs_that_were_left_step_aside_for_the_one_asked_for_now(visitor: Make, store: RunStore, workers: Workers) -> None:
    workers.count = 2
    ada = visitor("ada").open(small(seed=1)).press("toggle")
    workers.begin(ada.shown)
    ada.set(small(seed=2)).press("toggle")
    workers.begin(ada.shown)
    assert all(run.pause_at is None for run in store.runs())  # two workers for two runs
    patient = store.create(small(seed=9), interactive=False, visitor="ada")
    ada.set(small(seed=3)).press("toggle")
    ada.set(small(seed=4)).press("toggle")
    fourth, third, _, second, first = store.runs()
    assert (first.status, first.pause_at, second.status, second.pause_at) == ("running", 0, "running", None)
    assert (third.status, fourth.status, store.get(patient.id).status) == ("paused", "queued", "queued")


def test_a_run_that_others_look_at_does_not_step_aside(visitor: Make, store: RunStore, workers: Workers) -> None:
    workers.count = 1
    ada = visitor("ada").open(small(seed=1)).press("toggle")
    shared = ada.shown
    workers.begin(shared)
    watchers.saw(shared.id, "bob")
    ada.set(small(seed=2)).press("toggle")
    assert store.get(shared.id).pause_at is None
    elsewhere = visitor("ada").open(small(seed=3))  # another tab, to which the second run is not one that it has left
    watchers.saw(ada.shown.id, "ada")
    elsewhere.press("toggle")
    assert store.get(ada.shown.id).status == "queued"


def test_another_visitors_run_never_steps_aside(visitor: Make, store: RunStore, workers: Workers) -> None:
    workers.count = 1
    ada = visitor("ada").open(small(seed=1)).press("toggle")
    workers.begin(ada.shown)
    visitor("bob").open(small(seed=2)).press("toggle")
    assert ada.shown.pause_at is None
