"""Several seeds of one experiment: trained by real workers, read from a real store, on the command line and on the page."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from core.experiment.experiment import Experiment
from core.experiment.making import experiment_from_toml, experiment_of
from core.problem.reading.reading import load, problem_from_table
from core.store import Device, Run, RunStore, moments
from core.store.frames import pack, unpack
from core.store.moments import Moment
from core.studies import seeds
from core.studies.spread import by_seconds, by_step
from core.workers.cluster import Cluster
from dashboard.runs import actions
from dashboard.server import services
from tests.core.workers.test_cluster import WARM, until
from tests.experiments import small

ROOT = Path(__file__).resolve().parents[3]
QUICK = {"depth": "2", "width": "8", "points": "40", "condition_points": "10", "steps": "60", "learning_rate": "0.01"}
OFF = problem_from_table(
    {"coordinates": {"t": [0, 1]}, "unknowns": ["u"], "equations": ["u_t = log(u - 100)"], "conditions": ["u(0) = 1"], "reference": "none"}
)
"""A problem whose training diverges at its first step."""


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """Two warm workers."""
    made = Cluster(f"sqlite:///{tmp_path_factory.mktemp('seeds') / 'runs.db'}", workers=2)
    made.start()
    until(lambda: made.workers == 2, WARM)
    yield made
    made.close()


@pytest.fixture
def store(tmp_path: Path) -> RunStore:
    made = RunStore(f"sqlite:///{tmp_path / 'runs.db'}")
    made.publish_devices("worker-1", [Device("cpu", "a processor", "worker-1")])
    return made


def trained(cluster: Cluster, experiments: tuple[Experiment, ...]) -> list[Run]:
    """Each experiment's run, once all have ended."""
    made = [cluster.store.create(experiment, interactive=False) for experiment in experiments]
    for run in made:
        cluster.submit(run.id, interactive=False)
    until(lambda: all(cluster.store.get(run.id).status in ("done", "diverged", "failed") for run in made))
    return [cluster.store.get(run.id) for run in made]


def finished(
    store: RunStore,
    experiment: Experiment,
    status: str = "done",
    error: float | None = 0.01,
    steps: int = 4,
    found: float | None = None,
    doubt: str | None = None,
) -> Run:
    """A run that ends like that, with the loss 1/s at step s and a second a step."""
    run = store.create(experiment)
    lease = store.lease(run.id, "test")
    assert lease is not None
    share = sum(weight for _, weight in experiment.weights)
    rows = np.repeat(1 / np.maximum(np.arange(0.0, steps + 1), 1)[:, None], len(experiment.weights), axis=1) / share
    store.write_losses(lease, 1, rows)
    grid, scores = np.linspace(0, 1, 5), {"u": error}
    for step in (0, 1, steps):
        header = {"step": step, "seconds": float(step), "loss": 1 / max(step, 1), "losses": {}, "relative_l2": scores, "max_error": scores}
        arrays = {"axis.t": grid, "solution.u": grid + experiment.seed}
        store.write_moments(lease, [Moment(step, None, moments.pack(header, {"solution.u": arrays["solution.u"]}))])
        store.write_frame(lease, pack(header, arrays))
    result: dict[str, Any] = {"loss": 1 / steps, "losses": {}, "relative_l2": scores, "max_error": scores}
    bare = {"value": found, "low": None, "high": None, "doubt": doubt}
    result["estimates"] = {item.name: bare for item in experiment.problem.estimates} if found is not None else None
    store.finish(lease, status, step=steps, seconds=float(steps), **result)
    return store.get(run.id)


# The experiments.


def test_seeds_follow_the_experiments_own() -> None:
    experiment = small(seed=7)
    several = seeds.experiments(experiment, 4)
    assert [one.seed for one in several] == [7, 8, 9, 10]
    assert several[0].key == experiment.key and len({one.key for one in several}) == 4
    assert {one.to_toml().replace(f"seed = {one.seed}", "") for one in several} == {experiment.to_toml().replace("seed = 7", "")}
    assert experiment_from_toml(several[2].to_toml()).key == several[2].key


def test_at_the_end_of_the_range_they_are_the_last() -> None:
    last = 2**31 - 1
    assert [one.seed for one in seeds.experiments(small(seed=last), 3)] == [last - 2, last - 1, last]


# What they come to.


def test_an_outcome_is_median_spread_and_failures(store: RunStore) -> None:
    several = seeds.experiments(small(), 5)
    errors = [0.01, 0.3, 0.02, 0.1, 0.05]
    runs = [finished(store, one, error=error) for one, error in zip(several, errors, strict=True)]
    found = seeds.outcome(runs)
    assert found is not None and found.error is not None
    assert (found.count, found.failed) == (5, 1)
    assert [float(value) for value in vars(found.error).values()] == pytest.approx([0.01, 0.02, 0.05, 0.1, 0.3])
    assert float(found.loss.median) == 0.25


def test_who_diverged_is_infinitely_wrong_and_who_is_stopped_says_nothing(store: RunStore) -> None:
    several = seeds.experiments(small(), 5)
    runs = [finished(store, one, status, error) for one, status, error in zip(several, ENDS, [0.01, 0.02, None, None, 0.5], strict=True)]
    found = seeds.outcome(runs)
    assert found is not None and found.error is not None
    assert (found.count, found.failed) == (4, 2)
    assert float(found.error.low) == 0.01 and math.isinf(found.error.median) and math.isinf(found.loss.high)
    assert seeds.outcome(runs[4:]) is None and seeds.outcome([]) is None
    unscored = seeds.outcome([finished(store, several[0], error=None)])
    assert unscored is not None and unscored.error is None and unscored.failed == 0


ENDS = ("done", "done", "diverged", "diverged", "stopped")


def test_constants_are_those_that_done_runs_found(store: RunStore) -> None:
    known = seeds.experiments(experiment_of(load("inverse-decay"), {}, {"steps": 4}), 5)
    runs = [finished(store, one, found=value) for one, value in zip(known, (0.5, 0.7, 0.4), strict=False)]
    runs += [finished(store, known[3], "diverged", found=9.0), finished(store, known[4], "stopped", found=9.0)]
    outcome, without = seeds.outcome(runs), seeds.outcome(runs[3:])
    assert outcome and outcome.constants.keys() == {"lambda", "u0"}
    for one in outcome.constants.values():
        assert one.count == 3 and one.doubted == 0 and one.spread
        assert [float(value) for value in (one.spread.low, one.spread.median, one.spread.high)] == [0.4, 0.5, 0.7]
    assert without and without.constants == {}


def test_runs_that_are_stuck_at_one_value_do_not_agree(store: RunStore) -> None:
    known = seeds.experiments(experiment_of(load("inverse-decay"), {}, {"steps": 4}), 4)
    stuck = [finished(store, one, found=1.0, doubt="undetermined") for one in known[:3]]
    outcome = seeds.outcome(stuck)
    assert outcome and outcome.constants["lambda"] == seeds.Sought(0, 3, None)
    outcome = seeds.outcome([*stuck, finished(store, known[3], found=0.5)])
    assert outcome and (outcome.constants["lambda"].count, outcome.constants["lambda"].doubted) == (1, 3)


def test_a_course_has_every_step_and_the_seconds_between_moments(store: RunStore) -> None:
    run = finished(store, small(), steps=100)
    course = seeds.history(store, run)
    assert course.loss.x.tolist() == list(range(1, 101))
    assert course.loss.y == pytest.approx(1 / course.loss.x, rel=1e-6)
    assert course.loss_in_seconds.x == pytest.approx(course.loss.x)  # a second a step
    assert course.error.x.tolist() == [1, 100] and course.error.y == pytest.approx([0.01, 0.01])
    assert course.error_in_seconds.x.tolist() == [1, 100]


def test_a_run_that_waits_has_no_course(store: RunStore) -> None:
    course = seeds.history(store, store.create(small()))
    assert [len(series.x) for series in vars(course).values()] == [0, 0, 0, 0]


# With real workers.


@pytest.mark.processes
def test_workers_train_seeds_and_the_bands_hold_what_they_wrote(cluster: Cluster) -> None:
    store = cluster.store
    runs = trained(cluster, seeds.experiments(small(steps=60), 3))
    assert [run.status for run in runs] == ["done"] * 3
    courses = [seeds.history(store, run) for run in runs]
    losses = np.stack([store.losses(run.id).astype(np.float64).sum(axis=1) for run in runs])  # (3, 61), all weights 1
    band = by_step([course.loss for course in courses])
    drawn = losses[:, band.x.astype(int)]
    assert band.x[0] == 1 and band.x[-1] == 60
    assert band.spread.median == pytest.approx(np.median(drawn, axis=0)) and band.spread.high == pytest.approx(drawn.max(axis=0))
    errors = by_step([course.error for course in courses])
    found = seeds.outcome(runs)
    assert found is not None and found.error is not None
    assert errors.x[-1] == 60 and errors.spread.median[-1] == pytest.approx(float(found.error.median), rel=1e-6)
    timed = by_seconds([course.loss_in_seconds for course in courses])
    assert timed.x[-1] <= max(run.seconds for run in runs) and (timed.count >= 2).all()
    assert len({tuple(store.losses(run.id)[-1]) for run in runs}) == 3  # seeds differ

    axes, fields = seeds.fields(store, runs)
    assert fields["u"].shape == (3, len(axes["t"]))
    for run, field in zip(runs, fields["u"], strict=True):
        frame = store.frame(run.id)
        assert frame is not None and (unpack(frame[1])[1]["solution.u"] == field).all()


@pytest.mark.processes
def test_seeds_that_diverge_count_as_failed(cluster: Cluster) -> None:
    experiment = experiment_of(OFF, settings={"depth": 1, "width": 4, "points": 10, "condition_points": 2, "steps": 5})
    runs = trained(cluster, seeds.experiments(experiment, 3))
    assert [run.status for run in runs] == ["diverged"] * 3
    found = seeds.outcome(runs)
    assert found is not None and found.failed == found.count == 3
    assert seeds.fields(cluster.store, runs) == ({}, {})
    assert len(by_step([seeds.history(cluster.store, run).loss for run in runs]).x) == 0


# On the page.


class Idle:
    """A cluster that trains nothing, and notes who is submitted, and how."""

    problem = None

    def __init__(self) -> None:
        self.submitted: list[tuple[str, bool]] = []

    def submit(self, run_id: str, interactive: bool = True) -> None:
        self.submitted.append((run_id, interactive))


@pytest.fixture
def idle(store: RunStore, monkeypatch: pytest.MonkeyPatch) -> Idle:
    made = Idle()
    monkeypatch.setenv("TANGENTE_STORE", store.url)
    monkeypatch.setattr(actions, "cluster", lambda: made)
    return made


def opened(**query: str) -> AppTest:
    app = AppTest.from_file(str(ROOT / "pages" / "solve.py"), default_timeout=30)
    for name, value in {"problem": "decay", **QUICK, "bands": "true", "seeds": "3", **query}.items():
        app.query_params[name] = value
    app.run()
    assert not app.exception
    return app


def text(app: AppTest) -> str:
    return "\n".join(element.value for element in (*app.markdown, *app.error, *app.warning))


def experiments(count: int = 3) -> tuple[Experiment, ...]:
    return seeds.experiments(experiment_of(load("decay"), settings=dict(QUICK)), count)


def test_the_section_is_folded_and_does_nothing_then(store: RunStore, idle: Idle) -> None:
    app = opened(bands="false")
    assert "seeds-train" not in {button.key for button in app.button}
    app = opened()
    assert "No seed is trained yet." in text(app) and not app.warning  # `seeds` is no slip of the pen
    assert app.button("seeds-stop").disabled and not store.runs()


def test_the_button_submits_those_that_are_missing_behind_everybody_elses(store: RunStore, idle: Idle) -> None:
    known = finished(store, experiments()[1])
    stopped = finished(store, experiments()[2], "stopped")
    app = opened()
    app.button("seeds-train").click().run()
    assert not app.exception
    made = store.latest(experiments()[0].key)
    assert made is not None and made.status == "queued" and not made.interactive
    assert idle.submitted == [(made.id, False), (stopped.id, False)]
    assert store.get(stopped.id).status == "queued" and store.get(known.id).status == "done"
    assert app.button("seeds-train").disabled and not app.button("seeds-stop").disabled

    app.button("seeds-stop").click().run()
    assert [store.get(run.id).status for run in (made, known, stopped)] == ["stopped", "done", "stopped"]
    assert not app.button("seeds-train").disabled


def test_what_the_store_has_is_shown_at_once(store: RunStore, idle: Idle) -> None:
    for one, error in zip(experiments(), (0.01, 0.02, 0.4), strict=True):
        finished(store, one, error=error)
    app = opened()
    assert "**Median relative L2 0.020** (0.010 to 0.40) over 3 seeds. 1 failed" in text(app)
    assert app.button("seeds-train").disabled and not idle.submitted
    table = next(element.value for element in app.markdown if element.value.startswith("| Seed"))
    assert len(table.splitlines()) == 5 and "[2](?problem=decay&" in table and "seed=2" in table
    app.segmented_control("seeds-against").set_value("seconds").run()
    assert not app.exception
    app.number_input("seeds").set_value(4).run()
    assert "over 3 of 4 seeds" in text(app) and not app.button("seeds-train").disabled


def test_what_seeds_found_for_a_constant_is_told(store: RunStore, idle: Idle) -> None:
    experiment = experiment_of(load("inverse-decay"), settings=dict(QUICK))
    for one, value in zip(seeds.experiments(experiment, 3), (0.5, 0.7, -0.00041234), strict=True):
        finished(store, one, found=value)
    app = opened(problem="inverse-decay")
    assert "**λ = 0.5** (−4.1234e−4 to 0.7) with 3 seeds." in text(app) and "doubt" not in text(app)
    table = next(element.value for element in app.markdown if element.value.startswith("| Seed"))
    assert "| λ |" in table.splitlines()[0] and table.splitlines()[3].endswith("| 0.7 | 0.7 |")


def test_what_seeds_leave_in_doubt_is_told_so(store: RunStore, idle: Idle) -> None:
    experiment = experiment_of(load("inverse-decay"), settings=dict(QUICK))
    one, other, third = seeds.experiments(experiment, 3)
    finished(store, one, found=0.5)
    for stuck in (other, third):
        finished(store, stuck, found=1.0, doubt="undetermined")
    app = opened(problem="inverse-decay")
    assert "**λ = 0.5** (0.5 to 0.5) with 1 seed. 2 seeds leave **λ** in doubt." in text(app)
    table = next(element.value for element in app.markdown if element.value.startswith("| Seed"))
    assert table.splitlines()[2].endswith("| 0.5 | 0.5 |") and table.splitlines()[3].endswith("| 1 ? | 1 ? |")


def test_a_row_links_to_the_page_of_its_run(store: RunStore, idle: Idle) -> None:
    run = finished(store, experiments()[2])
    table = next(element.value for element in opened().markdown if element.value.startswith("| Seed"))
    address = dict(part.split("=") for part in table.split("[2](?")[1].split(")")[0].split("&"))
    app = opened(**address, bands="false")
    assert "shown from the store" in text(app) and store.latest(experiments()[2].key) == run
    assert services.store().url == store.url


@pytest.mark.parametrize("problem", ["lotka-volterra", "burgers", "kovasznay", "taylor-green"])
def test_the_section_opens_with_every_kind_of_problem(problem: str, store: RunStore, idle: Idle) -> None:
    app = opened(problem=problem)
    assert "No seed is trained yet." in text(app)


# On the command line.


@pytest.fixture
def command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):  # type: ignore[no-untyped-def]
    from core.__main__ import main

    flags = [part for name, value in QUICK.items() for part in (f"--{name.replace('_', '-')}", value)]
    monkeypatch.chdir(tmp_path)
    return lambda *arguments: main(["seeds", "decay", *flags, *arguments])


def test_the_command_trains_seeds_and_tells_median_and_spread(command, tmp_path: Path, capsys) -> None:  # type: ignore[no-untyped-def]
    assert command("--count", "3", "--seed", "4", "--json", "out.json") == 0
    told, result = capsys.readouterr().out, json.loads(Path("out.json").read_text())
    errors = sorted(run["relative_l2"]["u"] for run in result["runs"])
    assert [run["experiment"]["training"]["seed"] for run in result["runs"]] == [4, 5, 6]
    assert [result["relative_l2"][name] for name in ("low", "median", "high")] == pytest.approx(errors)
    assert result["count"] == 3 and result["failed"] == sum(error > 0.1 for error in errors)
    assert f"median relative L2 {errors[1]:.2g} ({errors[0]:.2g} to {errors[2]:.2g}) over 3 seeds" in told
    assert told.count("Training") == 3

    assert command("--count", "4", "--seed", "4", "--json", "out.json") == 0  # three are known
    assert capsys.readouterr().out.count("Training") == 1
    again = json.loads(Path("out.json").read_text())
    assert again["runs"][:3] == result["runs"]


def test_the_command_tells_what_seeds_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys) -> None:  # type: ignore[no-untyped-def]
    from core.__main__ import main

    monkeypatch.chdir(tmp_path)
    store = RunStore(f"sqlite:///{tmp_path / 'own.db'}")
    stated = experiment_of(load("inverse-decay"), {}, {"steps": 4})
    for one, value in zip(seeds.experiments(stated, 3), (0.5, 0.7, 0.4), strict=True):
        finished(store, one, found=value, doubt="unmet" if value == 0.7 else None)
    assert main(["seeds", "inverse-decay", "--steps", "4", "--count", "3", "--store", str(tmp_path / "own.db"), "--json", "out.json"]) == 0
    told, result = capsys.readouterr().out, json.loads(Path("out.json").read_text())
    assert "median lambda 0.45 (0.4 to 0.5) over 2 seeds\nlambda is in doubt with 1 of 3 seeds\n" in told
    sought = result["estimates"]["lambda"]
    assert (sought["count"], sought["doubted"], sought["value"]["low"], sought["value"]["high"]) == (2, 1, 0.4, 0.5)


@pytest.mark.parametrize("count", ["2", "21", "many"])
def test_a_count_out_of_range_is_refused(command, count: str, capsys) -> None:  # type: ignore[no-untyped-def]
    assert command("--count", count) == 2
    assert "--count" in capsys.readouterr().err
