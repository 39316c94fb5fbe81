"""The stage as a player: its keys after a click, its figures on a slow machine, and those that go."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser.harness import ADAM, Solve

QUICK = {**ADAM, "problem": "decay", "depth": 2, "width": 8, "points": 50, "steps": 200, "learning_rate": 0.01}


@pytest.fixture
def trained(solve: Solve) -> Solve:
    """A page with a run that has ended, at the film's first moment, at rest."""
    solve.open(**{**QUICK, "seed": 41})
    if solve.status == "none":
        solve.click("Train")
    solve.wait_status("done")
    solve.number("Loss", "Home")
    return solve


@pytest.mark.parametrize("clicked", [".tg-tab >> nth=1", ".tg-rail .tg-slider", ".tg-name >> visible=true >> nth=0", "h1"])
def test_a_space_plays_the_film_whatever_was_clicked(trained: Solve, clicked: str) -> None:
    page = trained.page
    trained.page.locator(".tg-speed").select_option("0.25")
    page.locator(clicked).click()
    play = page.locator(".tg-timeline .tg-play")
    expect(play).to_have_attribute("data-playing", "false")
    page.keyboard.press(" ")
    expect(play).to_have_attribute("data-playing", "true")
    page.keyboard.press(" ")
    expect(play).to_have_attribute("data-playing", "false")


def test_a_space_presses_the_button_that_the_keyboard_has_come_to(trained: Solve) -> None:
    page = trained.page
    page.locator(".tg-tab").first.click()
    page.keyboard.press("Tab")
    page.keyboard.press(" ")
    expect(page.locator(".tg-tab").nth(1)).to_have_attribute("aria-pressed", "true")
    expect(page.locator(".tg-timeline .tg-play")).to_have_attribute("data-playing", "false")


@pytest.mark.parametrize("by", ["click", "Enter"])
def test_the_keys_are_the_page_s_again_once_a_problem_is_chosen(solve: Solve, by: str) -> None:
    solve.open(**{**QUICK, "seed": 42})
    box = solve.page.get_by_role("combobox", name="Problem")
    box.fill("Verhulst")
    if by == "click":
        solve.page.get_by_role("option", name="Logistic growth (Verhulst)", exact=True).click()
    else:
        expect(solve.page.get_by_role("option", name="Logistic growth (Verhulst)", exact=True)).to_be_visible()
        box.press("ArrowDown")
        box.press("Enter")
    expect(solve.page.get_by_role("heading", name="Logistic growth", exact=True)).to_be_visible()
    expect(box).not_to_be_focused()
    solve.page.keyboard.press("?")
    expect(solve.page.get_by_role("dialog")).to_be_visible()


def test_all_figures_follow_a_film_of_which_the_hero_takes_all_the_time(trained: Solve) -> None:
    page = trained.page
    page.evaluate("""() => {
        const { Plotly } = window;
        const { react } = Plotly;
        window.drawn = {};
        Plotly.react = (node, ...rest) => {
            const until = performance.now() + (node.closest(".tg-hero") ? 100 : 0);
            while (performance.now() < until);
            const name = node.closest(".tg-panel").querySelector(".tg-title").textContent;
            window.drawn[name] = (window.drawn[name] ?? 0) + 1;
            return react(node, ...rest);
        };
    }""")
    page.locator(".tg-timeline .tg-play").click()
    script = """() => document.querySelector(".tg-timeline .tg-play").dataset.playing === "true"
        && window.drawn.Loss >= 3 && window.drawn.Residual >= 3"""
    page.wait_for_function(script)


def test_at_a_film_s_end_all_figures_show_its_last_moment(solve: Solve) -> None:
    """While it plays, figures for which there is no time are left as they are; the last moment is that of the best network."""
    solve.open(problem="noisy-sine", preset="sharp", validation=0.3, seed=44)
    solve.click("Train")
    solve.wait_status("done")
    solve.page.evaluate("""() => {
        const { react } = window.Plotly;
        window.Plotly.react = (node, ...rest) => {
            const until = performance.now() + (node.closest(".tg-hero") ? 100 : 0);
            while (performance.now() < until);
            return react(node, ...rest);
        };
    }""")
    play = solve.page.locator(".tg-timeline .tg-play")
    if play.get_attribute("data-playing") == "false":
        play.click()
    expect(play).to_have_attribute("data-playing", "false")
    slope = """() => [...document.querySelectorAll(".tg-panel")].find((panel) =>
        panel.querySelector(".tg-title").textContent === "Slope").querySelector(".tg-plot").data.at(-1).y.join()"""
    solve.page.wait_for_timeout(500)
    shown = solve.page.evaluate(slope)
    solve.slider("Moment to look at").press("Home")
    solve.page.wait_for_timeout(500)
    assert solve.page.evaluate(slope) != shown
    solve.slider("Moment to look at").press("End")
    solve.page.wait_for_timeout(500)
    assert solve.page.evaluate(slope) == shown


def test_no_figure_is_purged_while_it_is_drawn(solve: Solve) -> None:
    """Plotly draws in several turns, and fails where it finds a figure purged in between."""
    solve.open(**{**QUICK, "problem": "burgers", "seed": 43})
    solve.page.wait_for_function("() => window.Plotly && document.querySelector('.js-plotly-plot')")
    solve.page.evaluate("""() => {
        const { Plotly } = window;
        const { react, purge } = Plotly;
        const drawing = new Map();
        window.purged = { atRest: 0, tooEarly: 0 };
        Plotly.react = async (node, ...rest) => {
            drawing.set(node, (drawing.get(node) ?? 0) + 1);
            await react(node, ...rest);
            await new Promise((resolve) => setTimeout(resolve, 300));
            drawing.set(node, drawing.get(node) - 1);
        };
        Plotly.purge = (node) => {
            window.purged[drawing.get(node) ? "tooEarly" : "atRest"] += 1;
            purge(node);
        };
    }""")
    solve.choose_problem("Logistic growth")
    solve.choose_problem("Heat equation")
    solve.page.wait_for_function("() => window.purged.atRest >= 4")
    assert solve.page.evaluate("() => window.purged.tooEarly") == 0


def test_back_goes_back_by_one_problem_or_setting(solve: Solve) -> None:
    """A run that begins is no step of it, and what one comes back to is what was there: no stage is empty that was not."""
    solve.open(**{**QUICK, "seed": 44})
    solve.click("Train")
    solve.wait_status("done")
    solve.slide("Depth", "3")
    solve.wait_status("none")
    solve.choose_problem("Logistic growth")
    solve.page.go_back()
    expect(solve.page.get_by_role("heading", name="Exponential decay", exact=True)).to_be_visible()
    expect(solve.slider("Depth")).to_have_attribute("aria-valuetext", "3")
    solve.page.go_back()
    expect(solve.slider("Depth")).to_have_attribute("aria-valuetext", "2")
    solve.wait_status("done")
    expect(solve.page.locator(".tg-hero .tg-hint")).to_be_hidden()
    expect(solve.page.locator(".tg-timeline .tg-moment")).to_have_text(re.compile("^step 200"))


def test_the_timeline_keeps_its_length_and_its_thumb_is_at_the_moment(solve: Solve) -> None:
    script = """() => {
        const wide = (name) => document.querySelector(name).getBoundingClientRect();
        const slider = document.querySelector(".tg-rail .tg-slider");
        const bar = wide(".tg-bar").width / wide(".tg-track").width;
        return [wide(".tg-rail").width, wide(".st-key-run-buttons").y, slider.value / slider.max, bar];
    }"""
    solve.open(**{**QUICK, "problem": "lotka-volterra", "steps": 200_000, "seed": 45})
    solve.page.wait_for_timeout(500)
    wide, buttons, _thumb, _bar = solve.page.evaluate(script)
    solve.click("Train")
    solve.wait_step(500)
    assert solve.page.evaluate(script)[0] == pytest.approx(wide, abs=16)  # as wide as the slider's button, whose sign is another
    solve.click("Stop")
    solve.wait_status("stopped")
    solve.number("Loss")
    after = solve.page.evaluate(script)
    assert after[0] == pytest.approx(wide, abs=16) and after[1] == pytest.approx(buttons, abs=2)
    assert after[2] == pytest.approx(after[3], abs=0.02) and after[3] < 0.5


@pytest.mark.parametrize("problem", ["decay", "poisson"])
def test_what_was_there_before_a_change_stays_and_is_named(solve: Solve, problem: str) -> None:
    solve.open(**{**QUICK, "problem": problem, "steps": 30, "seed": 46})
    solve.click("Train")
    solve.wait_status("done")
    solve.page.locator(".tg-speed").select_option("0.25")
    solve.slide("Depth", "3")
    ghost = solve.page.locator(".tg-ghost")
    expect(ghost).to_contain_text("grey: with depth 2")
    expect(solve.page.locator(".tg-hero .tg-hint")).to_be_hidden()  # the ghost is drawn
    solve.click("Train")
    solve.wait_status("done")
    expect(ghost).to_contain_text("grey: with depth 2")
    expect(solve.page.locator(".tg-speed")).to_have_value("0.25")
    expect(solve.page.get_by_text("30 steps more from here (step 30), as it is set")).to_be_visible()
    solve.click("Train on")
    expect(solve.page.locator(".tg-pace")).to_contain_text("step 30 of 30 (+30)")


def test_the_box_of_problems_finds_other_names(solve: Solve) -> None:
    solve.open(**{**QUICK, "seed": 47})
    box = solve.page.get_by_role("combobox", name="Problem")
    for word, title in (("lotka", "Predators and prey"), ("chaos", "Lorenz system"), ("stokes", "Lid-driven cavity")):
        box.fill(word)
        expect(solve.page.get_by_role("option", name=title)).to_be_visible()


def test_on_a_phone_train_is_in_sight_with_the_picture_and_nothing_covers_the_conditions(solve: Solve) -> None:
    solve.page.set_viewport_size({"width": 390, "height": 844})
    solve.open(problem="cavity", preset="watch", seed=48)
    script = """(name) => { const { top, bottom } = document.querySelector(name).getBoundingClientRect(); return [top, bottom]; }"""
    button, picture = (solve.page.evaluate(script, name) for name in (".st-key-toggle button", ".tg-hero"))
    assert button[1] <= 844 and picture[0] >= 0 and picture[1] <= button[0]
    formula, tabs = (solve.page.evaluate(script, name) for name in (".st-key-problem-in-a-line", ".tg-tabs"))
    assert formula[1] <= tabs[0]
