"""The pages as a visitor uses them, with a real store, and the test in the workers' place."""

from __future__ import annotations

import json
import math
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from core.errors import RunError
from core.experiment.making import experiment_from_toml, experiment_of
from core.experiment.presets import FAILING, SHARP, WATCH
from core.experiment.recipes import OF_THE_METHOD
from core.problem.problem import Problem
from core.problem.reading.reading import library, load
from core.store import Device, Run, RunStore, classical
from dashboard.problems.catalogue import library_problems
from dashboard.problems.filters import GROUPS
from dashboard.runs import actions
from dashboard.server import intro, references, services
from dashboard.server.visitor import LOCAL

ROOT = Path(__file__).resolve().parents[2]
BUTTONS = ("toggle", "step", "stop", "over", "on", "forget")
TRAINS = {"toggle", "step", "stop", "over", "forget"}
Open = Callable[..., AppTest]
OWN = """
[problem]
title = "Mine"
coordinates = { t = [0, "2*pi"] }
unknowns = ["u"]
parameters = { k = 2 }
equations = ["u_t = -k*u"]
conditions = ["u(0) = 1"]

[network]
depth = 5
"""


class Workers:
    """A cluster that notes what is submitted, and plays the worker when told to."""

    def __init__(self, store: RunStore) -> None:
        self.store = store
        self.submitted: list[str] = []
        self.asked: list[str] = []
        self.problem: RunError | None = None

    def submit(self, run_id: str, interactive: bool = True) -> None:
        self.submitted.append(run_id)

    def lacking(self, run_id: str) -> int:
        return 0

    def solve_reference(self, problem: Problem, values: Mapping[str, float]) -> None:
        self.asked.append(problem.name)

    def finish(self, run: Run, status: str, step: int, error: dict[str, Any] | None = None) -> None:
        """Take the run up and end it with `status` after `step` steps and 9 seconds."""
        lease = self.store.lease(run.id, "test")
        assert lease is not None
        scores = {"loss": 1e-3, "losses": {}, "relative_l2": {"u": 1e-2}, "max_error": {"u": 2e-2}}
        self.store.finish(lease, status, step=step, seconds=9.0, error=error, **scores)


@pytest.fixture
def store(tmp_path: Path) -> RunStore:
    made = RunStore(f"sqlite:///{tmp_path / 'runs.db'}")
    made.publish_devices("worker-1", [Device("cpu", "a processor", "worker-1")])
    return made


@pytest.fixture
def workers(store: RunStore, monkeypatch: pytest.MonkeyPatch) -> Workers:
    made = Workers(store)
    monkeypatch.setenv("TANGENTE_STORE", store.url)
    monkeypatch.setattr(actions, "cluster", lambda: made)
    return made


def opened(page: str, query: Mapping[str, str]) -> AppTest:
    """A page, opened at an address."""
    app = AppTest.from_file(str(ROOT / "pages" / page), default_timeout=20)
    for key, text in query.items():
        app.query_params[key] = text
    app.run()
    assert not app.exception
    return app


@pytest.fixture
def solve(workers: Workers) -> Open:
    return lambda **query: opened("solve.py", query)


def press(app: AppTest, name: str) -> None:
    app.button(name).click().run()
    assert not app.exception


def enabled(app: AppTest) -> set[str]:
    return {name for name in BUTTONS if not app.button(name).disabled}


def text(app: AppTest) -> str:
    return "\n".join(element.value for element in (*app.markdown, *app.warning, *app.error))


def only(store: RunStore) -> Run:
    (run,) = store.runs()
    return run


# What the page shows before anything is trained.


def test_a_page_says_what_is_continuous_where_an_equation_steps(solve: Open) -> None:
    app = solve(problem="two-materials")
    (caption,) = [element.value for element in app.caption if "is continuous at" in element.value]
    assert "$x = 0.5$" in caption
    slider = app.select_slider("weights.interface-1")
    assert slider.value == 1.0 and slider.label == "Interface 1"
    assert slider.help == "`(1 + 9*heaviside(x - 0.5))*u_x is continuous at x = 0.5`"
    app.select_slider("values.ratio").set_value(1.0).run()  # of which no step is left
    assert not app.exception and not app.error and not [item for item in app.caption if "is continuous at" in item.value]


@pytest.mark.parametrize("name", library())
def test_every_problem_opens_with_its_recipe(solve: Open, name: str) -> None:
    app = solve(problem=name)
    experiment = experiment_of(load(name))
    assert app.title[0].value == load(name).title
    assert app.select_slider("depth").value == experiment.depth
    first, weight = experiment.weights[0]  # of an equation, or of data alone
    assert app.select_slider(f"weights.{first}").value == weight
    assert not app.warning
    assert not app.error
    assert enabled(app) == {"toggle", "step"}


def test_the_bare_address_opens_an_easy_problem_and_says_what_to_do(solve: Open) -> None:
    app = solve()
    assert app.selectbox("problem").value == intro.PROBLEM
    assert "press Train" in text(app)


def test_the_address_carries_the_problem(solve: Open) -> None:
    app = solve(problem="burgers")
    app.selectbox("problem").set_value("heat").run()
    assert app.query_params["problem"] == "heat"


def test_another_problem_brings_its_own_recipe(solve: Open) -> None:
    app = solve(problem="decay", depth="7", learning_rate="0.02")
    app.selectbox("problem").set_value("burgers").run()
    recipe = experiment_of(load("burgers"))
    assert app.select_slider("depth").value == recipe.depth
    assert app.select_slider("learning_rate").value == recipe.learning_rate
    assert app.select_slider("values.nu").value == dict(recipe.values)["nu"]


def test_an_unknown_problem_names_near_ones_and_shows_another(solve: Open) -> None:
    app = solve(problem="burger")
    assert app.title[0].value == load(intro.PROBLEM).title
    assert "did you mean burgers" in app.warning[0].value
    assert load(intro.PROBLEM).title in app.warning[0].value


def test_an_address_out_of_range_is_told(solve: Open) -> None:
    app = solve(problem="burgers", depth="99", **{"values.nu": "7"})
    assert app.select_slider("depth").value == experiment_of(load("burgers")).depth
    assert [("99" in note.value, "7" in note.value) for note in app.warning] == [(False, True), (True, False)]


def test_a_misspelt_name_in_the_address_is_told_and_a_foreign_one_is_not(solve: Open) -> None:
    app = solve(problem="burgers", dept="5", utm_source="letter")
    assert ["dept" in note.value and "depth" in note.value for note in app.warning] == [True]


def test_relu_is_warned_of_where_second_derivatives_are_needed(solve: Open) -> None:
    assert "relu" in solve(problem="burgers", activation="relu").warning[0].value
    assert not solve(problem="decay", activation="relu").warning


def test_no_limit_at_all_is_refused_at_its_place(solve: Open) -> None:
    app = solve(problem="decay", steps="none")
    assert "limit" in app.error[0].value
    app.select_slider("steps").set_value(1000).run()
    assert not app.error


# Training.


def test_train_submits_the_experiment_on_the_page(solve: Open, store: RunStore, workers: Workers) -> None:
    app = solve(problem="burgers", depth="3", learning_rate="0.002", **{"values.nu": "0.05"})
    press(app, "toggle")
    run = only(store)
    assert workers.submitted == [run.id]
    expected = experiment_of(load("burgers"), {"nu": 0.05}, {"depth": 3, "learning_rate": 0.002})
    assert run.key == expected.key
    assert enabled(app) == TRAINS


def test_what_another_visitor_trains_is_watched_and_not_trained_twice(solve: Open, store: RunStore, workers: Workers) -> None:
    mine, theirs = solve(problem="decay"), solve(problem="decay")
    press(theirs, "toggle")
    press(mine, "toggle")
    assert len(store.runs()) == 1
    assert enabled(mine) == TRAINS


def test_a_finished_run_says_when_and_offers_to_train_again(solve: Open, store: RunStore, workers: Workers) -> None:
    app = solve(problem="decay")
    press(app, "toggle")
    workers.finish(only(store), "done", 1500)
    app.run()
    assert "Trained just now, 1,500 steps in 9.0 s · shown from the store." in text(app)
    assert app.button("toggle").label == "Train again"
    assert enabled(app) == {"toggle", "over", "on", "forget"}


def test_going_back_to_a_setting_shows_its_result_also_to_another_visitor(solve: Open, store: RunStore, workers: Workers) -> None:
    app = solve(problem="decay")
    press(app, "toggle")
    workers.finish(only(store), "done", 1500)
    app.select_slider("depth").set_value(5).run()
    assert "shown from the store" not in text(app)
    app.select_slider("depth").set_value(3).run()
    assert "shown from the store" in text(app)
    assert "shown from the store" in text(solve(problem="decay"))


def test_a_run_that_waits_in_vain_says_why_and_is_not_starting(solve: Open, workers: Workers) -> None:
    app = solve(problem="decay")
    press(app, "toggle")
    assert "Starting …" in text(app)
    workers.problem = RunError("scheduler-without-workers", address="tcp://10.0.0.1:8786")
    app.run()
    assert "has no worker" in app.error[0].value and "Starting …" not in text(app)
    workers.problem = None
    app.run()
    assert not app.error and "Starting …" in text(app)


def test_train_again_is_a_run_of_its_own(solve: Open, store: RunStore, workers: Workers) -> None:
    app = solve(problem="decay")
    press(app, "toggle")
    workers.finish(only(store), "done", 1500)
    app.run()
    press(app, "toggle")
    assert [run.status for run in store.runs()] == ["queued", "done"]


def test_pausing_and_going_on_are_wishes_of_the_same_run(solve: Open, store: RunStore, workers: Workers) -> None:
    app = solve(problem="decay")
    press(app, "toggle")
    press(app, "toggle")
    assert only(store).status == "paused"
    assert enabled(app) == {"toggle", "step", "stop", "over", "on", "forget"}
    press(app, "toggle")
    assert only(store).status == "queued"
    assert only(store).pause_at is None
    assert workers.submitted == [only(store).id] * 2


def test_one_step_begins_a_run_and_then_goes_on_by_one(solve: Open, store: RunStore, workers: Workers) -> None:
    app = solve(problem="decay")
    press(app, "step")
    assert only(store).pause_at == 1
    workers.finish(only(store), "paused", 1)
    app.run()
    assert "Paused after 1 step;" in text(app)
    press(app, "step")
    assert only(store).pause_at == 2
    assert len(workers.submitted) == 2


def test_a_stopped_run_can_go_on_or_start_afresh(solve: Open, store: RunStore, workers: Workers) -> None:
    app = solve(problem="decay")
    press(app, "toggle")
    press(app, "stop")
    assert only(store).status == "stopped"
    assert enabled(app) == {"toggle", "step", "over", "on", "forget"}
    press(app, "toggle")
    assert only(store).status == "queued"


def test_starting_over_shows_the_beginning_and_the_next_train_is_a_new_run(solve: Open, store: RunStore, workers: Workers) -> None:
    app = solve(problem="decay")
    press(app, "toggle")
    workers.finish(only(store), "done", 1500)
    app.run()
    press(app, "over")
    assert "press Train" in text(app)
    assert enabled(app) == {"toggle", "step"}
    press(app, "toggle")
    assert len(store.runs()) == 2


def test_divergence_says_where_and_what_to_try(solve: Open, store: RunStore, workers: Workers) -> None:
    app = solve(problem="decay")
    press(app, "toggle")
    workers.finish(only(store), "diverged", 1234)
    app.run()
    assert "Diverged at step 1,234" in text(app)
    assert "smaller learning rate" in text(app)
    assert enabled(app) == {"toggle", "over", "forget"}


def test_a_failure_is_worded(solve: Open, store: RunStore, workers: Workers) -> None:
    app = solve(problem="decay")
    press(app, "toggle")
    workers.finish(only(store), "failed", 7, {"code": "no-limit", "values": {}})
    app.run()
    assert "Failed after 7 steps. A run needs a limit" in text(app)


def test_a_waiting_run_says_how_many_are_before_it(solve: Open, store: RunStore) -> None:
    store.create(experiment_of(load("heat")))
    app = solve(problem="decay")
    press(app, "toggle")
    assert "Waiting behind 1 other run." in text(app)


def test_what_goes_wrong_at_a_click_is_told_once(solve: Open, workers: Workers, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(run_id: str, interactive: bool = True) -> None:
        raise RunError("lease-lost", run=run_id)

    app = solve(problem="decay")
    monkeypatch.setattr(workers, "submit", refuse)
    press(app, "toggle")
    assert len(app.error) == 1
    app.run()
    assert not app.error


def test_a_missing_device_is_an_error_and_nothing_is_trained_elsewhere(solve: Open) -> None:
    app = solve(problem="decay", device="cuda:0")
    assert "cuda:0" in app.error[0].value
    assert enabled(app) == set()
    app.radio("device").set_value("cpu").run()
    assert not app.error
    assert enabled(app) == {"toggle", "step"}


def test_constraints_that_cannot_be_hard_say_why_and_nothing_is_trained(solve: Open, store: RunStore, workers: Workers) -> None:
    app = solve(problem="beam")
    assert not app.error
    app.toggle("train-on-change").set_value(True).run()
    app.selectbox("constraints").set_value("hard").run()
    assert not app.exception
    assert "u_xx(1) = 0" in app.error[0].value and "u_x" in app.error[0].value
    assert enabled(app) == set()
    assert store.runs() == [] and workers.submitted == []
    assert app.selectbox("constraints").value == "hard"
    app.selectbox("constraints").set_value("soft").run()
    assert not app.error


def test_an_address_may_ask_for_hard_constraints(solve: Open, store: RunStore) -> None:
    app = solve(problem="heat", constraints="hard", schedule="cosine")
    assert not app.error
    press(app, "toggle")
    assert (only(store).experiment.constraints, only(store).experiment.schedule) == ("hard", "cosine")


@pytest.mark.parametrize(("name", "text", "words"), [("windows", "4", "no coordinate t"), ("curriculum", "k from 1", "has no parameters")])
def test_what_the_problem_does_not_allow_is_told_and_not_trained(solve: Open, name: str, text: str, words: str) -> None:
    app = solve(problem="poisson", **{name: text})
    assert words in app.error[0].value
    assert "toggle" not in enabled(app)


def test_a_curriculum_of_the_problems_parameter_is_trained(solve: Open, store: RunStore) -> None:
    app = solve(problem="convection")
    app.selectbox("curriculum").set_value("beta from 1").run()
    app.select_slider("windows").set_value(4).run()
    assert not app.error
    press(app, "toggle")
    assert (only(store).experiment.curriculum, only(store).experiment.windows) == ("beta from 1", 4)


def test_a_device_that_a_worker_has_can_be_chosen(solve: Open, store: RunStore) -> None:
    store.publish_devices("worker-2", [Device("cuda:0", "a GPU", "worker-2")])
    app = solve(problem="decay", device="cuda:0")
    assert not app.error
    press(app, "toggle")
    assert only(store).device == "cuda:0"


# Training on every change.


def test_on_every_change_the_new_experiment_is_trained_and_the_old_run_stopped(solve: Open, store: RunStore, workers: Workers) -> None:
    app = solve(problem="decay")
    app.toggle("train-on-change").set_value(True).run()
    assert store.runs() == [], "nothing has changed yet"
    app.select_slider("depth").set_value(4).run()
    assert only(store).experiment.depth == 4
    app.select_slider("depth").set_value(5).run()
    newer, older = store.runs()
    assert (newer.experiment.depth, newer.status) == (5, "queued")
    assert (older.experiment.depth, older.status) == (4, "stopped")
    assert workers.submitted == [older.id, newer.id]


def test_on_every_change_what_is_there_is_shown_and_what_was_stopped_goes_on(solve: Open, store: RunStore, workers: Workers) -> None:
    app = solve(problem="decay")
    app.toggle("train-on-change").set_value(True).run()
    app.select_slider("depth").set_value(4).run()
    app.select_slider("depth").set_value(5).run()
    workers.finish(store.runs()[0], "done", 1500)
    app.select_slider("depth").set_value(4).run()
    assert [run.status for run in store.runs()] == ["done", "queued"]
    app.select_slider("depth").set_value(5).run()
    assert "shown from the store" in text(app)
    assert len(store.runs()) == 2


def test_without_the_toggle_a_change_trains_nothing(solve: Open, store: RunStore) -> None:
    app = solve(problem="decay")
    app.select_slider("depth").set_value(4).run()
    assert store.runs() == []


# Experiment files.


def test_an_opened_file_sets_every_control(solve: Open) -> None:
    experiment = experiment_of(load("burgers"), {"nu": 0.0234}, {"depth": 6, "width": 33, "seconds": 12.5}, {"condition-2": 7})
    app = solve(problem="decay", depth="5")
    app.file_uploader[0].upload("mine.toml", experiment.to_toml().encode(), "application/toml").run()
    assert not app.exception
    assert app.title[0].value == load("burgers").title
    press(app, "toggle")
    assert RunStore(os.environ["TANGENTE_STORE"]).latest(experiment.key) is not None


def test_a_file_with_a_problem_of_its_own_is_kept_in_the_list_and_opened_with_all_its_settings(solve: Open, store: RunStore) -> None:
    text = OWN.replace("[network]", "[values]\nk = 2.5\n\n[network]")
    app = solve(problem="decay")
    app.file_uploader[0].upload("mine.toml", text.encode(), "application/toml").run()
    assert not app.exception
    (saved,) = store.problems.of(LOCAL)
    assert app.query_params["problem"] == saved.id
    assert app.title[0].value == "Mine"
    assert app.selectbox("problem").value == saved.id
    press(app, "toggle")
    expected = experiment_from_toml(text)
    assert only(store).key == expected.key
    assert dict(expected.values) == {"k": 2.5} and expected.depth == 5
    app.file_uploader[0].upload("mine.toml", text.encode(), "application/toml").run()
    assert len(store.problems.of(LOCAL)) == 1


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("depth 3", ("mine.toml", "line 1")),
        ('problem = "decay"\n[network]\ndepth = 99', ("mine.toml, network.depth", "99")),
        ('problem = "decoy"', ("mine.toml", "decay")),
        ("#" * 20_000, ("mine.toml", "20000")),
        ("\0\xff", ("mine.toml",)),
    ],
)
def test_a_file_with_a_mistake_says_where_and_changes_nothing(solve: Open, content: str, words: tuple[str, ...]) -> None:
    app = solve(problem="decay", depth="5")
    app.file_uploader[0].upload("mine.toml", content.encode("latin-1"), "application/toml").run()
    assert all(word in app.error[0].value for word in words), app.error[0].value
    assert app.select_slider("depth").value == 5


# One's own problems.


def test_ones_own_problems_are_among_those_to_choose_from(solve: Open, store: RunStore) -> None:
    first = store.problems.save(LOCAL, OWN)
    store.problems.save(LOCAL, OWN.replace("k = 2", "k = 3"))
    store.problems.save("somebody else", OWN.replace("Mine", "Theirs"))
    app = solve()
    labels = app.selectbox("problem").options
    assert [label for label in labels if "yours" in label] == ["Mine (yours)", "Mine (yours) 2"]
    assert not [label for label in labels if "Theirs" in label]
    app.selectbox("problem").set_value(first.id).run()
    assert not app.exception
    assert (app.title[0].value, app.query_params["problem"]) == ("Mine", first.id)
    assert app.select_slider("depth").value == 5
    assert app.button("edit").label == "Edit"


def test_a_link_opens_another_visitors_problem(solve: Open, store: RunStore) -> None:
    theirs = store.problems.save("somebody else", OWN.replace("Mine", "Theirs, *really*"))
    app = solve(problem=theirs.id, **{"values.k": "3"})
    assert app.title[0].value == r"Theirs, \*really\*"
    assert app.select_slider("values.k").value == 3
    assert app.button("edit").label == "Edit a copy"
    assert store.problems.of(LOCAL) == []
    press(app, "toggle")
    assert only(store).experiment.problem.title == "Theirs, *really*"


def test_a_problem_that_is_deleted_meanwhile_gives_way_to_another(solve: Open, store: RunStore) -> None:
    saved = store.problems.save(LOCAL, OWN)
    app = solve(problem=saved.id)
    store.problems.delete(LOCAL, saved.id)
    app.select_slider("depth").set_value(4).run()
    assert not app.exception
    assert app.title[0].value == load(intro.PROBLEM).title
    assert app.warning


# The page of problems.


@pytest.fixture
def cards(workers: Workers, monkeypatch: pytest.MonkeyPatch) -> Open:
    monkeypatch.setattr(services, "cluster", lambda: workers)
    return lambda **query: opened("problems.py", query)


def groups(app: AppTest) -> list[dict[str, Any]]:
    """The groups of cards that the component is sent."""
    (found,) = [json.loads(element.proto.bytes) for element in app.get("bidi_component")]
    return list(found["groups"])


def cards_of(app: AppTest) -> list[dict[str, Any]]:
    return [card for group in groups(app) for card in group["cards"]]


def shown(app: AppTest) -> list[str]:
    """The titles of the cards, in their order."""
    return [card["title"] for card in cards_of(app)]


def test_problems_are_cards_with_equation_picture_and_ways_out(cards: Open, store: RunStore, workers: Workers) -> None:
    app = cards()
    assert sorted(shown(app)) == sorted(problem.title for problem in library_problems())
    assert [group["title"] for group in groups(app)] == list(GROUPS.values())
    assert workers.asked == []  # before a browser has the picture in sight
    for card in cards_of(app):
        problem = load(card["key"])
        assert card["address"] == f"./?problem={problem.name}&preset=watch" and card["edit"] == f"./editor?copy={problem.name}"
        assert card["reference"] == classical.key(problem, {}) == classical.key(*references.recall(card["reference"]))
        assert len(card["equations"]) == len(problem.equations) and card["description"] == problem.description
        said = "\n".join(card["more"])
        assert problem.teaches in said and problem.source in said
        assert ("Trains to a relative" in said) == (problem.promise is not None and problem.promise < 1)
        assert ("fails here" in said) == (problem.promise == math.inf or bool(problem.failure)) == (["lesson", "violet"] in card["badges"])


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"q": "hooke"}, {"harmonic-system"}),
        ({"q": "KORTEWEG soliton"}, {"kdv-soliton"}),
        (
            {"kind": "ode", "difficulty": "easy"},
            {"decay", "harmonic-system", "inverse-decay", "inverse-logistic", "lagaris-1", "lagaris-3", "logistic", "two-materials"},
        ),
        ({"q": "no such problem"}, set()),
        ({"lessons": "lesson", "kind": "ode"}, {"boundary-layer", "lagaris-4", "lorenz", "poisson-1d"}),
        ({"kind": "nonsense"}, set(library())),
    ],
)
def test_the_address_searches_and_filters(cards: Open, query: dict[str, str], expected: set[str]) -> None:
    app = cards(**query)
    assert {card["key"] for card in cards_of(app)} == expected


def test_filters_are_written_into_the_address_and_taken_back(cards: Open) -> None:
    app = cards()
    app.text_input("q").set_value("flow").run()
    app.button_group("kind").set_value(["pde", "system"]).run()
    assert app.query_params["q"] in ("flow", ["flow"]) and app.query_params["kind"] == ["pde", "system"]
    assert shown(app) == ["Kovasznay flow", "Taylor-Green vortex"]
    assert f"2 of {len(library())} problems" in [element.value for element in app.caption]
    app.text_input("q").set_value("flow of honey").run()
    assert shown(app) == [] and "No problem matches" in app.info[0].value
    press(app, "reset-filters")
    assert len(shown(app)) == len(library())
    assert "q" not in app.query_params and "kind" not in app.query_params


def test_own_problems_come_first_with_nothing_of_theirs_taken_for_markup(cards: Open, store: RunStore) -> None:
    mine = """[problem]
        title = "My ![x](https://elsewhere.example/x.png)"
        coordinates = { x = [0, 1] }
        unknowns = ["u"]
        equations = ["u_x = 1"]
        conditions = ["u(0) = 0"]
        exact = { u = "x" }
    """
    id = store.problems.save("local", mine).id
    app = cards()
    assert len(shown(app)) == len(library()) + 1
    (first, *_) = groups(app)
    (card,) = first["cards"]
    assert first["title"] == "Yours" and card["title"] == "My ![x](https://elsewhere.example/x.png)"  # a text, which no one reads as markup
    assert card["editing"] == "Edit" and card["edit"] == f"./editor?open={id}"


# Methods, and what goes along with them.


def test_another_method_brings_the_steps_and_points_that_suit_it(solve: Open, store: RunStore, workers: Workers) -> None:
    app = solve(problem="burgers")
    network = {"depth": 3, "width": 20}  # stays as it is
    expected = {method: experiment_of(load("burgers"), {}, {**network, "optimiser": method}) for method in ("adam", "levenberg-marquardt")}
    for method, experiment in expected.items():
        app.selectbox("optimiser").set_value(method).run()
        shown = {name: app.session_state[name] for name in OF_THE_METHOD}
        assert shown == {name: getattr(experiment, name) for name in OF_THE_METHOD}
    assert expected["adam"].steps != expected["levenberg-marquardt"].steps
    app.selectbox("optimiser").set_value("adam").run()
    press(app, "toggle")
    assert only(store).key == expected["adam"].key


def test_a_method_that_the_network_is_too_large_for_says_so(solve: Open, store: RunStore) -> None:
    app = solve(problem="burgers", width="128", optimiser="adam")
    app.selectbox("optimiser").set_value("levenberg-marquardt").run()
    assert not app.exception
    assert "3,000" in app.error[0].value or "3000" in app.error[0].value


def test_a_run_that_ended_for_want_of_progress_says_so(solve: Open, store: RunStore, workers: Workers) -> None:
    app = solve(problem="decay")
    press(app, "toggle")
    workers.finish(only(store), "done", 150)
    app.run()
    assert "150 steps" in text(app) and "there was no more progress" in text(app)


def test_a_failing_training_is_one_click_away_and_so_are_the_others(solve: Open, store: RunStore, workers: Workers) -> None:
    app = solve(problem="wave")
    for preset in (FAILING, SHARP, WATCH):
        press(app, f"preset-{preset}")
        press(app, "toggle")
        assert store.runs()[0].key == experiment_of(load("wave"), preset=preset).key
        workers.finish(store.runs()[0], "done", 100)
    assert "preset-failing" not in {button.key for button in solve(problem="decay").button}
