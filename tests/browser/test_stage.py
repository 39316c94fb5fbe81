"""The stage as a player: its keys after a click, its figures on a slow machine, and those that go."""

from __future__ import annotations

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
    box.fill("Logistic growth")
    if by == "click":
        solve.page.get_by_role("option", name="Logistic growth").click()
    else:
        expect(solve.page.get_by_role("option", name="Logistic growth")).to_be_visible()
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
