"""The stage: what its script is given; and in a browser, what it makes of the film of a run."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from string import Formatter
from typing import Any

import pytest
from playwright.sync_api import expect
from streamlit.testing.v1 import AppTest

from core.experiment.choices import ENGINE_CHOICES
from core.problem.reading.reading import load
from core.store import RunStore, classical
from dashboard.components import SCRIPTS
from tests.browser.harness import NO_BROWSER, Server, Solve, chromium
from tests.experiments import small

SCRIPT = "\n".join(text.decode() for name, text in SCRIPTS.items() if name.startswith("stage/") or name == "shared/words.js")


def page(experiment_json: str, run_id: str | None) -> None:
    from core.experiment.making import experiment_from_json
    from dashboard.components.stage.stage import stage
    from dashboard.server.services import store

    stage(experiment_from_json(experiment_json), store().get(run_id) if run_id else None, key="stage")


def shown(problem: str = "decay", run_id: str | None = None, **settings: Any) -> dict[str, Any]:
    """What the component is given on a page."""
    test = AppTest.from_function(page, args=(small(problem, **settings).to_json(), run_id), default_timeout=30).run()
    assert not test.exception
    data: dict[str, Any] = json.loads(test.get("bidi_component")[0].proto.bytes)
    return data


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> RunStore:
    url = f"sqlite:///{tmp_path / 'runs.db'}"
    monkeypatch.setenv("TANGENTE_STORE", url)
    return RunStore(url)


def test_before_a_run_there_is_the_key_of_the_reference() -> None:
    data = shown("heat")
    assert data["problem"] == classical.key(load("heat"), {})
    assert data["run"] is None and data["status"] is None


def test_the_key_follows_the_parameters() -> None:
    def key(value: float) -> str:
        return str(shown("damped-oscillator", values={"delta": value})["problem"])

    assert key(2.0) == key(2.0) != key(3.0)


def test_three_coordinates_are_cut_across_time() -> None:
    data = shown("taylor-green")
    low, high = load("taylor-green").coordinates[2].low, load("taylor-green").coordinates[2].high
    assert (data["slice"]["name"], data["slice"]["low"], data["slice"]["high"], data["slice"]["points"]) == ("t", low, high, 17)
    assert shown("decay")["slice"] is None


def test_a_profile_is_cut_across_time_else_across_the_second_coordinate() -> None:
    assert shown("burgers")["slice"]["name"] == "t"
    steady = shown("poisson")
    assert steady["slice"]["name"] == load("poisson").coordinates[1].name
    assert [panel["name"] for panel in steady["panels"] if panel["cut"]] == ["profile"]


def test_a_run_comes_with_its_state(store: RunStore) -> None:
    run = store.create(small())
    lease = store.lease(run.id, "a test")
    assert lease is not None
    store.progress(lease, 12, 1.5, "jets")
    store.finish(lease, "stopped", step=12, seconds=1.5, loss=0.25, losses={}, relative_l2={"u": 0.5}, max_error={"u": 0.7})
    data = shown(run_id=run.id)
    assert (data["run"], data["status"], data["step"], data["seconds"], data["engine"]) == (run.id, "stopped", 12, 1.5, "jets")
    assert data["scores"] == {"loss": 0.25, "relative_l2": {"u": 0.5}, "max_error": {"u": 0.7}}


def test_weights_that_change_are_named_and_others_are_not() -> None:
    assert shown("burgers")["weights"] == shown("burgers", weighting="residual-attention")["weights"] == {}
    found = shown("burgers", weighting="ntk", causality=2.0)["weights"]
    assert found == {
        "equation-1": "equation",
        **{"condition-1": "start", "condition-2": "left edge", "condition-3": "right edge"},
        "end": "end of time",
    }


def test_the_diagram_follows_the_network() -> None:
    network = shown("lagaris-4", depth=5, width=7)["network"]
    assert (network["inputs"], network["outputs"], network["depth"], network["width"]) == (["x"], ["y1", "y2"], 5, 7)
    assert "5 hidden layers of 7 neurons" in network["label"]


def test_the_diagram_shows_what_enters_the_first_layer() -> None:
    assert shown("convection", constraints="hard", features=1)["network"]["inputs"] == ["cos 1", "sin 1", "cos x", "sin x"]


def test_a_bend_is_an_input_and_what_is_continuous_there_a_term() -> None:
    data = shown("two-materials")
    assert data["network"]["inputs"] == ["x", "|x − 0.5|"]
    assert "interface" in next(panel["figure"] for panel in data["panels"] if panel["name"] == "loss")


def test_the_diagram_says_what_it_does_not_show() -> None:
    plain, modified = (shown("heat", architecture=name)["network"] for name in ("perceptron", "modified"))
    assert "encoders" not in plain["title"] + plain["label"] and "Not drawn" not in plain["label"]
    assert "encoders not drawn" in modified["title"] and "2 layers that are mixed" in modified["label"]


def test_a_system_in_one_coordinate_needs_no_choice_and_a_map_has_one() -> None:
    assert shown("lagaris-4")["choices"] == []
    assert [choice["name"] for choice in shown("burgers")["choices"]] == ["unknown", "equation"]


def test_a_page_costs_little_to_send() -> None:
    assert len(json.dumps(shown("burgers"))) < 60_000


@pytest.mark.parametrize(
    ("problem", "views"),
    [
        ("decay", ["solution", "error"]),
        ("lotka-volterra", ["solution", "phase", "error"]),
        ("burgers", ["solution", "profile", "surface", "reference", "error", "together"]),
        ("taylor-green", ["solution", "reference", "error", "together"]),
    ],
)
def test_the_views_are_those_that_the_problem_allows(problem: str, views: list[str]) -> None:
    panels = shown(problem)["panels"]
    assert [panel["name"] for panel in panels if not panel["aside"]] == views
    assert [panel["name"] for panel in panels if panel["aside"]] == ["loss", "residual"]


def test_what_is_laid_over_each_other_has_the_same_unknowns_on_the_same_domain() -> None:
    forms = [shown(problem)["form"] for problem in ("decay", "burgers", "heat")]
    assert len(set(forms)) == 3
    assert shown("burgers", values={"nu": 0.02})["form"] == forms[1]


def test_the_script_finds_every_word_that_it_says() -> None:
    texts = shown()["texts"]
    said = set(re.findall(r"\btexts\.(\w+)", SCRIPT))
    assert said == texts.keys()
    assert set(texts["status"]) == {"none", "queued", "running", "paused", "stopped", "done", "diverged", "failed"}


def test_the_script_fills_every_brace() -> None:
    """Names between braces, in each pattern, are those that the script gives it."""
    texts = shown()["texts"]
    given = {"step": {"step"}, "stepOf": {"step", "steps"}, "rate": {"rate"}, "elapsed": {"elapsed"}, "left": {"left"}}
    given |= {"seconds": {"seconds"}, "minutes": {"minutes", "seconds"}, "reference": {"method", "error", "elapsed"}}
    given |= {"rateBy": {"rate", "engine"}, "engine": {"name", "help"}}
    given |= {"nearest": {"number", "count"}, "solutions": {"count"}, "solution": {"number"}}
    given |= {"before": {"now", "before"}, "behind": {"step", "trained"}, "best": {"step", "best"}, "times": {"speed"}}
    given |= {"exact": {"method"}, "missing": {"reason"}, "trained": {"elapsed"}, "weights": {"weights"}}
    given |= {"further": {"before"}, "ghost": {"changes"}, "sweep": {"name"}, "hold": {"name"}}
    given |= {"constant": {"name", "value"}, "interval": {"low", "high"}, "seeds": {"count", "low", "high"}, "truth": {"truth"}}
    for name, pattern in texts.items():
        if isinstance(pattern, str):
            assert {field for _, field, _, _ in Formatter().parse(pattern) if field} == given.get(name, set()), name


def test_every_engine_that_takes_steps_has_a_name() -> None:
    assert shown()["texts"]["engines"].keys() == ENGINE_CHOICES.keys() - {"auto"}


def test_the_script_says_nothing_by_itself() -> None:
    """No text between quotes or tags that a visitor could read: two words or more."""
    source = re.sub(r"//.*|/\*.*?\*/", "", SCRIPT, flags=re.DOTALL)
    quoted = re.findall(r'"([^"\n]*)"', source)
    assert [text for text in quoted if re.search(r"[A-Za-z]+ [A-Za-z]+", text) and not text.startswith("tg-") and "," not in text] == []


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Solve]:
    """A page on which a run has just ended."""
    with Server(tmp_path_factory.mktemp("stage")) as server, chromium() as browser:
        if browser is None:
            pytest.skip(NO_BROWSER)
        page = Solve(browser.new_page(viewport={"width": 1440, "height": 1000}), server)
        page.open(problem="burgers", depth=2, width=8, points=50, steps=60)
        page.click("Train")
        page.wait_status("done", seconds=60)
        yield page
        assert page.faults == []


@pytest.mark.browser
def test_the_engine_that_ran_is_named_beside_the_rate(trained: Solve) -> None:
    pace = trained.page.locator(".tg-pace")
    engine = re.search(r" steps/s · (\w+) · ", pace.inner_text())
    assert engine and engine[1] in ("jets", "native")
    expect(pace).to_have_attribute("title", re.compile(f"^{engine[1]}: .+ layers|^{engine[1]}: .+ CPU"))
    trained.page.reload()
    expect(pace).to_contain_text(f" steps/s · {engine[1]} · ")  # of a stored run, too


@pytest.mark.browser
def test_a_run_is_a_film_from_the_untrained_network_to_its_end(trained: Solve) -> None:
    moment = trained.page.locator(".tg-timeline .tg-moment")
    last = trained.number("Loss")
    expect(moment).to_have_text(re.compile("^step 60"))
    assert trained.number("Loss", "Home") != last
    expect(moment).to_have_text("step 0 of 60")
    trained.click("Play")
    expect(moment).to_have_text(re.compile("^step 60"), timeout=30_000)
    expect(trained.button("Play")).to_be_visible()
    assert trained.number("Loss") == last


@pytest.mark.browser
def test_the_film_is_moved_by_the_keys(trained: Solve) -> None:
    moment = trained.page.locator(".tg-timeline .tg-moment")
    trained.page.locator("h1").click()
    trained.number("Loss", "Home")
    trained.page.evaluate("() => document.activeElement.blur()")
    for key, text in (("ArrowRight", "step 1 of 60"), ("ArrowLeft", "step 0 of 60")):
        trained.page.keyboard.press(key)
        expect(moment).to_have_text(text)
    trained.page.keyboard.press(" ")
    expect(trained.button("Pause the film")).to_be_visible()
    trained.page.keyboard.press(" ")
    expect(trained.button("Play")).to_be_visible()
    trained.page.keyboard.press("?")
    expect(trained.page.get_by_role("dialog")).to_contain_text("play and pause the film")
    trained.page.keyboard.press("Escape")


@pytest.mark.browser
def test_any_figure_can_be_the_hero(trained: Solve) -> None:
    hero = trained.page.locator(".tg-hero .tg-name")
    for name in ("Loss", "Network", "Residual"):
        trained.page.locator(".tg-panel:not(.tg-hero):visible").get_by_role("button", name=name).click()
        expect(hero).to_have_text(name)
        expect(trained.page.locator(".tg-panel:visible")).to_have_count(4)
    trained.page.locator(".tg-tabs").get_by_role("button", name="Profile").click()
    expect(hero).to_have_text("Profile")
    expect(trained.slider("Value of t to look at")).to_be_visible()
    trained.page.locator(".tg-tabs").get_by_role("button", name="Map").click()
    expect(trained.slider("Value of t to look at")).to_be_hidden()


@pytest.mark.browser
def test_charts_take_the_colours_of_the_theme_at_once(trained: Solve) -> None:
    colour = "() => [...document.querySelectorAll('.tg-panel:not([hidden]) .tg-plot')].map((plot) => plot._fullLayout.font.color)"
    light = trained.page.evaluate(colour)
    marked = "() => document.querySelectorAll('.tg-plot').forEach((plot) => { plot.marked = true; })"
    trained.page.evaluate(marked)
    trained.page.emulate_media(color_scheme="dark")
    trained.page.wait_for_function(f"before => ({colour})().every((now, index) => now !== before[index])", arg=light)
    assert len(set(light)) == 1 and trained.page.evaluate("() => [...document.querySelectorAll('.tg-plot')].every((plot) => plot.marked)")


@pytest.mark.browser
def test_the_film_is_there_when_the_server_goes(trained: Solve) -> None:
    trained.page.route("**/api/**", lambda route: route.abort())
    moment = trained.page.locator(".tg-timeline .tg-moment")
    for key, text in (("End", "^step 60"), ("Home", "^step 0 ")):
        trained.slider("Moment to look at").press(key)
        expect(moment).to_have_text(re.compile(text))
    trained.page.unroute("**/api/**")
    trained.faults.clear()  # the browser itself tells of what could not be fetched


@pytest.mark.browser
def test_the_diagram_draws_the_weights_of_a_network_of_other_inputs(trained: Solve) -> None:
    """Weights are blue or red, a network without them is grey."""
    problem = {"problem": "convection", "constraints": "hard", "architecture": "modified", "features": 10, "points": 50, "steps": 20}
    trained.open(**problem, depth=2, width=8)
    trained.click("Train")
    trained.wait_status("done", seconds=60)
    coloured = """() => {
        const canvas = document.querySelector(".tg-network");
        const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
        return data.some((value, index) => index % 4 === 0 && Math.abs(value - data[index + 2]) > 60);
    }"""
    trained.page.wait_for_function(coloured)
    expect(trained.page.locator(".tg-network")).to_have_attribute("aria-label", re.compile("Not drawn: 2 layers"))
