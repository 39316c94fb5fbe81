"""Widgets of ranges and their place in the address."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from core.experiment.choices import WEIGHT
from core.experiment.experiment import HYPERPARAMETERS
from core.experiment.making import experiment_of
from core.problem.reading.reading import library, load
from core.ranges import Choice, Integer, Real
from dashboard.solve.controls import OPTIONS, problems, spoken
from dashboard.solve.shown import settings
from dashboard.solve.stops import slides, stops, written

NUMBERS = {item.name: item.range for item in HYPERPARAMETERS.values() if isinstance(item.range, Real | Integer) and slides(item.range)}
PARAMETERS = {f"{name}.{item.name}": Real(item.low, item.high, item.scale) for name in library() for item in load(name).parameters}
RANGES = {**NUMBERS, **PARAMETERS, "weight": WEIGHT}


@pytest.mark.parametrize("limits", RANGES.values(), ids=RANGES)
def test_stops_are_in_range_and_read_back_as_themselves(limits: Real | Integer) -> None:
    found = stops(limits)
    assert found[0] == limits.low
    assert found[-1] == limits.high
    assert list(found) == sorted(set(found))
    assert 3 <= len(found) <= 140
    assert [limits.check("", written(stop)) for stop in found] == list(found)
    assert len({written(stop) for stop in found}) == len(found)


def test_stops_are_round_and_even_on_their_scale() -> None:
    assert stops(Integer(1, 10)) == tuple(range(1, 11))
    assert stops(Integer(4, 256, "log")) == (4, 5, 6, 8, 10, 12, 16, 20, 25, 32, 40, 50, 64, 80, 100, 125, 160, 200, 250, 256)
    assert stops(Real(0.0, 1.0))[:4] == (0.0, 0.01, 0.02, 0.03)
    assert stops(Real(0.0, 0.01, "log"))[:3] == (0.0, 1e-5, 1.25e-5)
    assert {0.001, 0.002, 0.0032, 0.01} <= set(stops(Real(1e-5, 1e-1, "log")))


@pytest.mark.parametrize(("value", "text"), [(0.001, "0.001"), (1e-5, "1e-5"), (2000, "2000"), (200_000, "200000"), (1e6, "1000000")])
def test_numbers_are_written_as_an_address_has_them(value: float, text: str) -> None:
    assert written(value) == text
    assert float(text) == value


def test_settings_name_every_hyperparameter_value_and_weight() -> None:
    shown = settings(experiment_of(load("burgers"), {"nu": 0.02}, {"depth": 5}, {"condition-1": 7}))
    assert set(HYPERPARAMETERS) <= set(shown)
    assert (shown["depth"], shown["values.nu"], shown["weights.condition-1"]) == (5, 0.02, 7.0)


def test_the_library_is_listed_with_easy_problems_first() -> None:
    assert {problem.name for problem in problems()} == set(library())
    assert problems()[0].difficulty == "easy"
    assert problems()[-1].difficulty == "hard"


def test_methods_are_written_as_people_write_them() -> None:
    assert spoken("levenberg-marquardt") == "Levenberg-Marquardt"
    assert spoken("adam 1000, lbfgs") == "Adam, 1000 steps, then L-BFGS"


# Widgets, drawn by a page of their own.


def drawn(name: str, query: Mapping[str, str], default: Any, **state: Any) -> AppTest:
    """A page with the widget of one hyperparameter, opened at an address, with some state set before."""

    def page(name: str, default: object) -> None:
        import streamlit as st

        from core.experiment.experiment import HYPERPARAMETERS
        from core.store import Device
        from dashboard.solve import address, controls

        devices = (Device("cpu", "a processor", "1"),)
        st.session_state["value"] = controls.hyperparameter(HYPERPARAMETERS[name], default, devices)
        st.session_state["notes"] = address.notes()

    app = AppTest.from_function(page, kwargs={"name": name, "default": default})
    for key, text in query.items():
        app.query_params[key] = text
    for key, content in state.items():
        app.session_state[key] = content
    app.run()
    assert not app.exception
    return app


def value(app: AppTest) -> Any:
    return app.session_state["value"]


def notes(app: AppTest) -> list[str]:
    return app.session_state["notes"]


CHOOSABLE = [item.name for item in HYPERPARAMETERS.values() if not isinstance(item.range, Choice) or len(item.range.options) > 1]


@pytest.mark.parametrize("name", HYPERPARAMETERS)
def test_every_hyperparameter_shows_its_default(name: str) -> None:
    app = drawn(name, {}, HYPERPARAMETERS[name].default)
    assert value(app) == HYPERPARAMETERS[name].default
    assert notes(app) == []


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("depth", "7", 7),
        ("width", "33", 33),
        ("width", "3.2e1", 32),
        ("learning_rate", "0.01", 0.01),
        ("learning_rate", "3e-4", 3e-4),
        ("learning_rate", "0.00123456789", 0.00123456789),
        ("learning_rate", "1e-3", 1e-3),
        ("steps", "2000", 2000),
        ("steps", "none", None),
        ("seconds", "2.75", 2.75),
        ("seed", "12345", 12345),
        ("activation", "sin", "sin"),
        ("sampling", "latin-hypercube", "latin-hypercube"),
        ("device", "cpu", "cpu"),
        ("optimiser", "lbfgs", "lbfgs"),
        ("optimiser", "adam 12, ssbroyden", "adam 12, ssbroyden"),
        ("windows", "7", 7),
        ("curriculum", "beta from 1", "beta from 1"),
        ("curriculum", "none", "none"),
    ],
)
def test_the_address_sets_the_widget(name: str, text: str, expected: Any) -> None:
    app = drawn(name, {name: text}, HYPERPARAMETERS[name].default)
    assert value(app) == expected
    assert type(value(app)) is type(expected)
    assert notes(app) == []


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("depth", "11", ("Depth", "1 and 10", "11", "uses 3 instead")),
        ("depth", "two", ("Depth", "two", "uses 3 instead")),
        ("depth", "2.5", ("Depth", "2.5", "uses 3 instead")),
        ("depth", "", ("Depth", "uses 3 instead")),
        ("learning_rate", "0", ("Learning rate", "1e-05 and 0.1", "0.001")),
        ("learning_rate", "nan", ("Learning rate", "nan", "0.001")),
        ("learning_rate", "inf", ("Learning rate", "inf", "0.001")),
        ("seed", "-1", ("Seed", "-1", "uses 0 instead")),
        ("seconds", "0", ("Seconds", "uses none instead")),
        ("optimiser", "adam, lbfgs", ("Optimiser", "number of its steps", "adam", "uses adam instead")),
        ("optimiser", "lbgfs", ("Optimiser", "did you mean lbfgs", "uses adam instead")),
        ("windows", "33", ("Windows", "1 and 32", "33", "uses 1 instead")),
        ("curriculum", "beta 1", ("Curriculum", "as in", "beta from 1", "uses none instead")),
        ("curriculum", "beta from slow", ("Curriculum", "slow", "uses none instead")),
        ("activation", "tan", ("Activation", "tan", "did you mean tanh", "uses tanh instead")),
        ("device", "cuda:99", ("cuda:99", "uses cpu instead")),
    ],
)
def test_what_cannot_be_had_is_noted_and_the_default_taken(name: str, text: str, words: tuple[str, ...]) -> None:
    app = drawn(name, {name: text}, HYPERPARAMETERS[name].default)
    assert value(app) == HYPERPARAMETERS[name].default
    (note,) = notes(app)
    assert all(word in note for word in words), note
    app.run()
    assert notes(app) == [note], "a note stays until the visitor moves the control"


def test_a_curriculum_is_offered_from_both_ends_of_each_parameters_range() -> None:
    def page() -> None:
        from core.experiment.curriculum import usual
        from core.experiment.experiment import HYPERPARAMETERS
        from core.problem.reading.reading import load
        from dashboard.solve import controls

        controls.hyperparameter(HYPERPARAMETERS["curriculum"], "none", (), usual(load("damped-oscillator")))

    app = AppTest.from_function(page).run()
    assert not app.exception
    expected = ["none", "delta from 0.1", "delta from 8", "omega0 from 10", "omega0 from 40"]
    assert app.selectbox[0].options == expected


def test_a_note_goes_when_the_control_is_moved() -> None:
    app = drawn("depth", {"depth": "11"}, 3)
    app.select_slider[0].set_value(4).run()
    assert value(app) == 4
    assert notes(app) == []


def test_a_value_between_the_stops_is_a_stop() -> None:
    app = drawn("learning_rate", {}, 0.00317)
    assert "0.00317" in app.select_slider[0].options
    assert value(drawn("learning_rate", {}, 0.001, learning_rate=0.00123)) == 0.00123


def test_devices_that_are_missing_are_shown_and_cannot_be_chosen() -> None:
    app = drawn("device", {}, "cpu")
    present, absent = app.radio
    assert present.options == ["cpu"]
    assert absent.options == ["cuda", "mps"]
    assert absent.disabled


def test_a_missing_device_that_the_address_asks_for_is_not_replaced() -> None:
    app = drawn("device", {"device": "cuda:1"}, "cpu")
    assert value(app) == "cuda:1"
    assert app.radio[0].options == ["cpu", "cuda:1"]
    assert app.radio[1].options == ["mps"]


def test_nothing_is_drawn_where_there_is_nothing_to_choose() -> None:
    lonely = [name for name in HYPERPARAMETERS if name not in CHOOSABLE]
    for name in lonely:
        assert not drawn(name, {}, HYPERPARAMETERS[name].default).selectbox


@pytest.mark.parametrize("name", OPTIONS)
def test_every_option_is_explained_once_it_is_chosen(name: str) -> None:
    assert OPTIONS[name].keys() == set(HYPERPARAMETERS[name].range.options)
    for option, words in OPTIONS[name].items():
        assert [element.value for element in drawn(name, {name: option}, HYPERPARAMETERS[name].default).caption] == [words]
