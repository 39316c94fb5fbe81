"""The sidebar of the page Solve: presets, `auto`, what does nothing, ways back and the search."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from core.experiment.experiment import HYPERPARAMETERS, Experiment
from core.experiment.hyperparameters import GROUPS
from core.experiment.making import experiment_of
from core.experiment.presets import AUTO, FAILING, SHARP, WATCH
from core.experiment.recipes import OF_THE_METHOD
from core.problem.reading.reading import load
from core.store import Device, RunStore
from dashboard.server import intro
from dashboard.server.visitor import LOCAL
from dashboard.solve.shown import query

PAGE = Path(__file__).resolve().parents[3] / "pages" / "solve.py"
ROBIN = """
[problem]
coordinates = { x = [0, 1] }
unknowns = ["u"]
parameters = { a = { value = 0, low = 0, high = 1 } }
equations = ["u_xx = 1"]
conditions = ["u(0) = 0", "u(1) + a*u_x(1) = 0"]
"""
Open = Callable[..., AppTest]


@pytest.fixture
def solve(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Open:
    store = RunStore(f"sqlite:///{tmp_path / 'runs.db'}")
    store.publish_devices("worker-1", [Device(name, "a device", "worker-1") for name in ("cpu", "mps")])
    monkeypatch.setenv("TANGENTE_STORE", store.url)
    return opened


def opened(**asked: str) -> AppTest:
    app = AppTest.from_file(str(PAGE), default_timeout=30)
    for key, text in asked.items():
        app.query_params[key] = text
    app.run()
    assert not app.exception
    return app


def shows(app: AppTest, experiment: Experiment, *, but: tuple[str, ...] = ()) -> None:
    """The controls show an experiment; `auto` may stand for its method."""
    for name in HYPERPARAMETERS:
        if name not in (*but, "engine"):
            value = app.session_state[name] if name in app.session_state else getattr(experiment, name)
            assert value == getattr(experiment, name) or (name, value) == ("optimiser", AUTO), name
    assert not app.error and not app.button("toggle").disabled


def words(app: AppTest) -> str:
    return "\n".join(element.value for element in (*app.sidebar.markdown, *app.sidebar.caption))


def on(app: AppTest) -> str | None:
    """The preset that is marked."""
    marked = [button.key.removeprefix("preset-") for button in app.button if button.key.startswith("preset-") and button.proto.icon]
    assert len(marked) <= 1
    return marked[0] if marked else None


def keys(app: AppTest) -> set[str]:
    return {button.key for button in app.button}


# Presets.


def test_the_bare_address_opens_with_watch_and_says_so(solve: Open) -> None:
    app = solve()
    first = load(intro.PROBLEM)
    assert app.query_params["preset"] in (WATCH, [WATCH])
    assert on(app) == WATCH
    shows(app, experiment_of(first, preset=WATCH))


@pytest.mark.parametrize("asked", [{"problem": "burgers"}, {"depth": "3"}, {"values.u0": "2"}])
def test_an_address_that_names_a_problem_or_a_setting_without_a_preset_is_sharp(solve: Open, asked: dict[str, str]) -> None:
    app = solve(**asked)
    assert "preset" not in app.query_params
    assert app.session_state["optimiser"] == AUTO


def test_a_foreign_name_in_the_address_is_no_setting(solve: Open) -> None:
    assert on(solve(utm_source="letter")) == WATCH


@pytest.mark.parametrize("preset", [WATCH, SHARP, FAILING])
def test_a_preset_is_the_same_from_wherever_one_comes(solve: Open, preset: str) -> None:
    wave = load("wave")
    app = solve(problem="wave", depth="7", optimiser="lbfgs", constraints="soft", seed="3")
    assert on(app) is None, "settings have changed, so none is on"
    app.button(f"preset-{preset}").click().run()
    assert on(app) == preset
    shows(app, experiment_of(wave, preset=preset))
    assert app.query_params.get("preset", [SHARP]) in (preset, [preset])
    linked = solve(problem="wave", preset=preset)
    shows(linked, experiment_of(wave, preset=preset))


def test_another_problem_keeps_the_preset(solve: Open) -> None:
    app = solve(problem="decay", preset=WATCH, depth="5")
    app.selectbox("problem").set_value("pendulum").run()
    shows(app, experiment_of(load("pendulum"), preset=WATCH))
    assert app.query_params["preset"] in (WATCH, [WATCH])


@pytest.mark.parametrize("asked", ["fast", FAILING])
def test_a_preset_that_is_not_there_is_told(solve: Open, asked: str) -> None:
    app = solve(problem="decay", preset=asked)
    assert asked in app.warning[0].value and "Sharp" in app.warning[0].value
    assert on(app) == SHARP


@pytest.mark.parametrize(
    ("preset", "settings"),
    [
        (WATCH, {"learning_rate": 0.01}),
        (SHARP, {"width": 128}),
        (SHARP, {"depth": 5, "optimiser": "levenberg-marquardt"}),
        (SHARP, {"optimiser": "adam", "steps": 400}),
        (WATCH, {"optimiser": AUTO, "width": 20}),
        (SHARP, {"optimiser": "ssbroyden", "learning_rate": 0.02}),
    ],
)
@pytest.mark.parametrize("written_for", [WATCH, SHARP])
def test_a_link_opens_the_experiment_that_it_was_made_of(solve: Open, preset: str, settings: dict[str, Any], written_for: str) -> None:
    experiment = experiment_of(load("decay"), {"u0": 2.0}, settings, preset=preset)
    shows(solve(**query(experiment, "decay", written_for)), experiment)


# The method that suits.


def test_auto_follows_the_width_and_comes_back(solve: Open) -> None:
    decay = load("decay")
    app = solve(problem="decay")
    assert "auto: Levenberg-Marquardt" in words(app)
    app.select_slider("width").set_value(40).run()
    assert "auto: Adam, 1000 steps, then L-BFGS" in words(app)
    shows(app, experiment_of(decay, {}, {"width": 40}))
    app.select_slider("width").set_value(20).run()
    assert "auto: Levenberg-Marquardt" in words(app)
    shows(app, experiment_of(decay))


def test_what_was_moved_stays_where_auto_brings_another_method(solve: Open) -> None:
    app = solve(problem="decay")
    app.select_slider("steps").set_value(640).run()
    app.select_slider("depth").set_value(8).run()
    assert app.select_slider("steps").value == 640
    shows(app, experiment_of(load("decay"), {}, {"depth": 8, "steps": 640}))


def test_auto_follows_the_device(solve: Open) -> None:
    app = solve(problem="decay")
    app.radio("device").set_value("mps").run()
    assert app.session_state["precision"] == "float32"


def test_constraints_follow_the_values_where_nobody_chose_them(solve: Open) -> None:
    saved = RunStore(os.environ["TANGENTE_STORE"]).problems.save(LOCAL, ROBIN)
    app = solve(problem=saved.id)
    assert app.selectbox("constraints").value == "hard"
    app.select_slider("values.a").set_value(1.0).run()
    assert app.selectbox("constraints").value == "partial"
    assert not app.error and not app.button("toggle").disabled


@pytest.mark.parametrize("size", [{"width": "40"}, {"depth": "8"}, {"width": "256", "depth": "10"}])
@pytest.mark.parametrize("preset", [WATCH, SHARP])
@pytest.mark.parametrize("name", ["decay", "burgers", "poisson"])
def test_whatever_the_network_train_is_enabled(solve: Open, name: str, preset: str, size: dict[str, str]) -> None:
    app = solve(problem=name, preset=preset, **size)
    assert not app.error and not app.button("toggle").disabled


def test_a_method_that_cannot_have_the_network_says_so_at_its_control_and_is_mended_there(solve: Open) -> None:
    app = solve(problem="decay", optimiser="levenberg-marquardt", width="128")
    assert "levenberg-marquardt" in app.sidebar.error[0].value and app.button("toggle").disabled
    assert app.button("mend-optimiser").label == "Take auto"
    app.button("mend-optimiser").click().run()
    shows(app, experiment_of(load("decay"), {}, {"width": 128}))


def test_constraints_that_cannot_be_are_mended_at_their_control(solve: Open) -> None:
    app = solve(problem="beam", constraints="hard")
    app.button("mend-constraints").click().run()
    shows(app, experiment_of(load("beam")))


# What does nothing, and ways back.


def test_what_the_method_does_not_use_is_greyed_and_offers_what_does(solve: Open) -> None:
    app = solve(problem="decay")
    assert app.select_slider("learning_rate").disabled and app.selectbox("schedule").disabled
    assert "Levenberg-Marquardt finds that out" in words(app)
    assert app.button("use-learning_rate").label == "Adam uses it: switch"
    app.button("use-learning_rate").click().run()
    assert not app.select_slider("learning_rate").disabled and "use-learning_rate" not in keys(app)
    shows(app, experiment_of(load("decay"), {}, {"optimiser": "adam", "depth": 3, "width": 20}), but=("resampling",))


def test_in_watch_the_learning_rate_matters(solve: Open) -> None:
    app = solve(problem="decay", preset=WATCH)
    assert not app.select_slider("learning_rate").disabled
    assert app.select_slider("period").disabled


def test_what_is_not_as_the_preset_has_it_is_marked_and_goes_back(solve: Open) -> None:
    app = solve(problem="decay", preset=WATCH)
    assert not {key for key in keys(app) if key.startswith("back-")}
    app.select_slider("learning_rate").set_value(0.01).run()
    app.select_slider("values.u0").set_value(2.0).run()
    assert {key for key in keys(app) if key.startswith("back-")} == {"back-learning_rate", "back-values.u0"}
    assert "Watch, with 2 settings changed." in words(app) and on(app) is None
    for key in ("back-learning_rate", "back-values.u0"):
        app.button(key).click().run()
    assert on(app) == WATCH
    shows(app, experiment_of(load("decay"), preset=WATCH))


def test_the_way_back_to_the_method_brings_what_goes_along_with_it(solve: Open) -> None:
    app = solve(problem="decay")
    app.selectbox("optimiser").set_value("adam").run()
    assert app.session_state["steps"] == experiment_of(load("decay"), {}, {"optimiser": "adam"}).steps
    app.button("back-optimiser").click().run()
    recipe = experiment_of(load("decay"))
    assert {name: app.session_state[name] for name in OF_THE_METHOD} == {name: getattr(recipe, name) for name in OF_THE_METHOD}
    assert on(app) == SHARP


# Groups, the search, and spoken names.


def test_every_setting_is_in_a_group() -> None:
    assert {item.group for item in HYPERPARAMETERS.values()} == set(GROUPS)


def hidden(app: AppTest) -> str:
    return "".join(element.proto.body for element in app.get("html"))


def test_the_search_hides_what_it_does_not_find_and_forgets_nothing(solve: Open) -> None:
    app = solve(problem="decay", seed="7")
    assert "display: none" not in hidden(app)
    app.text_input("settings-search").set_value("seed").run()
    assert ".st-key-setting-engine" in hidden(app) and ".st-key-group-network" in hidden(app)
    assert ".st-key-setting-seed" not in hidden(app) and ".st-key-group-run" not in hidden(app)
    assert app.number_input("seed").value == 7


def test_a_parameters_slider_has_a_name_that_can_be_spoken(solve: Open) -> None:
    app = solve(problem="decay")
    assert [app.select_slider(f"values.{name}").label for name in ("lambda", "u0")] == ["lambda", "u0"]
    assert r"$\lambda$" in words(app)


def test_how_data_are_learned_is_asked_only_where_there_are_some(solve: Open) -> None:
    names = {"batch_size", "validation", "noise"}
    assert not names & {slider.key for slider in solve(problem="decay", preset=WATCH).select_slider}
    app = solve(problem="hills", preset=WATCH)
    shows(app, experiment_of(load("hills"), preset=WATCH))
    assert names <= {slider.key for slider in app.select_slider}
    assert app.select_slider("points").disabled and not app.select_slider("batch_size").disabled


def test_a_method_that_takes_no_batches_says_so_and_offers_one_that_does(solve: Open) -> None:
    app = solve(problem="hills", preset=SHARP)
    assert app.select_slider("batch_size").disabled
    app.button("use-batch_size").click().run()
    assert not app.exception and not app.select_slider("batch_size").disabled
